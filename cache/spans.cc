#include "cache/spans.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/thread_annotations.h"
#include "cache/cache_impl.h"
#include "cache/lifetime.h"
#include "cache/span_chain.h"

namespace wend::cache {
namespace {

// One shard has a little more than what one zone may take of the whole.
constexpr std::size_t shard_count = 8;
constexpr std::size_t zone_share = 10;       // a tenth
constexpr std::size_t evictions_max = 32;    // for one record that comes in
constexpr std::size_t zone_labels_max = 16;  // deeper zones are not kept

constexpr std::size_t zone_overhead = 640;  // about what the containers add

// What was copied out under a lock, in this thread's scratch.
struct CopiedSpan {
    Octets packed;
    std::uint32_t ttl = 0;
};

CopiedSpan copy_out(const StoredSpan& stored, std::uint32_t now) {
    const MutableOctets to = scratch().first(stored.size);
    std::memcpy(to.data(), stored.octets.get(), stored.size);
    return {to, stored.expires - now};
}

dns::RRset to_rrset(const CopiedSpan& copied) {
    return dns::RRset::from_packed(copied.packed, copied.ttl, dns::Security::secure);
}

struct ZoneSpans {
    std::uint64_t hash = 0;
    dns::Name name;
    StoredSpan soa;
    SpanChain nsec;
    SpanChain nsec3;
    SpanHashing hashing;
    std::size_t bytes = 0;

    bool has_spans() const { return !nsec.empty() || !nsec3.empty(); }

    bool has_soa(std::uint32_t now) const { return soa.octets != nullptr && now < soa.expires; }
};

using Zones = std::list<ZoneSpans>;  // of use last in front

}  // namespace

struct Spans::Impl {
    struct Shard {
        alignas(64) Mutex mutex;
        Zones zones WEND_GUARDED_BY(mutex);
        std::unordered_map<std::uint64_t, Zones::iterator> index WEND_GUARDED_BY(mutex);
        std::size_t bytes WEND_GUARDED_BY(mutex) = 0;

        // Null: unknown. Two zones of one hash are one chance in 2^64: the second is not kept.
        ZoneSpans* find(std::uint64_t hash, dns::NameView name) WEND_REQUIRES(mutex) {
            const auto found = index.find(hash);
            return found != index.end() && found->second->name == name ? &*found->second : nullptr;
        }

        ZoneSpans* find_or_add(std::uint64_t hash, dns::NameView name) WEND_REQUIRES(mutex) {
            if (ZoneSpans* zone = find(hash, name)) {
                return zone;
            }
            if (index.contains(hash)) {
                return nullptr;
            }
            zones.emplace_front();
            zones.front().hash = hash;
            zones.front().name = name;
            index.emplace(hash, zones.begin());
            account(zones.front(), static_cast<std::ptrdiff_t>(zone_overhead));
            return &zones.front();
        }

        void note_use(ZoneSpans& zone) WEND_REQUIRES(mutex) {
            zones.splice(zones.begin(), zones, index.at(zone.hash));
        }

        void account(ZoneSpans& zone, std::ptrdiff_t change) WEND_REQUIRES(mutex) {
            zone.bytes = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(zone.bytes) + change);
            bytes = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(bytes) + change);
        }

        // True if something was freed. An NSEC3 chain gives first: it is the one that is renewed by
        // a zone that has both.
        bool evict_from(ZoneSpans& zone) WEND_REQUIRES(mutex) {
            SpanChain& chain = zone.nsec3.empty() ? zone.nsec : zone.nsec3;
            const std::ptrdiff_t freed = chain.evict_one();
            account(zone, -freed);
            return freed != 0;
        }

        void drop(ZoneSpans& zone) WEND_REQUIRES(mutex) {
            Zones dropped;
            take_out(zone, dropped);
        }

        // Into a list of the caller's, who destroys it when the lock is given back.
        void take_out(ZoneSpans& zone, Zones& to) WEND_REQUIRES(mutex) {
            bytes -= zone.bytes;
            const auto found = index.find(zone.hash);
            to.splice(to.end(), zones, found->second);
            index.erase(found);
        }

