// The validator on the resolver's side: what a server said becomes secure, insecure or bogus, link
// by link, before it is kept or answered with (RFC 4035 4.3, 5).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "dnssec/trust.h"
#include "dnssec/trust_anchors.h"
#include "dnssec/validator.h"
#include "resolver/iterator.h"

namespace wend {

// After a bogus answer the same server is asked over TCP, if it was a datagram that a forger may
// have sent, and three others as they are always asked (docs/limits.md).
inline constexpr int bogus_retries_max = 4;
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

    // The zone of the anchor that is closest to the name, a negative one where one has taken the
    // trust from it; the root where there is none. Nothing that is said above a positive one
    // governs what lies below, unless it is secure; above a negative one nothing does: it is
    // there since what is said above is not to be relied on.
    dns::Name closest_anchor(const dns::Name& name) const;

    // Whether an anchor vouches for the name: what is proved of others may be used for it.
    bool is_vouched_for(const dns::Name& name) const;

    // What holds nothing signed and comes from a zone that is known to be insecure is marked so:
    // true, and nothing of it is left to check.
    bool pass_unsigned(Accepted& accepted, const dns::Question& question);

    // Sets security and TTLs of all that `accepted` holds; proofs that prove nothing are dropped.
    // `question` and `quest` are named locals of the awaiting coroutine, `accepted` outlives it.
    Task<Outcome> check(Accepted& accepted, const dns::Question& question, const Quest& quest);

  private:
    // The anchors of one time, and what was learned by them. Whoever validates by them holds them.
    struct Epoch {
        Epoch(std::shared_ptr<const dnssec::TrustAnchors> with, Clock& clock, Random& random)
            : anchors(std::move(with)),
              memory(trusted_zones_max, HashKey::draw(random)),
              validator(*anchors, clock, memory) {}

        std::shared_ptr<const dnssec::TrustAnchors> anchors;
        dnssec::TrustMemory memory;
        dnssec::Validator validator;
    };

    struct Means {
        dnssec::Validator& validator;
        dnssec::ChainContext& context;
    };

    // By the anchors that are current now.
    const std::shared_ptr<Epoch>& present() const;
    // `asked` is the type that the RRset was given for: its own, or an alias's question's.
    Task<dnssec::Verdict> check_data(dns::RRset& rrset, dns::Type asked, Accepted& accepted,
                                     const std::vector<dns::RRset>& proofs, Means& means);
    Task<dnssec::Verdict> check_denial(Accepted& accepted, const std::vector<dns::RRset>& proofs,
                                       dns::Type qtype, Means& means);
    Task<void> check_extra_proofs(Accepted& accepted, const std::vector<dns::RRset>& proofs,
                                  Means& means);
    Task<dnssec::Verdict> check_links(Accepted& accepted, const dns::Question& question,
                                      Means& means, std::size_t& good_links);
    bool reaches_past_an_anchor(const dns::RRset& dname, const dns::Name& name) const;

    World world_;
    std::shared_ptr<const dnssec::CurrentAnchors> current_;
    Iterator& iterator_;
    dnssec::SignatureMemory signatures_;
    mutable std::shared_ptr<Epoch> epoch_;  // of the anchors that were current last
};

enum class AfterCheck : std::uint8_t {
    whole,         // answer with all of it
    good_links,    // answer with the links of the alias chain that hold, and ask for the rest
    other_server,  // ask another
    failure,
};

// What to do with a checked response; `retries` have been made for the same question.
AfterCheck after_check(const Validation::Outcome& outcome, int retries);

// Keeps no more than the first `links` RRsets of the alias chain, one or more, and the proofs that
// are secure: what a server added to them was wrong, and is asked for by itself.
void cut_chain(Accepted& accepted, std::size_t links);

}  // namespace wend
