// Whether the wall clock can be believed: a clock that is clearly wrong makes good signatures look
// expired, and expired ones good.
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "server/keepers/build_time.h"

namespace wend {

// No clock is right that shows less: the day before this program was built, since the clock of the
// machine that built it may have been ahead by hours.
inline constexpr WallTime clock_least =
    WallTime(std::chrono::seconds(build_time)) - std::chrono::days(1);
// By how much a signature may be of the future: as much as signatures are given (RFC 4035 5.3.1).
inline constexpr std::chrono::seconds clock_leeway = std::chrono::hours(1);

// `last_signed`: the latest inception of a signature that verified, in this run or an earlier one.
bool clock_is_wrong(WallTime now, std::optional<WallTime> last_signed);

// What all workers know of the clock. Any thread.
class ClockWatch {
  public:
    // Not enabled: no clock is wrong.
    explicit ClockWatch(bool enabled) : enabled_(enabled) {}

    // A line in the log when it goes wrong, and one when it is right again.
    bool is_wrong(WallTime now);

    // A signature verified that began to be valid then.
    void saw_signature(WallTime inception);

  private:
    bool enabled_;
    std::atomic<std::int64_t> last_signed_{0};  // seconds since 1970
    std::atomic<bool> was_wrong_{false};
};

}  // namespace wend
