// Follows CNAME and DNAME records through one message, as far as its sender may speak.
#pragma once
#include <cstdint>
#include <vector>

#include "dns/message.h"
#include "dns/rrset.h"

namespace wend {

enum class ChainStop : std::uint8_t {
    end_of_message,  // no further alias here: chain.end is what matters next
    loop,            // an owner came twice
    too_many,        // over aliases_max links: one more than may be followed
    name_too_long,   // a DNAME's substitution is over 255 octets (RFC 6672 2.2)
};

struct AliasChain {
    std::vector<dns::RRset> rrsets;  // in order: a CNAME, or a DNAME and the CNAME that it makes
    dns::Name end;                   // where it leads; the qname if there is no alias
    unsigned links = 0;
    ChainStop stop = ChainStop::end_of_message;
};

// Only aliases whose owner lies in `zone` are followed. The CNAME of a DNAME is made here, with
// the DNAME's TTL; the sender's is ignored (RFC 6672 3.4). A question for CNAME (or for DNAME, at
// its own owner) is answered by the record and not led on by it. Of two CNAMEs with one owner
// (forbidden by RFC 2181 10.1) the first counts.
AliasChain follow_aliases(const dns::Message& message, const dns::Question& question,
                          dns::NameView zone);

// The CNAME from `owner` that `dname` (an ancestor's DNAME RRset) makes; nothing if the target is
// over 255 octets.
std::optional<dns::RRset> synthesize_cname(dns::NameView owner, const dns::RRset& dname);

// The name in a CNAME or DNAME RRset's (first) rdata.
dns::Name alias_target(const dns::RRset& alias);

}  // namespace wend
