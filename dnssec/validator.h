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
// of each RRset and lowers its TTL to what its signature allows.
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

    // `question` as asked of that server. `reply` and `context` outlive the task.
    Task<Verdict> validate(dns::Question question, Reply& reply, ChainContext& context);

  private:
    Task<Verdict> validate_rrset(dns::RRset& rrset, Reply& reply, ChainContext& context);
    Task<Verdict> validate_unsigned(dns::Name owner, dns::Type type, Reply& reply,
                                    ChainContext& context);
    Task<Verdict> validate_denial(dns::Question question, Reply& reply, ChainContext& context);
    Verdict check_denial(const dns::Question& question, const dns::Name& name, const Reply& reply,
                         const Trust& trust, Meter& meter) const;

    Chain chain_;
};

}  // namespace wend::dnssec
