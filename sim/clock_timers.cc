#include "sim/clock_timers.h"

#include <utility>

namespace wend::sim {

TimerId ClockTimers::at(Instant time, Action action) {
    const TimerId id = ++last_id_;
    const auto [timer, added] =
        timers_.emplace(id, Timer{std::move(action), sleep_then_run(id, time)});
    timer->second.sleeper.start();  // a sleep always suspends, so nothing runs yet
    return id;
}

void ClockTimers::cancel(TimerId id) noexcept {
    timers_.erase(id);
}

Task<void> ClockTimers::sleep_then_run(TimerId id, Instant time) {
    co_await clock_.sleep_until(time);
    run(id);
}

void ClockTimers::run(TimerId id) {
    auto timer = timers_.extract(id);
    // Actions do not nest, so the one that ran last has ended.
    last_run_.emplace(std::move(timer.mapped().sleeper));
    Action action = std::move(timer.mapped().action);
    action();
}

}  // namespace wend::sim
