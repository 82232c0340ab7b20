// From a reply to its security (RFC 4035 5): each RRset against the keys of the zone that signed
// it, each denial against its proof. One reply at a time: a chain of aliases is validated link by
// link.
#pragma once
#include <cstdint>
#include <vector>

#include "base/task.h"
#include "dns/message.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "dnssec/chain.h"

namespace wend::dnssec {

// What one server's reply said about one question, already scrubbed. validate() sets the security
// of each RRset and lowers its TTL to what its signature allows. Where the verdict is secure only
// those records of the authority section are left that were verified, each by itself, and a name
// error whose proofs show that the name exists has become NOERROR.
struct Reply {
    dns::Rcode rcode = dns::Rcode::noerror;
    std::vector<dns::RRset> answer;     // at most one alias link and the data, in order
    std::vector<dns::RRset> authority;  // SOA, NSEC, NSEC3
    dns::Name zone;                     // whose servers gave it
};

struct Verdict {
    dns::Security security = dns::Security::insecure;
    dns::Reason reason = dns::Reason::none;  // where bogus
    dns::Name link{};                        // where bogus: the name at which the chain broke
    dns::Type link_type{};
    bool opt_out = false;  // insecure by an opt-out span: never used for synthesis
};

// One thread.
class Validator {
  public:
    Validator(const TrustAnchors& anchors, Clock& clock, TrustMemory& memory)
        : chain_(anchors, clock, memory) {}

    // `question` as asked of that server. All outlive the task.
    Task<Verdict> validate(const dns::Question& question, Reply& reply, ChainContext& context);

    // Verifies what a secure alias, the one RRset of the answer, brought along of other names: NSEC
    // and NSEC3 of the zone that signed it become secure, the rest is dropped. No verdict hangs on
    // it, so no further keys are fetched for it.
    Task<void> verify_extra_proofs(Reply& reply, ChainContext& context);

    // Whether nothing that the servers of `zone` say of this name can be secure, without a look at
    // anything else.
    bool is_known_insecure(const dns::Name& zone, const dns::Name& name) const {
        return chain_.is_known_insecure(zone, name);
    }

  private:
    struct Examination;
    Task<Verdict> validate_rrset(dns::RRset& rrset, dns::Type asked, Examination& examination);
    Task<Verdict> validate_unsigned(const dns::Name& owner, dns::Type type,
                                    Examination& examination);
    Task<Verdict> validate_denial(const dns::Question& question, Examination& examination);
    Task<Verdict> unless_insecure(const Verdict& failed, const dns::Name& where,
                                  const dns::Name& signer, Examination& examination);
    Verdict check_expansion(const dns::RRset& rrset, std::size_t encloser_labels,
                            const Trust& trust, Examination& examination) const;
    Verdict check_denial(const dns::Question& question, const dns::Name& name, const Trust& trust,
                         Examination& examination) const;

    Chain chain_;
};

}  // namespace wend::dnssec
