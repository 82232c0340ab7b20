// What the parts of Cache share: the shards, and reading and writing RRsets in them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/octets.h"
#include "base/thread_annotations.h"
#include "base/time.h"
#include "cache/arena.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "cache/lifetime.h"
#include "cache/rrset_form.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::cache {

// All that is known about a name is in one shard.
struct alignas(64) Shard {
    Shard(std::size_t octets_max, const HashKey& key) : arena(octets_max, key) {}

    Mutex mutex;
    Arena arena WEND_GUARDED_BY(mutex);
};

// The body of another entry, copied out of the cache.
struct CopiedBody {
    Header header;
    dns::Name owner;
    Octets body;  // in this thread's scratch: until it is next used
};

// What the body of a denial or of an expansion names: the SOA, then the proofs.
struct ProofName {
    dns::Name owner;
    dns::Type type{};
};

std::vector<ProofName> proofs_named_by(Entry entry);

Delegation delegation_in(Entry entry, std::uint32_t now);

// A buffer of this thread's, for copies made under a lock: nothing is allocated there.
MutableOctets scratch();

struct Cache::Impl {
    explicit Impl(const Options& wanted);

    std::uint64_t hash_of(dns::NameView name) const { return dns::hash(options.key, name); }

    Shard& shard_of(std::uint64_t name_hash) {
        return shards[shard_shift == 64 ? 0 : name_hash >> shard_shift];
    }

    // `kind` is rrset or proof.
    std::optional<Hit> copy_rrset(const Key& key, std::uint32_t now, Rank at_least,
                                  MutableOctets to);
    std::optional<Found> find_rrset(Kind kind, dns::NameView owner, dns::Type type,
                                    std::uint32_t now, Rank at_least);
    // If fresh. Counts as a use.
    std::optional<CopiedBody> copy_body(Kind kind, dns::NameView owner, dns::Type type,
                                        std::uint32_t now);

    std::optional<std::uint32_t> store_rrset(const dns::RRset& rrset, Rank rank, Side side,
                                             std::uint32_t now);
    // For all denials that name it.
    void store_proof(const dns::RRset& rrset, std::uint32_t now);
    std::optional<Denial> find_denial(Kind kind, dns::NameView name, dns::Type type,
                                      std::uint32_t now);

    // `kind` is nodata, name_error or expansion.
    void store_with_proofs(const Denial& denial, Kind kind, dns::Type type, std::uint32_t now);
    void put_expansion(const Denial& expansion, dns::Type type, const Header& fields, Octets body,
                       std::uint32_t now);
    void put_denial(const Denial& denial, dns::Type type, const Header& fields, Octets body,
                    std::uint32_t now);

    // The shard that the next step goes through; all that is at one name is in one. Their number:
    // none is left.
    std::uint32_t part_of(const Selection& selection, Cursor from) const;

    // One step through a shard. `take` is called under its lock with the arena and an entry, which
    // it may change or erase, and says whether it did.
    template <class Take>
    Step step(const Selection& selection, Cursor from, std::size_t most, Take take);

    Options options;  // but for the TTL limits, which may change:
    TtlLimit ttl_min{options.ttl_min};
    TtlLimit ttl_max{options.ttl_max};
    TtlLimit negative_ttl_max{options.negative_ttl_max};
    unsigned shard_shift = 64;
    std::deque<Shard> shards;
};

// What a new entry contradicts gives way, all of it, or the new entry is not kept: false, if one of
// `keys` is fresh and to be trusted more than what comes in.
bool make_way(Arena& arena, std::initializer_list<Key> keys, dns::Security incoming,
              std::uint32_t now);

}  // namespace wend::cache
