// The clock as an injected interface, and the awaiter that sleeps on it.
#pragma once
#include <array>
#include <coroutine>
#include <cstddef>

#include "base/time.h"

namespace wend {

class Clock;

// Awaits an instant. Lives on the awaiting frame; the clock keeps its address until it fires, and
// destroying it first disarms it.
class [[nodiscard]] Sleep {
  public:
    Sleep(Clock& clock, Instant until) : clock_(clock), until_(until) {}

    Sleep(const Sleep&) = delete;
    Sleep& operator=(const Sleep&) = delete;
    Sleep(Sleep&&) = delete;
    Sleep& operator=(Sleep&&) = delete;
    ~Sleep();

    // Always suspends, so that a loop over sleeps cannot grow the stack.
    bool await_ready() const noexcept { return false; }

    void await_suspend(std::coroutine_handle<> waiter);

    void await_resume() const noexcept {}

    // For clocks only.
    Instant until() const { return until_; }

    // Called once, from the event loop, never from inside arm(). *this may be gone when it returns.
    void fire() {
        armed_ = false;
        waiter_.resume();
    }

    void* slot = nullptr;  // the clock's own note
    // Where a clock may put what stands for this sleep: arming then asks for no memory.
    alignas(void*) std::array<std::byte, 4 * sizeof(void*)> room;

  private:
    Clock& clock_;
    Instant until_;
    std::coroutine_handle<> waiter_;
    bool armed_ = false;
};

// Both times of one world. Belongs to one thread.
class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    Clock(Clock&&) = delete;
    Clock& operator=(Clock&&) = delete;
    virtual ~Clock() = default;

    virtual Instant now() const = 0;
    virtual WallTime wall_now() const = 0;

    // An instant that has passed fires on the loop's next turn.
    Sleep sleep_until(Instant until) { return Sleep(*this, until); }

  protected:
    friend class Sleep;
    virtual void arm(Sleep& sleep) = 0;
    virtual void disarm(Sleep& sleep) noexcept = 0;
};

inline void Sleep::await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    clock_.arm(*this);
    armed_ = true;  // not if arm() ran out of memory
}

inline Sleep::~Sleep() {
    if (armed_) {
        clock_.disarm(*this);
    }
}

}  // namespace wend