        void make_room(std::size_t of_zone, std::size_t of_all, ZoneSpans& newest)
            WEND_REQUIRES(mutex) {
            for (std::size_t i = 0; i < evictions_max && newest.bytes > of_zone; ++i) {
                evict_from(newest);
            }
            for (std::size_t i = 0; i < evictions_max && bytes > of_all; ++i) {
                if (!evict_from(zones.back())) {
                    drop(zones.back());
                }
            }
        }
    };

    explicit Impl(const SpanOptions& wanted)
        : options(wanted),
          ttl_max(wanted.ttl_max),
          zone_max(wanted.bytes_max / zone_share),
          shard_max(wanted.bytes_max / shard_count) {}

    std::uint64_t hash_of(dns::NameView zone) const { return dns::hash(options.key, zone); }

    Shard& shard_of(std::uint64_t hash) { return shards[hash % shard_count]; }

    // What is to be kept of the RRset; nothing if it is not.
    std::optional<StoredSpan> to_keep(const dns::RRset& rrset, std::uint32_t now) const {
        const std::uint32_t ttl = ttl_to_keep(rrset.ttl(), 0, ttl_max.get(), dns::Security::secure);
        if (ttl == 0 || rrset.packed().octets().size() > span_octets_max) {
            return std::nullopt;
        }
        return StoredSpan::copy_of(rrset, expiry(now, ttl));
    }

    // `change` is given the zone and says by how many octets it grew.
    template <class Change>
    void store(dns::NameView zone, Change change) {
        if (zone.label_count() > zone_labels_max) {
            return;
        }
        const std::uint64_t hash = hash_of(zone);
        Shard& shard = shard_of(hash);
        const MutexLock lock(shard.mutex);
        ZoneSpans* known = shard.find_or_add(hash, zone);
        if (known == nullptr) {
            return;
        }
        shard.note_use(*known);
        shard.account(*known, change(*known));
        shard.make_room(zone_max, shard_max, *known);
    }

    Step flush_zones(const Selection& selection, Cursor from);
    std::size_t flush_around(dns::NameView zone, dns::NameView name);
    // How many of that zone's spans about the tree went, at most step_entries_max and hashed ones.
    std::size_t flush_tree(dns::NameView zone, dns::NameView tree);

    SpanOptions options;  // but for ttl_max, which may change:
    TtlLimit ttl_max;
    std::size_t zone_max;
    std::size_t shard_max;
    std::array<Shard, shard_count> shards;
};

Spans::Spans(const SpanOptions& options) : impl_(std::make_unique<Impl>(options)) {}

Spans::~Spans() = default;

void Spans::store_soa(const dns::RRset& soa, Instant now) {
    auto stored = impl_->to_keep(soa, to_seconds(now));
    if (!stored) {
        return;
    }
    impl_->store(soa.owner(), [&](ZoneSpans& zone) {
        const std::size_t before = zone.soa.octets ? zone.soa.cost() : 0;
        zone.soa = std::move(*stored);
        return static_cast<std::ptrdiff_t>(zone.soa.cost()) - static_cast<std::ptrdiff_t>(before);
    });
}

void Spans::store_nsec(dns::NameView zone, const dns::RRset& nsec, Instant now) {
    auto stored = impl_->to_keep(nsec, to_seconds(now));
    if (!stored) {
        return;
    }
    impl_->store(zone, [&](ZoneSpans& known) { return known.nsec.insert(std::move(*stored)); });
}

void Spans::store_nsec3(dns::NameView zone, const dns::RRset& nsec3, const SpanHashing& hashing,
                        Instant now) {
    auto stored = impl_->to_keep(nsec3, to_seconds(now));
    if (!stored) {
        return;
    }
    impl_->store(zone, [&](ZoneSpans& known) {
        std::ptrdiff_t lost = 0;
        if (!(known.hashing == hashing)) {
            lost = known.nsec3.clear();
            known.hashing = hashing;
        }
        return known.nsec3.insert(std::move(*stored)) - lost;
    });
}

std::optional<SpanZone> Spans::closest_zone(dns::NameView name, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    const std::size_t labels = std::min(name.label_count(), zone_labels_max);
    for (std::size_t count = labels + 1; count-- > 0;) {
        const dns::NameView at = name.suffix(count);
        const std::uint64_t hash = impl_->hash_of(at);
        Impl::Shard& shard = impl_->shard_of(hash);
        SpanZone found;
        std::optional<CopiedSpan> soa;
        {
            const MutexLock lock(shard.mutex);
            ZoneSpans* zone = shard.find(hash, at);
            if (zone == nullptr || !zone->has_spans()) {
                continue;
            }
            shard.note_use(*zone);
            if (zone->has_soa(seconds)) {
                soa = copy_out(zone->soa, seconds);
            }
            found.name = zone->name;
            found.has_nsec = !zone->nsec.empty();
            if (!zone->nsec3.empty()) {
                found.hashing = zone->hashing;
            }
        }
        if (soa) {
            found.soa = to_rrset(*soa);
        }
        return found;
    }
    return std::nullopt;
}

std::optional<dns::RRset> Spans::at_or_before(dns::NameView zone, dns::NameView owner,
                                              dns::Type type, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    const std::uint64_t hash = impl_->hash_of(zone);
    Impl::Shard& shard = impl_->shard_of(hash);
    CopiedSpan copied;
    {
        const MutexLock lock(shard.mutex);
        const ZoneSpans* known = shard.find(hash, zone);
        if (known == nullptr) {
            return std::nullopt;
        }
        const bool hashed = type == dns::Type::nsec3;
        const SpanChain& chain = hashed ? known->nsec3 : known->nsec;
        const StoredSpan* found = chain.at_or_before(owner, hashed, seconds);
        if (found == nullptr) {
            return std::nullopt;
        }
        copied = copy_out(*found, seconds);
    }
    return to_rrset(copied);
}

void Spans::set_ttl_max(std::uint32_t ttl_max) {
    impl_->ttl_max.set(ttl_max);
}

