// The real clock of one loop: one monotonic reading for each turn, and every deadline and sleep of
// the worker in one heap over a single libuv timer.
#pragma once
#include <uv.h>

#include "base/clock.h"
#include "transport/timer_heap.h"
#include "transport/uv_loop.h"

namespace wend {

class UvClock final : public Clock {
  public:
    explicit UvClock(UvLoop& loop);
    ~UvClock() override;

    // The same instant for all that one turn of the loop handles.
    Instant now() const override;
    // Read anew: for measuring how long something took.
    static Instant precise_now();
    WallTime wall_now() const override;

    // From here on busy() is counted.
    void count_busy() { counts_busy_ = true; }

    // For how long the loop has not waited, without the turn that is under way.
    Duration busy() const { return busy_; }

    // Never early, at most a millisecond late on an idle loop. An instant that has passed fires on
    // the loop's next turn.
    void schedule(Timer& timer, Instant at);
    void cancel(Timer& timer) noexcept;

  protected:
    void arm(Sleep& sleep) override;
    void disarm(Sleep& sleep) noexcept override;

  private:
    class Alarm;
    void turn();
    void end_turn();
    void aim(std::int64_t patience_ms_min);
    void stop_if_empty() noexcept;

    uv_loop_t* loop_;
    UvHandle<uv_timer_t> timer_;
    UvHandle<uv_prepare_t> before_wait_;
    TimerHeap heap_;
    std::optional<Instant> aimed_at_;
    bool in_turn_ = false;
    bool counts_busy_ = false;
    Duration busy_{};
    mutable std::optional<Instant> now_;  // none: the loop has waited since it was read
};

}  // namespace wend
