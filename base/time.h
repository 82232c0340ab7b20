// Two times, never mixed: Instant for deadlines and TTLs, WallTime for the dates of signatures.
#pragma once
#include <chrono>

namespace wend {

using Duration = std::chrono::microseconds;

// The clock type of Instant. It has no now(): time is asked of an injected Clock.
struct Monotonic {
    using duration = Duration;
    using rep = Duration::rep;
    using period = Duration::period;
    using time_point = std::chrono::time_point<Monotonic>;
    static constexpr bool is_steady = true;
};

using Instant = Monotonic::time_point;  // never jumps; virtual in the simulator
using WallTime = std::chrono::sys_seconds;

}  // namespace wend
