#include "server/clients/places.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace wend {
namespace {

// Counters of a row for each place, and its bounds: 2 MiB to 8 MiB at most for both rows.
constexpr std::size_t counters_per_place = 4;
constexpr std::size_t row_min = std::size_t{1} << 14;
constexpr std::size_t row_max = std::size_t{1} << 20;

// The first `v4` or `v6` bits of a client's address, at most 64. An IPv4 address is counted as the
// network 0:ffff:A.B.C.D::/64, which nobody has (RFC 4291 4: ::/8 is reserved).
std::uint64_t network_of(const Client& client, unsigned v4, unsigned v6) {
    const std::array<std::uint8_t, 16> octets = client.address.ip.mapped();
    if (client.address.ip.is_v4()) {
        const std::uint32_t address = load_u32(octets, 12);
        return std::uint64_t{0xffff} << 32 | (address & ~std::uint32_t{0} << (32 - v4));
    }
    return load_u64(octets, 0) & ~std::uint64_t{0} << (64 - v6);
}

std::size_t part(std::size_t whole, std::size_t percent) {
    return std::max<std::size_t>(whole * percent / 100, 1);
}

}  // namespace

// One host may have a whole IPv6 /64; a /56 is one line or one site.
Holder holder_of(const Client& client, std::uint64_t zone) {
    return {network_of(client, 32, 64), network_of(client, 24, 56), zone};
}

dns::Reason judge_share(const Crowd& crowd, const Room& room) {
    const std::size_t free = room.all - std::min(room.taken, room.all);
    if (crowd.client >= std::max(room.client_min, client_free_factor * free)) {
        return dns::Reason::client_share;
    }
    const std::size_t network_min = std::max(room.client_min, part(room.all, network_percent_min));
    if (crowd.network >= std::max(network_min, network_free_factor * free)) {
        return dns::Reason::network_share;
    }
    const std::size_t zone_max = std::max(room.client_min, part(room.all, zone_percent_max));
    if (room.taken > room.all / 2 && crowd.zone >= zone_max) {
        return dns::Reason::zone_share;
    }
    return dns::Reason::none;
}

Places::Places(std::size_t all, std::size_t client_min, const HashKey& key)
    : key_(key),
      all_(all),
      client_min_(client_min),
      row_(std::clamp(std::bit_ceil(all * counters_per_place), row_min, row_max)),
      counts_(std::make_unique<Count[]>(2 * row_)) {}

std::uint64_t Places::number_of(Kind kind, const Holder& holder) {
    switch (kind) {
        case Kind::client:
            return holder.address;
        case Kind::network:
            return holder.network;
        case Kind::zone:
            return holder.zone;
        case Kind::client_in_zone:
            return mix(holder.address, holder.zone);
    }
    return 0;
}

std::array<std::size_t, 2> Places::cells(Kind kind, std::uint64_t number) const {
    const auto tag = static_cast<std::uint8_t>(std::to_underlying(kind));
    const std::uint64_t hash = siphash(key_, Octets(&tag, 1), number, false);
    return {hash & (row_ - 1), row_ + ((hash >> 32) & (row_ - 1))};
}

std::size_t Places::count(Kind kind, const Holder& holder) const {
    const auto [first, second] = cells(kind, number_of(kind, holder));
    return std::min(counts_[first].load(relaxed), counts_[second].load(relaxed));
}

// Unsigned numbers wrap: the amount may be taken away.
void Places::add(Kind kind, const Holder& holder, std::uint32_t amount) noexcept {
    for (const std::size_t cell : cells(kind, number_of(kind, holder))) {
        counts_[cell].fetch_add(amount, relaxed);
    }
}

void Places::set_limits(std::size_t all, std::size_t client_min) {
    all_.store(all, relaxed);
    client_min_.store(client_min, relaxed);
}

Places::Taken Places::take(const Holder& holder) noexcept {
    const std::size_t for_client_max = part(client_min_.load(relaxed), client_zone_percent);
    const bool for_client = count(Kind::client_in_zone, holder) < for_client_max;
    if (for_client) {
        add(Kind::client, holder, 1);
        add(Kind::client_in_zone, holder, 1);
    }
    add(Kind::network, holder, 1);
    add(Kind::zone, holder, 1);
    taken_.fetch_add(1, relaxed);
    return {holder, for_client};
}

void Places::leave(const Taken& taken) noexcept {
    constexpr std::uint32_t minus_one = ~std::uint32_t{0};
    if (taken.for_client) {
        add(Kind::client, taken.holder, minus_one);
        add(Kind::client_in_zone, taken.holder, minus_one);
    }
    add(Kind::network, taken.holder, minus_one);
    add(Kind::zone, taken.holder, minus_one);
    taken_.fetch_sub(1, relaxed);
}

Crowd Places::crowd(const Holder& holder) const {
    return {.client = count(Kind::client, holder),
            .network = count(Kind::network, holder),
            .zone = count(Kind::zone, holder)};
}

dns::Reason Places::judge(const Crowd& crowd) const {
    return judge_share(
        crowd,
        {.taken = taken(), .all = all_.load(relaxed), .client_min = client_min_.load(relaxed)});
}

}  // namespace wend
