#include "transport/uv_clock.h"

#include <algorithm>
#include <chrono>
#include <new>

#include "base/check.h"

namespace wend {
namespace {

constexpr std::int64_t us_per_ms = 1000;

std::int64_t ms_rounded_up(Instant at) {
    return (at.time_since_epoch().count() + us_per_ms - 1) / us_per_ms;
}

}  // namespace

// One Sleep in the heap; lives in its room.
class UvClock::Alarm final : public Timer {
  public:
    explicit Alarm(Sleep& sleep) : sleep_(sleep) { sleep.slot = this; }

    void expire() override {
        Sleep& sleep = sleep_;
        this->~Alarm();
        sleep.fire();
    }

  private:
    Sleep& sleep_;
};

UvClock::UvClock(UvLoop& loop)
    : loop_(loop.get()), timer_(new uv_timer_t), before_wait_(new uv_prepare_t) {
    uv_timer_init(loop_, timer_.get());
    timer_->data = this;
    uv_prepare_init(loop_, before_wait_.get());
    before_wait_->data = this;
    const auto about_to_wait = [](uv_prepare_t* handle) {
        if (handle->data != nullptr) {
            static_cast<UvClock*>(handle->data)->end_turn();
        }
    };
    uv_prepare_start(before_wait_.get(), about_to_wait);
    uv_unref(reinterpret_cast<uv_handle_t*>(before_wait_.get()));
}

UvClock::~UvClock() {
    check(heap_.empty(), "nobody sleeps on a clock that ends");
}

Instant UvClock::now() const {
    if (!now_) {
        now_ = precise_now();
    }
    return *now_;
}

Instant UvClock::precise_now() {
    return Instant(Duration(static_cast<Duration::rep>(uv_hrtime() / 1000)));
}

// Of what is handled at one instant. What a turn did before anybody asked for the time is its first
// system calls.
void UvClock::end_turn() {
    if (counts_busy_ && now_) {
        busy_ += precise_now() - *now_;
    }
    now_.reset();
}

WallTime UvClock::wall_now() const {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void UvClock::schedule(Timer& timer, Instant at) {
    heap_.schedule(timer, at);
    aim(0);
}

void UvClock::cancel(Timer& timer) noexcept {
    heap_.cancel(timer);
    stop_if_empty();
}

void UvClock::arm(Sleep& sleep) {
    static_assert(sizeof(Alarm) <= sizeof(sleep.room) && alignof(Alarm) <= alignof(void*));
    schedule(*new (sleep.room.data()) Alarm(sleep), sleep.until());
}

void UvClock::disarm(Sleep& sleep) noexcept {
    auto* const alarm = static_cast<Alarm*>(sleep.slot);
    cancel(*alarm);
    alarm->~Alarm();
}

// The libuv timer is only ever moved to an earlier instant: one whose reason was withdrawn fires
// for nothing once, which costs less than moving it at each exchange's end.
void UvClock::aim(std::int64_t patience_ms_min) {
    const auto next = heap_.next();
    if (in_turn_ || !next || (aimed_at_ && *aimed_at_ <= *next)) {
        return;
    }
    aimed_at_ = next;
    const auto patience_ms = ms_rounded_up(*next) - static_cast<std::int64_t>(uv_now(loop_));
    const auto expired = [](uv_timer_t* handle) {
        if (handle->data != nullptr) {
            static_cast<UvClock*>(handle->data)->turn();
        }
    };
    uv_timer_start(timer_.get(), expired,
                   static_cast<std::uint64_t>(std::max(patience_ms_min, patience_ms)), 0);
}

void UvClock::turn() {
    aimed_at_.reset();
    end_turn();
    now_ = precise_now();
    in_turn_ = true;
    heap_.expire_due(*now_);
    in_turn_ = false;
    // libuv would run a timer of 0 ms before it looks at the sockets again (until 1.45).
    aim(1);
}

void UvClock::stop_if_empty() noexcept {
    if (heap_.empty() && aimed_at_) {
        uv_timer_stop(timer_.get());
        aimed_at_.reset();
    }
}

}  // namespace wend
