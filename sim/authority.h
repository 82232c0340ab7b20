// What an authoritative server answers from its zones (RFC 1034 4.3.2, RFC 4592, RFC 6672,
// RFC 4035 3.1): a pure function.
#pragma once
#include <cstdint>
#include <vector>

#include "base/octets.h"
#include "dns/message.h"
#include "dns/rrset.h"
#include "dns/types.h"
#include "sim/zone.h"

namespace wend::sim {

struct AuthorityAnswer {
    dns::Rcode rcode = dns::Rcode::refused;  // until a zone is found
    bool authoritative = false;
    std::vector<dns::RRset> answer{};      // the alias chain in order, then the data
    std::vector<dns::RRset> authority{};   // SOA or the NS of a referral, and proofs
    std::vector<dns::RRset> additional{};  // addresses
    std::size_t glue = 0;  // how many of `additional`, the first, may not be left out (RFC 9471 3)
};

// Follows aliases as far as the zones of the server go, `alias_links_max` of them. Proofs are added
// if `dnssec_ok` and the zone is signed.
inline constexpr int alias_links_max = 16;
AuthorityAnswer answer_from(const ZoneSet& zones, const dns::Question& question, bool dnssec_ok);

// How a server writes what it answers.
struct ResponseStyle {
    std::size_t udp_octets_max = 1232;  // the server's own limit; the client's may be lower
    bool edns = true;                   // false: FORMERR to queries with OPT (RFC 6891 7)
    bool truncate_all_udp = false;      // TC and no records over UDP
    bool lower_case_question = false;
};

// The whole exchange on octets: RFC 1035, 6891 and 2181 9. Empty for what deserves no reply (under
// 12 octets, or a response).
std::vector<std::uint8_t> respond(const ZoneSet& zones, Octets query, bool over_udp,
                                  const ResponseStyle& style);

// A response without records: the id, opcode, question and RD of `query`, which is well formed.
std::vector<std::uint8_t> respond_with_rcode(Octets query, dns::Rcode rcode);

}  // namespace wend::sim
