// The acceptance predicate: what a server for zone Z may say about question Q. It is the only door
// into the cache, for every mode alike: iteration, stubs and forwarders (docs/acceptance.md).
//
// Accepted are: the chain of aliases from qname as long as it stays inside Z; the RRset asked for
// at its end; the SOA and the signed NSEC and NSEC3 RRsets of a negative answer or a wildcard; one
// referral, with its DS or the proof that there is none, and the addresses of its own servers as
// far as their names lie inside Z. Nothing else of the message is kept, at any rank.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "cache/cache.h"
#include "dns/message.h"
#include "dns/rrset.h"
#include "resolver/alias_chain.h"
#include "resolver/classify.h"
#include "resolver/server_filter.h"

namespace wend {

inline constexpr std::size_t delegation_servers_max = 13;    // RFC 1034's practice; CVE-2022-2795
inline constexpr std::size_t delegation_addresses_max = 26;  // two for each
inline constexpr std::size_t server_addresses_max = 6;       // for one name
inline constexpr std::size_t proofs_max = 8;                 // NSEC and NSEC3 RRsets
inline constexpr std::size_t proofs_looked_at_max = 16;      // signed or not
inline constexpr std::uint32_t delegation_ttl_max = 86'400;  // seconds

struct Referral {
    dns::Name zone;
    std::vector<cache::NameServer> servers;
    dns::RRset ds;
    std::vector<dns::RRset> proofs;  // that there is no DS
    std::uint32_t ttl = 0;           // seconds: of the NS RRset
};

struct Accepted {
    ResponseKind kind = ResponseKind::useless;
    dns::Name zone;              // whose server said it
    Endpoint server{};           // the very one
    bool datagram = true;        // how it came: else on a stream
    bool authoritative = false;  // AA
    bool second_hand = false;    // see is_second_hand()
    AliasChain chain;
    dns::RRset answer;                 // kind answer: what was asked for, at chain.end
    dns::RRset soa;                    // kinds no_data and name_error; may be empty
    std::vector<dns::RRset> proofs;    // NSEC and NSEC3 of the zone, signed
    std::optional<Referral> referral;  // also the root's servers, in a priming response
    // A name error that is not to be kept; nor is, of a question for DS, an alias at its name.
    bool doubtful = false;
    // Of the denial, if it is one; that of data lies in the RRsets.
    dns::Security denial_security = dns::Security::unchecked;
};

// How it is handed on: through every coroutine between the asking and the keeping, and those hold
// what they hold for as long as a query is under way.
using AcceptedPtr = std::unique_ptr<Accepted>;

// What no server said. Unlike make_unique() it does not write zeros first.
inline AcceptedPtr make_accepted() {
    return std::make_unique_for_overwrite<Accepted>();
}

// `sample` chooses which servers of a referral are kept where there are more than 13.
AcceptedPtr scrub(const Asked& asked, const dns::Message& message, const ServerFilter& filter,
                  std::uint64_t sample);

}  // namespace wend
