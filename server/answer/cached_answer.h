// The hit path: an answer put together from RRsets copied out of the cache into memory that is used
// again, so that a plain cached answer costs no allocation.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/octets.h"
#include "base/time.h"
#include "cache/cache.h"
#include "dns/message.h"
#include "dns/rrset.h"
#include "resolver/budget.h"
#include "server/query.h"

namespace wend {

// One for each worker; each look-up forgets the one before.
class CachedAnswer {
  public:
    // With `validates`, data that no validator has seen is not served to who wants it checked.
    CachedAnswer(const cache::Cache& cache, bool validates);

    struct Wanted {
        bool checking_disabled = false;  // whatever it is worth
        bool dnssec_ok = false;          // with its proofs
    };

    // True if the cache holds data for the question, at the end of at most aliases_max aliases.
    // False too for what takes more than a look-up: denials, DNAME, RFC 8020, and a wildcard's data
    // for who wants the proofs.
    bool find(const dns::Question& question, const Wanted& wanted, Instant now);

    // Exactly this RRset.
    bool find_one(dns::NameView owner, dns::Type type, const Wanted& wanted, Instant now);

    // The least of what was found.
    dns::Security security() const { return security_; }

    // Octets of the message. After a find that said true.
    std::size_t compose(const QueryFacts& facts, MutableOctets out) const;

  private:
    struct Part {
        std::size_t at = 0;
        std::size_t size = 0;
        std::uint32_t ttl = 0;  // seconds
        cache::Side side = cache::Side::unknown;
    };

    bool take(const cache::Cache::HashedName& owner, dns::Type type, const Wanted& wanted,
              Instant now);
    dns::PackedRRset rrset(const Part& part) const;
    void forget();

    const cache::Cache& cache_;
    bool validates_;
    std::vector<std::uint8_t> octets_;
    std::size_t used_ = 0;
    std::array<Part, aliases_max + 1> parts_{};
    std::size_t part_count_ = 0;
    dns::Security security_ = dns::Security::secure;
};

}  // namespace wend
