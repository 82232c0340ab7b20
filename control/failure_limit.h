// Whoever shows wrong tokens is not listened to for a while. Fixed memory.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"

namespace wend {

class Random;

inline constexpr unsigned failures_a_minute_max = 10;

// Addresses that fall into the same of 1,024 places share it, and the one who failed last has it:
// a secret key says who those are. An IPv6 client is its /64.
class FailureLimit {
  public:
    explicit FailureLimit(Random& random);

    // From here on, until its minute is over.
    bool is_over(const IpAddress& address, Instant now) const;

    void add(const IpAddress& address, Instant now);

  private:
    struct Place {
        std::uint64_t client = 0;  // of siphash
        Instant since{};
        unsigned failures = 0;
    };

    std::uint64_t client_of(const IpAddress& address) const;

    HashKey key_;
    std::array<Place, 1'024> places_{};
};

}  // namespace wend
