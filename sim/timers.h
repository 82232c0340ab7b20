// "Do this at that instant": what the simulated network stands on. Virtual time gives it as an
// EventQueue, a real clock as ClockTimers.
#pragma once
#include <cstdint>
#include <functional>

#include "base/time.h"

namespace wend::sim {

using Action = std::move_only_function<void()>;
using TimerId = std::uint64_t;  // 0 names no timer

// Belongs to one thread.
class Timers {
  public:
    Timers() = default;
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;
    Timers(Timers&&) = delete;
    Timers& operator=(Timers&&) = delete;
    virtual ~Timers() = default;

    virtual Instant now() const = 0;
    // Runs `action` once, from the event loop, never from inside at(). An instant that has passed
    // means the loop's next turn. Equal instants run in the order in which they were asked for.
    virtual TimerId at(Instant time, Action action) = 0;
    // Of a timer that has run or was cancelled: nothing happens.
    virtual void cancel(TimerId id) noexcept = 0;
};

}  // namespace wend::sim
