// The event loop of one worker, and the two things that reach it from outside: signals, and a wake
// from another thread.
#pragma once
#include <functional>

#include <uv.h>

#include "transport/uv_handle.h"

namespace wend {

// One thread. Everything made on the loop is destroyed before it; the destructor runs the loop
// until it is empty and checks that nothing was left open.
class UvLoop {
  public:
    UvLoop();
    UvLoop(const UvLoop&) = delete;
    UvLoop& operator=(const UvLoop&) = delete;
    UvLoop(UvLoop&&) = delete;
    UvLoop& operator=(UvLoop&&) = delete;
    ~UvLoop();

    // Until stop(), or until nothing is left to wait for.
    void run();
    // Waits for events once and handles them. False when nothing is left to wait for.
    bool run_once();
    // From a callback: run() returns after this turn.
    void stop();

    // For this room.
    uv_loop_t* get() { return &loop_; }

  private:
    uv_loop_t loop_;
};

// Calls `on_signal` on the loop's thread whenever the process gets the signal. It does not keep
// the loop running.
class UvSignal {
  public:
    UvSignal(UvLoop& loop, int signal, std::function<void()> on_signal);
    UvSignal(const UvSignal&) = delete;
    UvSignal& operator=(const UvSignal&) = delete;
    UvSignal(UvSignal&&) = delete;
    UvSignal& operator=(UvSignal&&) = delete;
    ~UvSignal() = default;

  private:
    std::function<void()> on_signal_;
    UvHandle<uv_signal_t> handle_;
};

// Calls `on_end` whenever the loop has done what there was to do: after it has handled what was
// ready, and before it waits. What was put off in between is done then. It does not keep the loop
// running.
class UvTurnEnd {
  public:
    UvTurnEnd(UvLoop& loop, std::function<void()> on_end);
    UvTurnEnd(const UvTurnEnd&) = delete;
    UvTurnEnd& operator=(const UvTurnEnd&) = delete;
    UvTurnEnd(UvTurnEnd&&) = delete;
    UvTurnEnd& operator=(UvTurnEnd&&) = delete;
    ~UvTurnEnd() = default;

  private:
    std::function<void()> on_end_;
    UvHandle<uv_prepare_t> before_wait_;
    UvHandle<uv_check_t> after_events_;
};

// Calls `on_wake` on the loop's thread at least once after each wake(). It keeps the loop running
// if `keeps_running`: a worker's loop then waits for stop().
class UvWake {
  public:
    UvWake(UvLoop& loop, bool keeps_running, std::function<void()> on_wake);
    UvWake(const UvWake&) = delete;
    UvWake& operator=(const UvWake&) = delete;
    UvWake(UvWake&&) = delete;
    UvWake& operator=(UvWake&&) = delete;
    ~UvWake() = default;

    // From any thread, while this object lives.
    void wake();

  private:
    std::function<void()> on_wake_;
    UvHandle<uv_async_t> handle_;
};

}  // namespace wend
