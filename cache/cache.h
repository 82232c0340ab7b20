// What is known of the DNS: RRsets, denials and delegations, shared by all workers.
//
// Shards by a keyed hash of the name, one short lock each, never two at once; a limit in octets
// that counts everything and holds; what is used stays (cache/arena.h). No pointer into the cache
// ever leaves it: a hit copies octets out under the lock. Callable from any thread; `now` is any
// worker's clock (all read the same monotonic time). Times are kept in whole seconds, rounded down.
//
// Who wins. Data replaces fresh data at its owner and type as cache/ranking.h says. Of data that
// may be an answer and denials of one name, the newest holds: storing data removes the denial of
// its type and that of its name; storing a denial removes the data of the type asked for, and
// NXDOMAIN removes an alias too and, if it is the parent's, the delegation. Data of other types
// lives out its TTL. What is proved and fresh is neither replaced nor removed by what is not, which
// then is not kept. So look for data first, then for its denial, then for a name error above.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"
#include "cache/ranking.h"
#include "cache/selection.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::cache {

struct Options {
    std::size_t bytes_max = std::size_t{256} << 20;  // all that the cache allocates; 72 KiB or more
    unsigned shards = 64;                            // about; each has from 1 MiB to 64 MiB
    std::uint32_t ttl_min = 0;                       // seconds; RFC 2181 8 for the maximum
    std::uint32_t ttl_max = 86'400;
    std::uint32_t negative_ttl_min = 0;
    std::uint32_t negative_ttl_max = 3'600;  // RFC 2308 5
    HashKey key{};
};

// Seconds, as in Options.
struct TtlLimits {
    std::uint32_t ttl_min;
    std::uint32_t ttl_max;
    std::uint32_t negative_ttl_max;
};

struct Found {
    dns::RRset rrset;  // its TTL is what is left
    Rank rank{};
    Side side = Side::unknown;
};

// RFC 2308: that a name, or a type at a name, is not there.
struct Denial {
    dns::Rcode rcode = dns::Rcode::nxdomain;  // or noerror
    dns::Name name;                           // what does not exist, or has no such type
    dns::RRset soa;                           // empty if the reply had none
    std::vector<dns::RRset> proofs;           // NSEC or NSEC3, with signatures; at most 16
    std::uint32_t ttl = 0;  // seconds that are left; when stored, a limit (0: the SOA alone says)
    dns::Security security = dns::Security::unchecked;
};

struct NameServer {
    dns::Name name;
    std::vector<IpAddress> glue;  // usable for this delegation only
};

// A zone cut as the parent described it. Its lifetime is the parent's to give: never refreshed by
// the child, never longer than the parent delegation's own (ghost and phoenix domains).
struct Delegation {
    dns::Name zone;
    std::vector<NameServer> servers;  // at most 13
    dns::RRset ds;                    // empty: none was given
    bool ds_denied = false;           // the referral carried a denial of DS
    std::vector<dns::RRset> ds_proofs;
    Instant expires_at{};
};

class KeptEntry;  // cache/kept_entry.h

struct Statistics {
    std::size_t bytes = 0;
    std::size_t entries = 0;
    std::uint64_t evictions = 0;
};

class Cache {
  public:
    explicit Cache(const Options& options);
    Cache(const Cache&) = delete;
    Cache& operator=(const Cache&) = delete;
    Cache(Cache&&) = delete;
    Cache& operator=(Cache&&) = delete;
    ~Cache();

    // From here on these hold for what is stored; what is kept stays as long as it was given.
    void set_ttl_limits(const TtlLimits& limits);

    // Fresh data of at least this rank.
    std::optional<Found> find(dns::NameView owner, dns::Type type, Instant now,
                              Rank at_least = lowest_answer_rank) const;

    // What is fresh at `name`; nothing is copied, and it counts as no use. Of what may be an
    // answer: not what is of a lower rank.
    struct Known {
        bool data = false;    // of `type`
        bool alias = false;   // CNAME
        bool denied = false;  // NODATA for `type`, or NXDOMAIN
    };

    Known known_at(dns::NameView name, dns::Type type, Instant now) const;

    // The same of what speaks for all names below `name` too.
    struct KnownBelow {
        bool dname = false;
        bool name_error = false;  // proved, see find_name_error()
    };

    KnownBelow known_below(dns::NameView name, Instant now) const;

    // The hit path: copies the packed RRset into `to` without allocating. Nothing if there is no
    // fresh data of that rank, or it does not fit.
    struct Hit {
        std::size_t size = 0;   // octets of `to` that hold the dns::PackedRRset
        std::uint32_t ttl = 0;  // seconds that are left
        Rank rank{};
        dns::Security security{};
        Side side = Side::unknown;
    };

    std::optional<Hit> find_packed(dns::NameView owner, dns::Type type, Instant now,
                                   MutableOctets to, Rank at_least = lowest_answer_rank) const {
        return find_packed(hashed(owner), type, now, to, at_least);
    }

