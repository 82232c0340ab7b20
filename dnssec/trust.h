// Which zones are trusted, and by which keys: what one worker has established and may use again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

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
};

// Least recently used out first. One thread. Holds parsed keys, so that none is parsed twice.
class TrustMemory {
  public:
    explicit TrustMemory(std::size_t zones_max) : zones_max_(zones_max) {}

    std::optional<Trust> find(dns::NameView zone, Instant now);
    void store(const dns::Name& zone, const Trust& trust, Instant now);
    void clear();

  private:
    struct Entry {
        Trust trust;
        Instant expires_at;
        std::list<std::string>::iterator use;
    };

    std::size_t zones_max_;
    std::unordered_map<std::string, Entry> zones_;  // by wire form in lower case
    std::list<std::string> uses_;                   // most recent first
};

}  // namespace wend::dnssec
