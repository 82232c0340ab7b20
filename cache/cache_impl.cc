#include "cache/cache_impl.h"

#include <algorithm>
#include <array>
#include <bit>

#include "cache/lifetime.h"

namespace wend::cache {
namespace {

// A shard with less holds too few entries for its rings to tell used from unused.
constexpr std::size_t shard_octets_min = std::size_t{1} << 20;

// The index of a larger one would have few bits left to tell entries apart by.
constexpr std::size_t shard_octets_max = std::size_t{64} << 20;

unsigned shard_count(std::size_t octets_max, unsigned wanted) {
    const std::size_t most = std::max<std::size_t>(octets_max / shard_octets_min, 1);
    const std::size_t least = std::bit_ceil(octets_max / shard_octets_max);
    const std::size_t count = std::bit_floor(std::min<std::size_t>(most, std::max(wanted, 1U)));
    return static_cast<unsigned>(std::max(count, least));
}

}  // namespace

MutableOctets scratch() {
    static thread_local std::array<std::uint8_t, unpacked_octets_max> buffer;
    return buffer;
}

Cache::Impl::Impl(const Options& wanted) : options(wanted) {
    const unsigned count = shard_count(options.bytes_max, options.shards);
    shard_shift = 64U - static_cast<unsigned>(std::countr_zero(count));
    const std::size_t own = sizeof(Impl) + count * sizeof(Shard);
    const std::size_t all = std::max(options.bytes_max, own + arena_octets_min);
    for (unsigned i = 0; i < count; ++i) {
        shards.emplace_back((all - own) / count, options.key);
    }
}

void Cache::set_ttl_limits(const TtlLimits& limits) {
    impl_->ttl_min.set(limits.ttl_min);
    impl_->ttl_max.set(limits.ttl_max);
    impl_->negative_ttl_max.set(limits.negative_ttl_max);
}

std::optional<Cache::Hit> Cache::Impl::copy_rrset(const Key& key, std::uint32_t now, Rank at_least,
                                                  MutableOctets to) {
    Shard& shard = shard_of(key.name_hash);
    const MutexLock lock(shard.mutex);
    const auto entry = shard.arena.find(key);
    if (!entry || !entry->is_fresh(now) || entry->rank() < at_least) {
        return std::nullopt;
    }
    Arena::note_use(*entry);
    const std::size_t size = unpack_rrset(*entry, to);
    if (size == 0) {
        return std::nullopt;
    }
    return Hit{size, entry->expires() - now, entry->rank(), entry->security(), entry->side()};
}

std::optional<Found> Cache::Impl::find_rrset(Kind kind, dns::NameView owner, dns::Type type,
                                             std::uint32_t now, Rank at_least) {
    const MutableOctets buffer = scratch();
    const auto copied = copy_rrset({owner, kind, type, hash_of(owner)}, now, at_least, buffer);
    if (!copied) {
        return std::nullopt;
    }
    return Found{dns::RRset::from_packed(buffer.first(copied->size), copied->ttl, copied->security),
                 copied->rank, copied->side};
}

std::optional<CopiedBody> Cache::Impl::copy_body(Kind kind, dns::NameView owner, dns::Type type,
                                                 std::uint32_t now) {
    const std::uint64_t hash = hash_of(owner);
    Shard& shard = shard_of(hash);
    const MutexLock lock(shard.mutex);
    const auto entry = shard.arena.find({owner, kind, type, hash});
    if (!entry || !entry->is_fresh(now)) {
        return std::nullopt;
    }
    Arena::note_use(*entry);
    const Octets body = entry->body();
    const MutableOctets copy = scratch().first(body.size());
    std::ranges::copy(body, copy.begin());
    return CopiedBody{entry->header(), entry->owner(), copy};
}

bool make_way(Arena& arena, std::initializer_list<Key> keys, dns::Security incoming,
              std::uint32_t now) {
    for (const Key& key : keys) {
        const auto entry = arena.find(key);
        if (entry && entry->is_fresh(now) && is_trust_lost(entry->security(), incoming)) {
            return false;
        }
    }
    for (const Key& key : keys) {
        arena.erase(key);
    }
    return true;
}

}  // namespace wend::cache
