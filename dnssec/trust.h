// Which zones are trusted, and by which keys: what one worker has established and may use again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>

#include "base/hash.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/reason.h"
#include "dnssec/keys.h"

namespace wend::dnssec {

// Of a zone (RFC 4035 4.3). `not_a_zone`: the parent proves that there is no cut at the name.
enum class TrustState : std::uint8_t { secure, insecure, bogus, not_a_zone };

struct Trust {
    TrustState state = TrustState::bogus;
    std::shared_ptr<const KeySet> keys;      // where secure
    dns::Reason reason = dns::Reason::none;  // where bogus: which link broke
    dns::Name zone;                          // where the chain ended
    std::uint32_t ttl = 0;                   // seconds it may be kept
    bool has_ds = false;    // the parent's DS set is good, whatever the zone's own keys are
    bool of_query = false;  // the query that asked ran out of something: says nothing of the zone
    Instant expires_at = Instant::max();  // of what is remembered

    // As it is now: what is made from it lives no longer than what is left of it.
    Trust at(Instant now) const;
};

// Least recently used out first. One thread. Holds parsed keys, so that none is parsed twice.
class TrustMemory {
  public:
    // Found by a keyed hash: who chooses the zones' names cannot make them gather.
    TrustMemory(std::size_t zones_max, const HashKey& key) : zones_max_(zones_max), key_(key) {}

    // Valid until anything else is asked of *this; null where nothing is known.
    const Trust* find(dns::NameView zone, Instant now);
    void store(const dns::Name& zone, const Trust& trust, Instant now);
    void clear();

  private:
    struct Entry {
        std::uint64_t hash;
        dns::Name zone;
        Trust trust;
    };

    using Entries = std::list<Entry>;

    std::uint64_t hash_of(dns::NameView zone) const;
    void erase(Entries::iterator entry);

    std::size_t zones_max_;
    HashKey key_;
    Entries entries_;  // most recently used first
    std::unordered_map<std::uint64_t, Entries::iterator> by_hash_;
};

}  // namespace wend::dnssec
