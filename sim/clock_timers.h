// Timers on any Clock, the real one above all: each is a small coroutine that sleeps.
#pragma once
#include <map>
#include <optional>

#include "base/clock.h"
#include "base/task.h"
#include "sim/timers.h"

namespace wend::sim {

class ClockTimers final : public Timers {
  public:
    // `clock` outlives the timers. What has not run when they are destroyed never runs.
    explicit ClockTimers(Clock& clock) : clock_(clock) {}

    Instant now() const override { return clock_.now(); }

    TimerId at(Instant time, Action action) override;
    void cancel(TimerId id) noexcept override;

  private:
    struct Timer {
        Action action;
        Task<void> sleeper;
    };

    Task<void> sleep_then_run(TimerId id, Instant time);
    void run(TimerId id);

    Clock& clock_;
    TimerId last_id_ = 0;
    std::map<TimerId, Timer> timers_;
    std::optional<Task<void>> last_run_;  // it cannot destroy itself: the next that runs does
};

}  // namespace wend::sim
