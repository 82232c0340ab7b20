// What a response is, by what was asked, of whom, and what came. Pure and total.
#pragma once
#include <cstdint>
#include <string_view>

#include "dns/message.h"
#include "resolver/alias_chain.h"

namespace wend {

enum class ResponseKind : std::uint8_t {
    answer,          // what was asked for, perhaps at the end of an alias chain
    alias,           // a chain that leads out of the message
    referral,        // to one zone below the one asked
    no_data,         // the name (the chain's end) has no such type
    name_error,      // the name (the chain's end) does not exist
    lame,            // the server does not serve the zone: it refers upward, sideways or to itself
    server_failure,  // SERVFAIL, REFUSED and the like
    format_error,    // FORMERR, NOTIMP or BADVERS: ask again without EDNS (RFC 6891 6.2.2)
    useless,         // contradicts itself or is of another class
};

std::string_view to_text(ResponseKind kind);

struct Asked {
    dns::Question question;  // as sent: perhaps a minimised one
    dns::Name zone;          // what the server was asked for
    bool recursive = false;  // a forwarder: it answers for all, and never refers
};

// Tolerated, since the field does it: answers without AA, NODATA without SOA, RA set by an
// authoritative server, AA or the parent's SOA in a referral. What is the parent's to say (DS, RFC
// 4035 2.4) is taken from no server that speaks for the child.
ResponseKind classify(const Asked& asked, const dns::Message& message, const AliasChain& chain);

// An answer, of any kind, from a server that is not authoritative but recursive, where an
// authoritative one was asked; or NODATA with AA and the zone's own NS records in a SOA's stead:
// better servers are tried first.
bool is_second_hand(const Asked& asked, const dns::Message& message, ResponseKind kind);

// The child zone that this message may refer to: an NS owner in the authority section strictly
// below the zone and at or above qname, the deepest of them; nothing if there is none. A SOA above
// it is the parent's, seen in the field beside referrals; one at or below it makes NODATA of them.
const dns::RecordView* referral_record(const Asked& asked, const dns::Message& message);

// The SOA that speaks for `name`: owned at or above it, at or below the zone, the deepest if there
// are several; nothing if none.
const dns::RecordView* covering_soa(const dns::Message& message, dns::NameView name,
                                    dns::NameView zone);

}  // namespace wend
