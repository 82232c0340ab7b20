#include "cache/cache.h"

#include <algorithm>

#include "cache/cache_impl.h"
#include "cache/lifetime.h"

namespace wend::cache {
namespace {

Header fields_of(const dns::RRset& rrset, const Packing& packing, Rank rank, Side side,
                 std::uint32_t expires) {
    Header fields;
    fields.expires = expires;
    fields.count = packing.count;
    fields.rank = static_cast<std::uint8_t>(rank) & 7U;
    fields.security = static_cast<std::uint8_t>(rrset.security()) & 7U;
    fields.form = static_cast<std::uint8_t>(packing.form) & 3U;
    fields.side = static_cast<std::uint8_t>(side) & 1U;
    return fields;
}

// False if it is larger than an entry may be.
bool write(Arena& arena, const Key& key, const dns::RRset& rrset, const Packing& packing,
           const Header& fields, std::uint32_t now) {
    const auto entry = arena.insert(key, packing.size, fields, now);
    if (entry) {
        pack_rrset(rrset.packed(), packing, entry->body());
    }
    return entry.has_value();
}

// Whether the entry's rdatas are these: the octets, in the same order.
bool holds(Entry entry, const dns::RRset& rrset, const Packing& packing) {
    const MutableOctets buffer = scratch().first(packing.size);
    pack_rrset(rrset.packed(), packing, buffer);
    return entry.header().count == packing.count &&
           entry.header().form == static_cast<std::uint8_t>(packing.form) &&
           entry.body().size() >= packing.size &&
           std::ranges::equal(buffer, entry.body().first(packing.size));
}

// What stays learns its side from the same data that comes in, if that is to be trusted as much.
void learn_side(Entry entry, const dns::RRset& rrset, const Packing& packing, Side side) {
    if (side == Side::unknown || is_trust_lost(entry.security(), rrset.security()) ||
        !holds(entry, rrset, packing)) {
        return;
    }
    Header header = entry.header();
    header.side = static_cast<std::uint8_t>(side) & 1U;
    entry.set_header(header);
}

bool has_fresh(const Arena& arena, const Key& key, std::uint32_t now) {
    const auto entry = arena.find(key);
    return entry && entry->is_fresh(now);
}

bool has_proved(const Arena& arena, const Key& key, std::uint32_t now) {
    const auto entry = arena.find(key);
    return entry && entry->is_fresh(now) && entry->security() == dns::Security::secure;
}

bool has_answer(const Arena& arena, dns::NameView name, dns::Type type, std::uint64_t hash,
                std::uint32_t now) {
    const auto entry = arena.find({name, Kind::rrset, type, hash});
    return entry && entry->is_fresh(now) && entry->rank() >= lowest_answer_rank;
}

}  // namespace

std::optional<std::uint32_t> Cache::Impl::store_rrset(const dns::RRset& rrset, Rank rank, Side side,
                                                      std::uint32_t now) {
    const std::uint32_t ttl =
        ttl_to_keep(rrset.ttl(), ttl_min.get(), ttl_max.get(), rrset.security());
    const auto packing = packing_of(rrset.packed());
    if (ttl == 0 || !packing) {
        return std::nullopt;
    }
    const dns::NameView owner = rrset.owner();
    const dns::Type type = rrset.type();
    const std::uint64_t hash = hash_of(owner);
    const Key key{owner, Kind::rrset, type, hash};
    std::uint32_t expires = expiry(now, ttl);
    Shard& shard = shard_of(hash);
    const MutexLock lock(shard.mutex);
    const auto old = shard.arena.find(key);
    if (old && old->is_fresh(now)) {
        if (!may_replace(old->rank(), old->security(), rank, rrset.security())) {
            learn_side(*old, rrset, *packing, side);
            return std::nullopt;
        }
        if (type == dns::Type::ns && old->rank() == rank) {
            expires = std::min(expires, old->expires());
        }
    }
    if (rank >= lowest_answer_rank &&
        !make_way(shard.arena,
                  {{owner, Kind::nodata, type, hash}, {owner, Kind::name_error, {}, hash}},
                  rrset.security(), now)) {
        return std::nullopt;
    }
    if (!write(shard.arena, key, rrset, *packing, fields_of(rrset, *packing, rank, side, expires),
               now)) {
        return std::nullopt;
    }
    return expires - now;
}

void Cache::Impl::store_proof(const dns::RRset& rrset, std::uint32_t now) {
    const std::uint32_t ttl = ttl_to_keep(rrset.ttl(), 0, ttl_max.get(), rrset.security());
    const auto packing = packing_of(rrset.packed());
    if (ttl == 0 || !packing) {
        return;
    }
    const dns::NameView owner = rrset.owner();
    const std::uint64_t hash = hash_of(owner);
    const Key key{owner, Kind::proof, rrset.type(), hash};
    std::uint32_t expires = expiry(now, ttl);
    Shard& shard = shard_of(hash);
    const MutexLock lock(shard.mutex);
    const auto old = shard.arena.find(key);
    if (old && old->is_fresh(now)) {
        if (is_trust_lost(old->security(), rrset.security())) {
            return;
        }
        // What an earlier denial was granted stays granted.
        if (old->security() == rrset.security() && holds(*old, rrset, *packing)) {
            expires = std::max(expires, old->expires());
        }
    }
    write(shard.arena, key, rrset, *packing,
          fields_of(rrset, *packing, Rank::authority_from_aa, Side::unknown, expires), now);
}

Cache::Cache(const Options& options) : impl_(std::make_unique<Impl>(options)) {}

Cache::~Cache() = default;

std::optional<Found> Cache::find(dns::NameView owner, dns::Type type, Instant now,
                                 Rank at_least) const {
    return impl_->find_rrset(Kind::rrset, owner, type, to_seconds(now), at_least);
}

Cache::Known Cache::known_at(dns::NameView name, dns::Type type, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    const std::uint64_t hash = impl_->hash_of(name);
    Shard& shard = impl_->shard_of(hash);
    const MutexLock lock(shard.mutex);
    return {.data = has_answer(shard.arena, name, type, hash, seconds),
            .alias = has_answer(shard.arena, name, dns::Type::cname, hash, seconds),
            .denied = has_fresh(shard.arena, {name, Kind::nodata, type, hash}, seconds) ||
                      has_fresh(shard.arena, {name, Kind::name_error, {}, hash}, seconds)};
}

Cache::KnownBelow Cache::known_below(dns::NameView name, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    const std::uint64_t hash = impl_->hash_of(name);
    Shard& shard = impl_->shard_of(hash);
    const MutexLock lock(shard.mutex);
    return {.dname = has_answer(shard.arena, name, dns::Type::dname, hash, seconds),
            .name_error = has_proved(shard.arena, {name, Kind::name_error, {}, hash}, seconds)};
}

Cache::HashedName Cache::hashed(dns::NameView name) const {
    return {name, impl_->hash_of(name)};
}

std::optional<Cache::Hit> Cache::find_packed(const HashedName& owner, dns::Type type, Instant now,
                                             MutableOctets to, Rank at_least) const {
    return impl_->copy_rrset({owner.name, Kind::rrset, type, owner.hash}, to_seconds(now), at_least,
                             to);
}

std::optional<std::uint32_t> Cache::store(const dns::RRset& rrset, Rank rank, Instant now,
                                          Side side) {
    return rrset ? impl_->store_rrset(rrset, rank, side, to_seconds(now)) : std::nullopt;
}

void Cache::remove(dns::NameView owner, dns::Type type) {
    const std::uint64_t hash = impl_->hash_of(owner);
    Shard& shard = impl_->shard_of(hash);
    const MutexLock lock(shard.mutex);
    shard.arena.erase({owner, Kind::rrset, type, hash});
    shard.arena.erase({owner, Kind::nodata, type, hash});
    shard.arena.erase({owner, Kind::name_error, {}, hash});
}

void Cache::clear() {
    for (Shard& shard : impl_->shards) {
        const MutexLock lock(shard.mutex);
        shard.arena.clear();
    }
}

Statistics Cache::statistics() const {
    Statistics sum;
    sum.bytes = sizeof(Impl) + impl_->shards.size() * sizeof(Shard);
    for (Shard& shard : impl_->shards) {
        const MutexLock lock(shard.mutex);
        sum.bytes += shard.arena.octets();
        sum.entries += shard.arena.entries();
        sum.evictions += shard.arena.evictions();
    }
    return sum;
}

}  // namespace wend::cache
