// NSEC and NSEC3 records of zones in the order of their owners: what denies names that nobody has
// asked for yet (RFC 8198).
//
// Who fills it vouches for every record: verified with its zone's keys, secure, no expansion of a
// wildcard, its next name inside the zone, no opt-out. Here they are only ordered, limited and
// forgotten. Limits that hold: octets in all, a tenth of them for one zone, `span_octets_max` for
// one record. Where room is needed the zone that was of no use for longest gives its records first;
// within a zone those that were of no use since the last round.
//
// Callable from any thread; one short lock for each shard, never two at once, and no pointer into
// the store ever leaves it. `now` is any worker's clock.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/time.h"
#include "cache/selection.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::cache {

// Of one zone in flush_above(): more spans than a zone can have.
inline constexpr std::uint32_t steps_of_zone_max = 1'000;

inline constexpr std::size_t span_octets_max = 8'192;  // of one RRset with its signatures

struct SpanOptions {
    std::size_t bytes_max = std::size_t{12} << 20;  // meant: 5 % of the cache's
    std::uint32_t ttl_max = 3'600;                  // seconds, as for denials (RFC 2308 5)
    HashKey key{};
};

// How a zone hashes its names (RFC 5155 4).
struct SpanHashing {
    std::uint16_t iterations = 0;
    std::vector<std::uint8_t> salt;

    bool operator==(const SpanHashing&) const = default;
};

// What is known of a zone beside its spans.
struct SpanZone {
    dns::Name name;
    dns::RRset soa;  // its TTL is what is left; empty if none is known: nothing can be denied
    bool has_nsec = false;
    std::optional<SpanHashing> hashing;  // it has NSEC3 records, made so
};

struct SpanStatistics {
    std::size_t bytes = 0;
    std::size_t spans = 0;
    std::size_t zones = 0;
};

class Spans {
  public:
    explicit Spans(const SpanOptions& options);
    Spans(const Spans&) = delete;
    Spans& operator=(const Spans&) = delete;
    Spans(Spans&&) = delete;
    Spans& operator=(Spans&&) = delete;
    ~Spans();

    // The SOA of the zone at its owner.
    void store_soa(const dns::RRset& soa, Instant now);
    void store_nsec(dns::NameView zone, const dns::RRset& nsec, Instant now);
    // Records that were hashed in another way are dropped: a zone has one chain.
    void store_nsec3(dns::NameView zone, const dns::RRset& nsec3, const SpanHashing& hashing,
                     Instant now);

    // The deepest zone at or above `name` with any spans.
    std::optional<SpanZone> closest_zone(dns::NameView name, Instant now) const;

    // The fresh record of that type whose owner is `owner` or the last one before it; for NSEC3,
    // whose last span wraps round, the zone's last if there is none before. Whether it says
    // anything of the owner is for the caller to see. Its TTL is what is left.
    std::optional<dns::RRset> at_or_before(dns::NameView zone, dns::NameView owner, dns::Type type,
                                           Instant now) const;

    // From here on this holds for what is stored. Seconds.
    void set_ttl_max(std::uint32_t ttl_max);

    void forget(dns::NameView zone);
    void clear();

    // One step of forgetting zones, under one short lock, their memory freed outside of it. Of a
    // selection of one name: what would deny that name again, of the deepest zone at or above it
    // with any spans; its NSEC record, and all NSEC3 records, whose names are hashed. Nothing here
    // is bogus. Counts zones as looked at and spans as taken; of what comes in meanwhile some may
    // stay.
    Step flush(const Selection& selection, Cursor from);

    // One step, as above, of forgetting what the zones above `zone` prove of it and of names below
    // it: their NSEC records there and the one before, and all NSEC3 records, whose names are
    // hashed. After a step that says that there is more, `zone` is the same.
    Step flush_above(dns::NameView zone, Cursor from);

    // All steps of it, on this thread; how many spans went.
    std::size_t flush_name(dns::NameView name);
    std::size_t flush_zone(dns::NameView zone, const std::vector<dns::Name>& except = {});
    std::size_t flush_all();

    SpanStatistics statistics() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wend::cache
