// The one queue of a simulation, ordered by (time, sequence number). Nothing else moves its time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "sim/timers.h"

namespace wend::sim {

class EventQueue final : public Timers {
  public:
    explicit EventQueue(Instant start = Instant{}) : now_(start) {}

    Instant now() const override { return now_; }

    TimerId at(Instant time, Action action) override;
    void cancel(TimerId id) noexcept override;

    // Time jumps to the earliest event and it runs. False: nothing is left.
    bool step();
    // Runs what is due up to and including `until`, which is then the time. False: it stopped after
    // `events_max` events, since something goes on without end.
    bool run_until(Instant until, std::uint64_t events_max);

    // When the earliest event is due.
    std::optional<Instant> next_time();

    // Events that wait.
    std::size_t size() const { return live_.size(); }

    // Events that have run.
    std::uint64_t events() const { return events_; }

  private:
    struct Event {
        Instant time;
        TimerId id = 0;
        Action action;
    };

    struct Later {
        bool operator()(const Event& a, const Event& b) const {
            return a.time != b.time ? a.time > b.time : a.id > b.id;
        }
    };

    void drop_cancelled();

    Instant now_;
    TimerId last_id_ = 0;
    std::uint64_t events_ = 0;
    std::vector<Event> heap_;           // cancelled ones stay until they come up
    std::unordered_set<TimerId> live_;  // never iterated
};

}  // namespace wend::sim
