#include "server/keepers/clock_watch.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "base/date.h"

namespace wend {

bool clock_is_wrong(WallTime now, std::optional<WallTime> last_signed) {
    return now < clock_least || (last_signed && now + clock_leeway < *last_signed);
}

bool ClockWatch::is_wrong(WallTime now) {
    if (!enabled_) {
        return false;
    }
    const WallTime last{std::chrono::seconds(last_signed_.load(std::memory_order_relaxed))};
    const bool wrong = clock_is_wrong(now, last);
    if (was_wrong_.exchange(wrong, std::memory_order_relaxed) != wrong) {
        if (wrong) {
            spdlog::error(
                "the clock says {}, but it is at least {}: until it is right only "
                "dnssec.time-servers are resolved, without validation",
                to_text(now), to_text(std::max(last, clock_least)));
        } else {
            spdlog::info("the clock says {}: names are validated again", to_text(now));
        }
    }
    return wrong;
}

void ClockWatch::saw_signature(WallTime inception) {
    const std::int64_t seen = inception.time_since_epoch().count();
    std::int64_t known = last_signed_.load(std::memory_order_relaxed);
    while (known < seen &&
           !last_signed_.compare_exchange_weak(known, seen, std::memory_order_relaxed)) {
    }
}

}  // namespace wend
