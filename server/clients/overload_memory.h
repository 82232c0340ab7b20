// Zones that had no place for another query a moment ago (resolver/zone_quota.h): a flood of
// made-up names below one is refused without a resolution for each.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace wend {

// So long a place that has become free may be left empty.
inline constexpr Duration overload_memory_time = std::chrono::milliseconds(20);

// Fixed memory; one thread. `zone` is cache::Cache::zone_mark.
class OverloadMemory {
  public:
    void note(std::uint64_t zone, Instant now) {
        entries_[zone % entries_.size()] = {zone, now + overload_memory_time};
    }

    bool has(std::uint64_t zone, Instant now) const {
        const Entry& entry = entries_[zone % entries_.size()];
        return entry.zone == zone && now < entry.until;
    }

  private:
    struct Entry {
        std::uint64_t zone = 0;
        Instant until{};
    };

    std::array<Entry, 256> entries_{};
};

}  // namespace wend
