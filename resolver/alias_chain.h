// Follows CNAME and DNAME records through one message, as far as its sender may speak.
#pragma once
#include <cstdint>
#include <vector>

#include "cache/ranking.h"
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
// its own owner) is answered by the record and not led on by it, and so is one for a type that may
// stand beside an alias and does. For DS, which is the parent's to say, no chain is followed past
// the zone's apex. Of two CNAMEs with one owner
// (forbidden by RFC 2181 10.1) the first counts.
AliasChain follow_aliases(const dns::Message& message, const dns::Question& question,
                          dns::NameView zone);

// Whether there may be data of this type where a CNAME is: by the standards (RFC 2181 10.1, RFC
// 4035 2.5), or as DS, which is the parent's, beside an alias at the child's apex (RFC 4035 2.4).
bool may_stand_beside_alias(dns::Type type);

// Whether a CNAME of that side, known of a name, answers a question for this type at it: all but
// CNAME itself and what may stand beside it, which has to be asked for; and DS if it is known not
// to be the child's.
bool is_led_by_alias(dns::Type type, cache::Side side);

// The CNAME from `owner` that `dname` (an ancestor's DNAME RRset) makes; nothing if the target is
// over 255 octets.
std::optional<dns::RRset> synthesize_cname(dns::NameView owner, const dns::RRset& dname);

// The name in a CNAME or DNAME RRset's (first) rdata.
dns::Name alias_target(const dns::RRset& alias);

}  // namespace wend
