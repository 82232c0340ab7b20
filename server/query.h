// What a client's datagram is, before anything is looked up. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "dns/message.h"
#include "dns/reason.h"
#include "dns/types.h"
#include "policy/cookies.h"
#include "transport/query_handler.h"

namespace wend {

// What a reply repeats of its query, and how large it may be. Kept while a query waits.
struct QueryFacts {
    std::uint16_t id = 0;
    dns::Opcode opcode = dns::Opcode::query;
    bool recursion_desired = false;
    bool checking_disabled = false;
    bool wants_authentic = false;            // AD or DO in the query (RFC 6840 5.7)
    bool edns = false;                       // so has the reply (RFC 6891 6.1.1)
    bool dnssec_ok = false;                  // RFC 3225
    std::optional<dns::Question> question;   // in the client's letter case
    std::size_t size_max = 512;              // octets of the whole reply
    std::optional<policy::Cookie> cookie{};  // of the reply (RFC 7873)
    bool proved = false;                     // its address, by a stream or a cookie of ours
};

enum class QueryKind : std::uint8_t {
    drop,     // no reply, ever
    error,    // `rcode` and `reason` are the reply
    chaos,    // class CH, a name of RFC 4892
    any,      // qtype ANY (RFC 8482)
    resolve,  // a question of class IN
};

struct Judgement {
    QueryKind kind = QueryKind::drop;
    dns::Rcode rcode = dns::Rcode::noerror;
    dns::Reason reason = dns::Reason::none;
};

// Parses into `message`, whose memory is used again; but for a drop it is the datagram, or empty
// where that cannot be read. `facts` is filled for all but a drop: a query with EDNS gets EDNS
// back, whatever is wrong with it, as long as its OPT record can be found (RFC 6891 6.1.1). No
// reply over UDP is longer than `udp_reply_max` octets, whatever the client would take.
Judgement judge_query(Octets datagram, const Client& client, dns::Message& message,
                      QueryFacts& facts, std::size_t udp_reply_max = dns::edns_payload_size);

// id.server, hostname.bind and the like (RFC 4892).
enum class ChaosName : std::uint8_t { identity, version, unknown };
ChaosName chaos_name(dns::NameView name);

}  // namespace wend
