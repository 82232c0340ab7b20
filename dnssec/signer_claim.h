// Who a stranger says has signed something: nothing but a choice of whose keys to try. What
// verifies by them is another matter (dnssec/proof.h), and so is what is asked of anybody else's
// records.
//
// A claim cannot be read, only tried by the chain of trust. It is made for the name that a verdict
// is wanted of, and there is none by a zone that has no say over that name: an unsigned neighbour's
// "insecure" says nothing of it (RFC 4035 5.2, 5.3.1).
#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"
#include "dnssec/verdict.h"

namespace wend::dnssec {

// The name whose zone answers for that owner and type: the DS of a zone belongs to its parent
// (RFC 4035 2.4).
dns::Name authority_of(dns::NameView owner, dns::Type type);

class SignerClaim {
  public:
    // Of the first signature whose signer lies at or above authority_of(owner, asked). `asked` is
    // the RRset's own type, or the type that an alias was given for: a child's alias at its apex is
    // no answer to a question for its parent's DS.
    static std::optional<SignerClaim> of(const dns::PackedRRset& rrset, dns::Type asked);

    // Of what denies `type` at `name`: the first such signer of its NSEC or NSEC3 records, or else
    // of its SOA.
    static std::optional<SignerClaim> of_denial(const std::vector<dns::RRset>& proofs,
                                                dns::NameView name, dns::Type type);

    // Those of some zone's proofs that would prove that `zone` has no DS, if they are what they
    // say: worth a try before the parent is asked. Empty if there are none.
    static std::vector<dns::RRset> apparent_denial_of_ds(const std::vector<dns::RRset>& proofs,
                                                         dns::NameView zone, Meter& meter);

  private:
    friend class Chain;

    explicit SignerClaim(dns::NameView zone) : zone_(zone) {}

    // Of the first signature whose signer lies at or above both names.
    static std::optional<SignerClaim> above(const dns::PackedRRset& rrset, dns::NameView about);

    dns::Name zone_;
};

}  // namespace wend::dnssec
