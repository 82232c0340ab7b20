// What happens on the way to an answer, as typed events to whoever listens. Where nobody does,
// nothing is built and nothing is paid.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "dns/message.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "resolver/classify.h"
#include "transport/network.h"

namespace wend {

// Where the servers of a zone were learnt from.
enum class ZoneSource : std::uint8_t { hints, priming, cache, referral, stub, forward };

std::string_view to_text(ZoneSource source);

namespace event {

// A resolution begins: the client's question (depth 0), the address of a name server, or a key of
// the chain of trust.
struct Began {
    dns::Question question;
    std::optional<dns::Name> for_zone{};  // of an address: whose server it is
};

// What the cache had to say.
struct FromCache {
    enum class What : std::uint8_t {
        answer,
        alias,
        no_data,
        name_error,
        failure,  // RFC 9520
    };

    What what{};
    dns::Name name;  // what was found: for a name error perhaps an ancestor (RFC 8020)
    dns::Type type{};
    std::uint32_t ttl = 0;                   // seconds left
    dns::Name target{};                      // of an alias
    dns::Reason reason = dns::Reason::none;  // of a failure
};

struct ZoneServer {
    dns::Name name;  // the root where it is not known
    std::vector<Endpoint> addresses;
};

// The walk goes on at this zone's servers.
struct EnteredZone {
    dns::Name zone;
    ZoneSource source{};
    std::vector<ZoneServer> servers;
};

struct QuerySent {
    dns::Name zone;
    dns::Name server_name;  // the root where it is not known
    Endpoint server;
    Channel channel{};
    dns::Question question;
    bool minimised = false;
    bool edns = true;
    bool recursion_desired = false;
    Duration patience{};
};

struct ReplyReceived {
    Endpoint server;
    Channel channel{};
    Duration round_trip{};
    std::size_t octets = 0;
    dns::Rcode rcode{};
    bool authoritative = false;
    bool truncated = false;
    ResponseKind kind{};
    dns::Name about{};          // the zone referred to, the target of an alias
    std::size_t records = 0;    // of an answer; servers of a referral
    std::size_t addresses = 0;  // of a referral: glue kept
    bool signed_ds = false;     // of a referral: it came with DS
};

struct NoReply {
    Endpoint server;
    Channel channel{};
    NetError error{};
    Duration waited{};
};

// Why the next thing is done.
enum class Step : std::uint8_t {
    tcp_truncated,
    tcp_forgery_suspected,
    tcp_case_lost,
    tcp_oversized,
    tcp_unreadable,
    without_edns,
    with_new_cookie,
    tcp_bad_cookie,
    tcp_lame,
    next_server,
    same_server_again,
    show_full_name,
    no_zone_cut,        // show one label more
    forget_delegation,  // its servers are useless: ask the parent again
    second_hand,        // the only answer is a recursive server's
    past_configured,    // `first`: walk from the root
    zone_silent,        // nobody there has answered for a while
};

std::string_view describe(Step step);

struct NextStep {
    Step step{};
    dns::Name zone{};
};

// The addresses of a name server, or why there are none. Ends what Began at the same depth began.
struct GotAddresses {
    dns::Name server_name;
    std::vector<IpAddress> addresses;
    dns::Reason reason = dns::Reason::none;
};

// What the validator came to about an RRset: a link of the chain of trust, or its end.
struct Checked {
    dns::Name owner;
    dns::Type type{};
    dns::Security security{};
    bool no_cut = false;                     // of DS: there is no zone cut at this name
    dns::Reason reason = dns::Reason::none;  // where bogus
    std::uint16_t key_tag = 0;               // of the key that signed it; 0: none did
};

// A limit of docs/limits.md ended the resolution.
struct LimitReached {
    dns::Reason reason{};
};

struct Finished {
    dns::Rcode rcode{};
    dns::Reason reason{};
    std::string detail{};  // of a failure: which zone, which link of the chain of trust
    dns::Security security{};
    std::size_t records = 0;
    int packets = 0;
    Duration took{};
};

}  // namespace event

using EventBody =
    std::variant<event::Began, event::FromCache, event::EnteredZone, event::QuerySent,
                 event::ReplyReceived, event::NoReply, event::NextStep, event::GotAddresses,
                 event::Checked, event::LimitReached, event::Finished>;

struct Event {
    Instant at{};
    unsigned depth = 0;  // 0: the client's question; more: server addresses on its behalf
    EventBody body;
};

class EventSink {
  public:
    EventSink() = default;
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    EventSink(EventSink&&) = delete;
    EventSink& operator=(EventSink&&) = delete;
    virtual ~EventSink() = default;
    // Called from inside the resolution: must not resolve anything itself.
    virtual void on_event(const Event& event) = 0;
};

}  // namespace wend
