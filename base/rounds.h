// What is to be done now and then for as long as its owner lives.
#pragma once
#include <functional>
#include <new>

#include "base/clock.h"
#include "base/task.h"
#include "base/time.h"

namespace wend {

// Calls `round` after each pause, until it is cancelled. A round that there is no memory for is
// left out, and the next one comes in its time. The clock and what `round` uses outlive the task.
inline Task<void> in_rounds(Clock& clock, Duration pause, std::function<void()> round) {
    while (true) {
        const Instant next = clock.now() + pause;
        co_await clock.sleep_until(next);
        try {
            round();
        } catch (const std::bad_alloc&) {
        }
    }
}

}  // namespace wend
