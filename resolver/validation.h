// The validator on the resolver's side: what a server said becomes secure, insecure or bogus, link
// by link, before it is kept or answered with (RFC 4035 4.3, 5).
#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "dnssec/trust.h"
#include "dnssec/trust_anchors.h"
#include "dnssec/validator.h"
#include "resolver/iterator.h"

namespace wend {

// After a bogus answer this many other servers are asked (docs/limits.md).
inline constexpr int bogus_retries_max = 2;
// Zones whose keys one worker keeps, parsed.
inline constexpr std::size_t trusted_zones_max = 4'096;

// One for each worker.
class Validation {
  public:
    // The options name the trust anchors.
    Validation(const World& world, const ResolverOptions& options, Iterator& iterator);

    struct Outcome {
        dns::Security security = dns::Security::secure;  // the least of all links
        dns::Reason reason = dns::Reason::none;          // where bogus
        std::string detail{};                            // where bogus: the link that broke
        bool lies_with_server = false;  // bogus in the answer itself: others may have better
        std::size_t good_links = 0;     // of the alias chain, before the one that broke
    };

    // Sets security and TTLs of all that `accepted` holds; proofs that prove nothing are dropped.
    // `question` and `quest` are named locals of the awaiting coroutine, `accepted` outlives it.
    Task<Outcome> check(Accepted& accepted, const dns::Question& question, const Quest& quest);

  private:
    Task<dnssec::Verdict> check_data(dns::RRset& rrset, Accepted& accepted,
                                     const std::vector<dns::RRset>& proofs,
                                     dnssec::ChainContext& context);
    Task<dnssec::Verdict> check_denial(Accepted& accepted, const std::vector<dns::RRset>& proofs,
                                       dns::Type qtype, dnssec::ChainContext& context);
    Task<dnssec::Verdict> check_links(Accepted& accepted, dns::Type qtype,
                                      dnssec::ChainContext& context, std::size_t& good_links);

    World world_;
    std::shared_ptr<const dnssec::TrustAnchors> anchors_;
    Iterator& iterator_;
    dnssec::TrustMemory memory_;
    dnssec::Validator validator_;
};

// Keeps no more than the first `links` RRsets of the alias chain, one or more: what a server added
// to them was wrong, and is asked for by itself.
void cut_chain(Accepted& accepted, std::size_t links);

}  // namespace wend
