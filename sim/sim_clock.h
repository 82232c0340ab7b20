// The clock of a simulation: both times follow the event queue.
#pragma once
#include "base/clock.h"
#include "sim/event_queue.h"

namespace wend::sim {

class SimClock final : public Clock {
  public:
    // `queue` outlives the clock; the wall shows `wall_start` at the queue's present time.
    SimClock(EventQueue& queue, WallTime wall_start)
        : queue_(queue), start_(queue.now()), wall_start_(wall_start) {}

    Instant now() const override { return queue_.now(); }

    // In whole seconds, rounded down.
    WallTime wall_now() const override;

  protected:
    void arm(Sleep& sleep) override;
    void disarm(Sleep& sleep) noexcept override;

  private:
    EventQueue& queue_;
    Instant start_;
    WallTime wall_start_;
};

}  // namespace wend::sim
