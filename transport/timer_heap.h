// Timers ordered by (instant, order of scheduling), with removal from the middle: most deadlines
// are withdrawn before they come. No clock, no I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace wend {

// Something that happens at an instant. Its owner keeps it where it is while it is scheduled.
class Timer {
  public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    Timer(Timer&&) = delete;
    Timer& operator=(Timer&&) = delete;

    bool is_scheduled() const { return place_ != nowhere; }

    // Called from the event loop, no longer scheduled. *this may be gone when it returns. Throws
    // nothing: the loop is C.
    virtual void expire() = 0;

  protected:
    virtual ~Timer() = default;

  private:
    friend class TimerHeap;
    static constexpr std::size_t nowhere = SIZE_MAX;
    std::size_t place_ = nowhere;
};

class TimerHeap {
  public:
    // A timer that is scheduled already is moved; that, and to schedule one that has just been
    // cancelled or has expired, needs no memory.
    void schedule(Timer& timer, Instant at);
    // Nothing happens if it is not scheduled.
    void cancel(Timer& timer) noexcept;

    std::size_t size() const { return entries_.size(); }

    bool empty() const { return entries_.empty(); }

    // When the first timer is due.
    std::optional<Instant> next() const;

    // Runs what is due at `now` and was scheduled before this call: what timers schedule waits for
    // the next call, however early it is due.
    void expire_due(Instant now);

  private:
    struct Entry {
        Instant at;
        std::uint64_t order;
        Timer* timer;
    };

    static bool before(const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at < b.at : a.order < b.order;
    }

    void put(std::size_t place, const Entry& entry);
    void sift_up(std::size_t place);
    void sift_down(std::size_t place);

    std::vector<Entry> entries_;
    std::uint64_t scheduled_ = 0;
};

}  // namespace wend
