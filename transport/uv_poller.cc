#include "transport/uv_poller.h"

#include <array>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "base/check.h"
#include "base/room.h"

namespace wend {

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Descriptor::~Descriptor() {
    close();
}

void Descriptor::close() {
    if (is_open()) {
        ::close(std::exchange(fd_, -1));
    }
}

UvPoller::UvPoller(UvLoop& loop) : epoll_(epoll_create1(EPOLL_CLOEXEC)), handle_(new uv_poll_t) {
    check(epoll_.is_open(), "the kernel gives a worker one epoll descriptor");
    check(uv_poll_init(loop.get(), handle_.get(), epoll_.get()) == 0, "epoll can be polled");
    handle_->data = this;
    const auto ready = [](uv_poll_t* handle, int, int) {
        if (handle->data != nullptr) {
            static_cast<UvPoller*>(handle->data)->dispatch();
        }
    };
    check(uv_poll_start(handle_.get(), UV_READABLE, ready) == 0, "epoll can be polled");
    uv_unref(reinterpret_cast<uv_handle_t*>(handle_.get()));
}

UvPoller::~UvPoller() {
    check(watched() == 0, "every socket is closed before its poller");
}

std::uint64_t UvPoller::note(std::uint32_t slot) const {
    return (std::uint64_t{slots_[slot].generation} << 32) | slot;
}

std::optional<std::uint32_t> UvPoller::add(int fd, std::uint32_t events, Watcher& watcher) {
    if (free_.empty()) {
        make_room(free_, slots_.size() + 1);  // so that forget() needs no memory
        slots_.emplace_back();
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t slot = free_.back();
    epoll_event event{};
    event.events = events;
    event.data.u64 = note(slot);
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        return std::nullopt;
    }
    free_.pop_back();
    slots_[slot].watcher = &watcher;
    hold_loop();
    return slot;
}

void UvPoller::hold_loop() {
    if (++holding_ == 1) {
        uv_ref(reinterpret_cast<uv_handle_t*>(handle_.get()));
    }
}

void UvPoller::release_loop() noexcept {
    if (--holding_ == 0) {
        uv_unref(reinterpret_cast<uv_handle_t*>(handle_.get()));
    }
}

void UvPoller::modify(int fd, std::uint32_t slot, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = note(slot);
    check(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0, "a watched socket is open");
}

// Closing the socket takes it out of the epoll set.
void UvPoller::forget(std::uint32_t slot) noexcept {
    slots_[slot].watcher = nullptr;
    ++slots_[slot].generation;
    free_.push_back(slot);
}

void UvPoller::dispatch() {
    std::array<epoll_event, events_max> events{};
    const int count = epoll_wait(epoll_.get(), events.data(), events_max, 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const auto slot = static_cast<std::uint32_t>(event.data.u64);
        if (note(slot) == event.data.u64 && slots_[slot].watcher != nullptr) {
            slots_[slot].watcher->on_ready(event.events);
        }
    }
}

bool PolledSocket::open(UvPoller& poller, Descriptor socket, std::uint32_t events,
                        Watcher& watcher) {
    check(!is_open(), "a socket is opened once");
    const auto slot = poller.add(socket.get(), events, watcher);
    if (!slot) {
        return false;
    }
    descriptor_ = std::move(socket);
    poller_ = &poller;
    slot_ = *slot;
    events_ = events;
    return true;
}

void PolledSocket::want(std::uint32_t events) {
    if (events != events_) {
        poller_->modify(fd(), slot_, events);
        events_ = events;
    }
}

void PolledSocket::rest(Watcher& meanwhile) noexcept {
    check(!rests_, "a socket rests once");
    rests_ = true;
    poller_->slots_[slot_].watcher = &meanwhile;
    poller_->release_loop();
}

void PolledSocket::resume(Watcher& watcher) {
    check(rests_, "a socket that rests is resumed");
    rests_ = false;
    poller_->slots_[slot_].watcher = &watcher;
    poller_->hold_loop();
}

void PolledSocket::close() {
    if (!is_open()) {
        return;
    }
    descriptor_.close();
    poller_->forget(slot_);
    if (!std::exchange(rests_, false)) {
        poller_->release_loop();
    }
}

}  // namespace wend
