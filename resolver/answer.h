// What a resolution comes to. A failure is an Answer too: SERVFAIL with its Reason.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "dns/name.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend {

struct Answer {
    dns::Rcode rcode = dns::Rcode::servfail;
    std::vector<dns::RRset> answer;     // the alias chain in order, then the data
    std::vector<dns::RRset> authority;  // SOA and proofs of a negative answer, proofs of a wildcard
    dns::Security security = dns::Security::unchecked;  // the least of all that is in it
    dns::Reason reason = dns::Reason::none;
    std::optional<dns::Name> zone;  // of a failure: whose servers were of no use, if that is why
    std::string
        detail;  // for traces, logs and the EDE's text: which server, which zone; may be empty
};

// The detail of a failure that lies with a zone's servers: which zone's.
inline std::string servers_of(dns::NameView zone) {
    return "servers of " + dns::to_text(zone);
}

}  // namespace wend