    // A name and its hash in this cache, for more than one look at the same name.
    struct HashedName {
        dns::NameView name;
        std::uint64_t hash = 0;
    };

    HashedName hashed(dns::NameView name) const;
    std::optional<Hit> find_packed(const HashedName& owner, dns::Type type, Instant now,
                                   MutableOctets to, Rank at_least = lowest_answer_rank) const;

    // Keeps what is there if it is fresh and of a higher rank; a TTL of 0 is not kept at all,
    // unless ttl_min is over it. Data of the same rank never extends a fresh NS set's life (ghost
    // domains). For how many seconds it is kept; nothing if it is not, though the same data that
    // stays learns its side.
    std::optional<std::uint32_t> store(const dns::RRset& rrset, Rank rank, Instant now,
                                       Side side = Side::unknown);

    // NODATA for that type or NXDOMAIN for exactly that name.
    std::optional<Denial> find_denial(dns::NameView name, dns::Type type, Instant now) const;
    // NXDOMAIN, proved, for that name or the nearest ancestor for which it is known (RFC 8020):
    // many unsigned servers deny empty non-terminals, so an NXDOMAIN that nothing proves is for its
    // very name alone.
    std::optional<Denial> find_name_error(dns::NameView name, Instant now) const;
    // NXDOMAIN is for denial.name and every type; otherwise NODATA for `type`. Lives for the least
    // of the SOA's TTL, its MINIMUM, the proofs' TTLs and denial.ttl (RFC 2308 5, RFC 9077). The
    // SOA and the proofs are kept once for all denials that came with them; without one of them, or
    // with other data in a proof, the denial is not found.
    void store_denial(const Denial& denial, dns::Type type, Instant now);

    // What came with an RRset that a wildcard gave (RFC 4035 3.1.3.3): the NSEC or NSEC3 records
    // that no closer match exists. Kept for `ttl` seconds beside the RRset at (owner, type), and
    // found only whole; at most 16.
    void store_expansion(dns::NameView owner, dns::Type type, const std::vector<dns::RRset>& proofs,
                         std::uint32_t ttl, Instant now);
    std::optional<std::vector<dns::RRset>> find_expansion(dns::NameView owner, dns::Type type,
                                                          Instant now) const;

    std::optional<Delegation> find_delegation(dns::NameView zone, Instant now) const;
    // The deepest known delegation at or above qname; never the root's (the caller has hints).
    std::optional<Delegation> closest_delegation(dns::NameView qname, Instant now) const;
    // A number that the names of one zone share and others do not: of the closest known delegation,
    // or of the name's last two labels where that is known of no more than a top-level domain. It
    // changes as delegations come and go: for counting what goes on at one time.
    std::uint64_t zone_mark(dns::NameView qname, Instant now) const;
    // Replaces what is there: only the parent's referral is to be stored. Lives until expires_at
    // but no longer than ttl_max, and 5 s if it has no servers.
    void store_delegation(const Delegation& delegation, Instant now);
    // Forgets the delegation: all its servers turned out to be useless.
    void forget_delegation(dns::NameView zone);

    // One step through the entries that `selection` takes, under one short lock: at most `most` of
    // them and step_entries_max are looked at, 16 or more. Steps from the default cursor to the end
    // give each entry that is there all the while exactly once, whatever else is stored, removed or
    // evicted meanwhile. `visit` is called without a lock, with copies that live as long as the
    // call, for what is fresh; nothing counts as used. It is given those together that the cursor
    // cannot tell apart, a dozen of one name at the most. False: it has no room for these, and they
    // are the first of the next step; who never has room never comes to the end.
    using Visit = std::function<bool(std::span<const KeptEntry> together)>;
    Step walk(const Selection& selection, Cursor from, Instant now, const Visit& visit,
              std::size_t most = step_entries_max) const;

    // One step of removing what `selection` takes, as walk(). Of what comes in meanwhile some may
    // stay: a resolution that is under way stores what it was told before. At one name everything
    // goes with the name errors of its ancestors, which deny it too (RFC 8020). The memory stays
    // the cache's, for what is stored next.
    Step flush(const Selection& selection, Cursor from, std::size_t most = step_entries_max);

    // One step of making data and denials unchecked, as walk(): they are validated before they
    // answer a client again. Delegations hold nothing that was validated.
    Step forget_validation(const Selection& selection, Cursor from,
                           std::size_t most = step_entries_max);

    // All steps of the above, on this thread; how many entries went or changed.
    std::size_t flush_name(dns::NameView name, std::optional<dns::Type> type = {});
    std::size_t flush_zone(dns::NameView zone, const std::vector<dns::Name>& except = {});
    std::size_t flush_negative();
    std::size_t flush_bogus();
    std::size_t flush_all();
    std::size_t forget_validation(dns::NameView zone, const std::vector<dns::Name>& except = {});

    // Removes the RRset and the denial at (owner, type).
    void remove(dns::NameView owner, dns::Type type);
    void clear();
    Statistics statistics() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend::cache