void Spans::forget(dns::NameView zone) {
    Zones dropped;
    const std::uint64_t hash = impl_->hash_of(zone);
    Impl::Shard& shard = impl_->shard_of(hash);
    const MutexLock lock(shard.mutex);
    if (ZoneSpans* known = shard.find(hash, zone)) {
        shard.take_out(*known, dropped);
    }
}

void Spans::clear() {
    for (Impl::Shard& shard : impl_->shards) {
        Zones dropped;
        const MutexLock lock(shard.mutex);
        shard.index.clear();
        dropped.swap(shard.zones);
        shard.bytes = 0;
    }
}

// A place is a bucket of the shard's index. If it grows the shard is begun again: what is to go
// goes, and nothing is counted twice.
Step Spans::Impl::flush_zones(const Selection& selection, Cursor from) {
    Step done;
    if (from.part >= shard_count) {
        return done;
    }
    Zones dropped;
    Shard& shard = shards[from.part];
    const MutexLock lock(shard.mutex);
    const std::size_t buckets = shard.index.bucket_count();
    const std::uint64_t size_bits = static_cast<std::uint64_t>(buckets) << 32;
    const bool is_same = from.place >> 32 == buckets;
    std::size_t bucket = is_same ? static_cast<std::uint32_t>(from.place) : 0;
    const std::size_t end = std::min(bucket + step_entries_max, buckets);
    for (; bucket < end && done.looked_at < step_entries_max; ++bucket) {
        std::vector<ZoneSpans*> going;
        for (auto at = shard.index.begin(bucket); at != shard.index.end(bucket); ++at) {
            ++done.looked_at;
            if (covers(selection, at->second->name)) {
                going.push_back(&*at->second);
            }
        }
        for (ZoneSpans* zone : going) {
            done.taken += zone->nsec.size() + zone->nsec3.size();
            shard.take_out(*zone, dropped);
        }
    }
    if (bucket < buckets) {
        done.next = Cursor{from.part, size_bits | bucket};
    } else if (from.part + 1 < shard_count) {
        done.next = Cursor{from.part + 1, 0};
    }
    return done;
}

std::size_t Spans::Impl::flush_around(dns::NameView zone, dns::NameView name) {
    SpanChain::Map hashed;
    const std::uint64_t hash = hash_of(zone);
    Shard& shard = shard_of(hash);
    const MutexLock lock(shard.mutex);
    ZoneSpans* known = shard.find(hash, zone);
    if (known == nullptr) {
        return 0;
    }
    const std::size_t before = known->nsec.size() + known->nsec3.size();
    shard.account(*known, -known->nsec.erase_at_or_before(name));
    shard.account(*known, -known->nsec3.take(hashed));
    return before - known->nsec.size() - known->nsec3.size();
}

std::size_t Spans::Impl::flush_tree(dns::NameView zone, dns::NameView tree) {
    SpanChain::Map dropped;
    SpanChain::Map hashed;
    const std::uint64_t hash = hash_of(zone);
    Shard& shard = shard_of(hash);
    const MutexLock lock(shard.mutex);
    if (ZoneSpans* known = shard.find(hash, zone)) {
        shard.account(*known, -known->nsec.take_around(tree, step_entries_max, dropped));
        shard.account(*known, -known->nsec3.take(hashed));
    }
    return dropped.size() + hashed.size();
}

// A place is a zone above, by the labels that it lacks; a part counts the steps that it took.
Step Spans::flush_above(dns::NameView zone, Cursor from) {
    const std::size_t labels = zone.label_count();
    if (from.place >= labels) {
        return {};
    }
    const std::size_t taken = impl_->flush_tree(zone.suffix(labels - 1 - from.place), zone);
    const bool has_more = taken >= step_entries_max && from.part < steps_of_zone_max;
    const Cursor next = has_more ? Cursor{from.part + 1, from.place} : Cursor{0, from.place + 1};
    return {.looked_at = 1,
            .taken = taken,
            .next = next.place < labels ? std::optional(next) : std::nullopt};
}

Step Spans::flush(const Selection& selection, Cursor from) {
    if (selection.what == Selection::What::bogus) {
        return {};
    }
    if (selection.below) {
        return impl_->flush_zones(selection, from);
    }
    const auto zone = closest_zone(selection.name, Instant{});
    return zone ? Step{.looked_at = 1, .taken = impl_->flush_around(zone->name, selection.name)}
                : Step{};
}

std::size_t Spans::flush_name(dns::NameView name) {
    return flush(at_name(name), {}).taken;
}

std::size_t Spans::flush_zone(dns::NameView zone, const std::vector<dns::Name>& except) {
    const Selection wanted = at_or_below(zone, except);
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Spans::flush_all() {
    const Selection wanted;
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

SpanStatistics Spans::statistics() const {
    SpanStatistics all;
    for (Impl::Shard& shard : impl_->shards) {
        const MutexLock lock(shard.mutex);
        all.bytes += shard.bytes;
        all.zones += shard.zones.size();
        for (const ZoneSpans& zone : shard.zones) {
            all.spans += zone.nsec.size() + zone.nsec3.size();
        }
    }
    return all;
}

}  // namespace wend::cache
