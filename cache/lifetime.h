// Times as the cache keeps them: whole seconds since the origin of Instant, rounded down, so that
// nothing is ever kept longer than it was given for.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

#include "base/time.h"
#include "dns/types.h"

namespace wend::cache {

// Data that failed validation is kept no longer than this, whatever its TTL.
inline constexpr std::uint32_t bogus_ttl_max = 60;

// 0 before the origin; the largest number past the year 136.
inline std::uint32_t to_seconds(Instant instant) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(instant.time_since_epoch()).count();
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, most));
}

inline Instant to_instant(std::uint32_t seconds) {
    return Instant(std::chrono::seconds(seconds));
}

// Later than `now` by `ttl`, or as late as can be said.
inline std::uint32_t expiry(std::uint32_t now, std::uint32_t ttl) {
    return ttl > std::numeric_limits<std::uint32_t>::max() - now
               ? std::numeric_limits<std::uint32_t>::max()
               : now + ttl;
}

// The TTL to keep data for; 0: do not keep it. The top bit set means 0 (RFC 2181 8). 0 means "for
// the transaction in progress" (RFC 1035 3.2.1) as 1 means "for a second": an operator's least TTL
// overrules both.
inline std::uint32_t ttl_to_keep(std::uint32_t ttl, std::uint32_t least, std::uint32_t most,
                                 dns::Security security) {
    const std::uint32_t given = (ttl >> 31) != 0 ? 0 : ttl;
    const std::uint32_t kept = std::min(std::max(given, least), most);
    return security == dns::Security::bogus ? std::min(kept, bogus_ttl_max) : kept;
}

// A limit that threads read while another sets it: each store takes it as it finds it.
class TtlLimit {
  public:
    explicit TtlLimit(std::uint32_t seconds) : seconds_(seconds) {}

    std::uint32_t get() const { return seconds_.load(std::memory_order_relaxed); }

    void set(std::uint32_t seconds) { seconds_.store(seconds, std::memory_order_relaxed); }

  private:
    std::atomic<std::uint32_t> seconds_;
};

}  // namespace wend::cache
