// How much a client may ask over UDP: its address may be forged, and what is sent there then floods
// somebody else. Each address and each network around it has a rate; what goes beyond it is told to
// come over TCP, where an address is proved, or with a cookie (RFC 7873).
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"
#include "policy/access.h"

namespace wend::policy {

enum class RateMode : std::uint8_t {
    off,
    shadow,  // count what would have been limited, and answer it
    enforce,
};

// A query of a network counts once for each of these that are in its reply, once at least: what a
// forger gets sent is octets. Datagrams are as large as four.
inline constexpr std::size_t query_octets = 308;

// In a second; 0 is no limit. An address is an IPv4 address or an IPv6 /64, a network an IPv4 /24
// or an IPv6 /56. Twice a second's worth may come at once.
struct RateLimits {
    std::uint32_t queries_per_address = 100;
    std::uint32_t queries_per_network = 1'000;  // ten addresses that use theirs up
    std::uint32_t errors_per_address = 20;      // of what is refused or malformed
    std::uint32_t errors_per_network = 100;

    bool operator==(const RateLimits&) const = default;
};

enum class Asked : std::uint8_t { query, error };

// Whose rate a datagram goes beyond.
enum class Over : std::uint8_t { nothing, address, network };

// Fixed memory, no allocation after it was made, no lock: threads may share it. Two that count the
// same client at the same moment may count once, which errs on the client's side.
class RateLimiter {
  public:
    static constexpr std::size_t entries = std::size_t{1} << 16;  // 512 KiB

    // Clients in `exempt` are never limited. `key` keeps others from aiming at a client's entry.
    RateLimiter(const RateLimits& limits, std::span<const Prefix> exempt, const HashKey& key);
    RateLimiter(const RateLimiter&) = delete;
    RateLimiter& operator=(const RateLimiter&) = delete;
    RateLimiter(RateLimiter&&) = delete;
    RateLimiter& operator=(RateLimiter&&) = delete;
    ~RateLimiter() = default;

    // Counts one datagram, and says if its client or that client's network is over its rate.
    Over judge(const IpAddress& client, Asked asked, Instant now);

    bool allows(const IpAddress& client, Asked asked, Instant now) {
        return judge(client, asked, now) == Over::nothing;
    }

    // What allows() let pass is answered with so many octets: the rest of what they count for.
    void charge(const IpAddress& client, std::size_t octets, Instant now);

  private:
    static constexpr std::size_t ways = 8;  // of one cache line

    struct alignas(64) Set {
        std::array<std::atomic<std::uint64_t>, ways> entries{};
    };

    // Where one client is counted, and how far ahead of now its entry lies.
    struct Found {
        std::atomic<std::uint64_t>* entry = nullptr;
        std::uint64_t tag = 0;
        std::uint64_t used = 0;  // microseconds
    };

    Found find(const IpAddress& client, unsigned prefix_octets, std::uint64_t kind,
               std::uint64_t now);
    bool take(const IpAddress& client, unsigned prefix_octets, std::uint64_t kind,
              std::uint32_t rate, std::uint64_t now);

    RateLimits limits_;
    AccessList exempt_;
    HashKey key_;
    std::unique_ptr<Set[]> sets_;
};

}  // namespace wend::policy
