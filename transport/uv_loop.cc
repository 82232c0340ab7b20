#include "transport/uv_loop.h"

#include <utility>

#include "base/check.h"

namespace wend {

UvLoop::UvLoop() {
    check(uv_loop_init(&loop_) == 0, "an event loop can be made");
}

UvLoop::~UvLoop() {
    run();
    check(uv_loop_close(&loop_) == 0, "everything on a loop is closed before it");
}

void UvLoop::run() {
    uv_run(&loop_, UV_RUN_DEFAULT);
}

bool UvLoop::run_once() {
    return uv_run(&loop_, UV_RUN_ONCE) != 0;
}

void UvLoop::stop() {
    uv_stop(&loop_);
}

UvSignal::UvSignal(UvLoop& loop, int signal, std::function<void()> on_signal)
    : on_signal_(std::move(on_signal)), handle_(new uv_signal_t) {
    check(uv_signal_init(loop.get(), handle_.get()) == 0, "a signal handle can be made");
    handle_->data = this;
    const auto arrived = [](uv_signal_t* handle, int) {
        if (handle->data != nullptr) {
            static_cast<UvSignal*>(handle->data)->on_signal_();
        }
    };
    check(uv_signal_start(handle_.get(), arrived, signal) == 0, "the signal can be caught");
    uv_unref(reinterpret_cast<uv_handle_t*>(handle_.get()));
}

UvTurnEnd::UvTurnEnd(UvLoop& loop, std::function<void()> on_end)
    : on_end_(std::move(on_end)), before_wait_(new uv_prepare_t), after_events_(new uv_check_t) {
    const auto end = [](auto* handle) {
        if (handle->data != nullptr) {
            static_cast<UvTurnEnd*>(handle->data)->on_end_();
        }
    };
    uv_prepare_init(loop.get(), before_wait_.get());
    before_wait_->data = this;
    uv_prepare_start(before_wait_.get(), end);
    uv_unref(reinterpret_cast<uv_handle_t*>(before_wait_.get()));
    uv_check_init(loop.get(), after_events_.get());
    after_events_->data = this;
    uv_check_start(after_events_.get(), end);
    uv_unref(reinterpret_cast<uv_handle_t*>(after_events_.get()));
}

UvWake::UvWake(UvLoop& loop, bool keeps_running, std::function<void()> on_wake)
    : on_wake_(std::move(on_wake)), handle_(new uv_async_t) {
    const auto arrived = [](uv_async_t* handle) {
        if (handle->data != nullptr) {
            static_cast<UvWake*>(handle->data)->on_wake_();
        }
    };
    check(uv_async_init(loop.get(), handle_.get(), arrived) == 0, "a wake handle can be made");
    handle_->data = this;
    if (!keeps_running) {
        uv_unref(reinterpret_cast<uv_handle_t*>(handle_.get()));
    }
}

void UvWake::wake() {
    uv_async_send(handle_.get());
}

}  // namespace wend
