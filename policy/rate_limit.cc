#include "policy/rate_limit.h"

#include <algorithm>

namespace wend::policy {
namespace {

// An entry is a tag of 20 bits and, below it, the microsecond at which the client has used up what
// it had (the generic cell rate algorithm's theoretical arrival time). 44 bits are 200 days.
constexpr unsigned time_bits = 44;
constexpr std::uint64_t time_mask = (std::uint64_t{1} << time_bits) - 1;
constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t burst = 2 * second;
// What one reply may count for beyond its query: of the largest datagram, at one query a second.
constexpr std::uint64_t charged_max = 3 * second;
constexpr auto relaxed = std::memory_order_relaxed;

constexpr std::uint64_t tag_of(std::uint64_t entry) {
    return entry >> time_bits;
}

// How far the entry's time lies ahead of now: 0 for one that has all it may have. What cannot be is
// a client of another time.
std::uint64_t ahead(std::uint64_t entry, std::uint64_t now) {
    const std::uint64_t distance = (entry - now) & time_mask;
    return distance > burst + charged_max ? 0 : distance;
}

std::uint64_t microsecond_of(Instant now) {
    return static_cast<std::uint64_t>(now.time_since_epoch().count()) & time_mask;
}

unsigned network_octets(const IpAddress& client) {
    return client.is_v4() ? 15 : 7;
}

// Kinds of entries: queries and errors of addresses, then of networks.
constexpr std::uint64_t of_network = 2;

}  // namespace

RateLimiter::RateLimiter(const RateLimits& limits, std::span<const Prefix> exempt,
                         const HashKey& key)
    : limits_(limits), exempt_(exempt), key_(key), sets_(std::make_unique<Set[]>(entries / ways)) {}

Over RateLimiter::judge(const IpAddress& client, Asked asked, Instant now) {
    if (exempt_.allows(client)) {
        return Over::nothing;
    }
    const bool is_query = asked == Asked::query;
    const auto kind = static_cast<std::uint64_t>(asked);
    const std::uint64_t at = microsecond_of(now);
    const unsigned address_octets = client.is_v4() ? 16 : 8;
    // The address first: what it is denied costs its neighbours nothing.
    const std::uint32_t address_rate =
        is_query ? limits_.queries_per_address : limits_.errors_per_address;
    const std::uint32_t network_rate =
        is_query ? limits_.queries_per_network : limits_.errors_per_network;
    if (!take(client, address_octets, kind, address_rate, at)) {
        return Over::address;
    }
    const bool network_has =
        take(client, network_octets(client), kind + of_network, network_rate, at);
    return network_has ? Over::nothing : Over::network;
}

void RateLimiter::charge(const IpAddress& client, std::size_t octets, Instant now) {
    const std::uint32_t rate = limits_.queries_per_network;
    if (rate == 0 || exempt_.allows(client)) {
        return;
    }
    const std::uint64_t at = microsecond_of(now);
    const std::uint64_t more = (octets - 1) / query_octets * (second / rate);
    const Found found = find(client, network_octets(client),
                             static_cast<std::uint64_t>(Asked::query) + of_network, at);
    const std::uint64_t time = (at + std::min(found.used + more, burst + charged_max)) & time_mask;
    found.entry->store((found.tag << time_bits) | time, relaxed);
}

// Its own entry, else the one whose client has been quiet longest.
RateLimiter::Found RateLimiter::find(const IpAddress& client, unsigned prefix_octets,
                                     std::uint64_t kind, std::uint64_t now) {
    const std::uint64_t hash =
        siphash(key_, Octets(client.mapped()).first(prefix_octets), kind, false);
    Set& set = sets_[hash % (entries / ways)];
    Found found{.entry = nullptr, .tag = hash >> time_bits, .used = 0};
    std::uint64_t least = ~std::uint64_t{0};
    for (std::atomic<std::uint64_t>& candidate : set.entries) {
        const std::uint64_t entry = candidate.load(relaxed);
        const std::uint64_t distance = ahead(entry, now);
        if (tag_of(entry) == found.tag) {
            found.entry = &candidate;
            found.used = distance;
            return found;
        }
        if (distance < least) {
            least = distance;
            found.entry = &candidate;
        }
    }
    return found;
}

bool RateLimiter::take(const IpAddress& client, unsigned prefix_octets, std::uint64_t kind,
                       std::uint32_t rate, std::uint64_t now) {
    if (rate == 0) {
        return true;
    }
    const Found found = find(client, prefix_octets, kind, now);
    if (found.used > burst - second / rate) {
        return false;
    }
    const std::uint64_t time = (now + found.used + second / rate) & time_mask;
    found.entry->store((found.tag << time_bits) | time, relaxed);
    return true;
}

}  // namespace wend::policy
