// Which server to ask next, and how long to wait for it. Pure; the chance is passed in.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "cache/server_memory.h"
#include "transport/network.h"

namespace wend {

// Each address of a delegation is asked at most twice over UDP and once over TCP for one client
// query (docs/limits.md).
inline constexpr unsigned timeouts_max = 2;
inline constexpr Duration patience_unknown = std::chrono::milliseconds(400);
inline constexpr Duration patience_min = std::chrono::milliseconds(100);
inline constexpr Duration patience_max = std::chrono::milliseconds(3000);
// A forwarder walks on our behalf.
inline constexpr Duration patience_recursive_min = std::chrono::milliseconds(1500);
// Of a stream to a server that is there: a lost SYN is sent again after 1 s (RFC 6298 2.1), and
// what is asked over TCP is often large and made slowly.
inline constexpr Duration patience_stream_min = std::chrono::milliseconds(1500);
// Servers within this of the best are equals, so that the choice stays hard to foresee.
inline constexpr Duration band = std::chrono::milliseconds(20);
// What we expect of a server that we have never asked.
inline constexpr Duration round_trip_unknown = std::chrono::milliseconds(100);
inline constexpr unsigned exploration_percent = 5;

// What this client query has had of one server for one zone.
struct Tried {
    unsigned timeouts = 0;           // over UDP
    bool tcp = false;                // over TCP, without a useful reply
    bool refused_minimised = false;  // a clear error to a minimised question
    bool refused = false;            // a clear error to the question itself
    bool doubted = false;            // what its datagram said may be a forger's: ask it over TCP
    bool bogus = false;              // what it said did not validate
    bool probed = false;             // asked for the zone itself, since it was silent
};

struct Candidate {
    Endpoint endpoint;
    cache::ServerRecord record;
    Tried tried;
    bool family_down = false;  // nothing of its address family answers
    bool recursive = false;    // a forwarder
    // A server's address is sought: that is not worth a connection after two timeouts, and is not
    // validated.
    bool seeks_address = false;
};

// True if it may be asked once more.
bool is_usable(const Candidate& candidate);

// True if it has not failed this client query yet.
bool is_fresh(const Candidate& candidate);

// The index of the server to ask: one that has not failed yet before one that has, one that is
// thought to work before one that is not, then by measured round trip; but `asked_now`, which is
// being asked the same already, before its equals. Nothing if none is usable.
std::optional<std::size_t> select_server(std::span<const Candidate> candidates, Instant now,
                                         Random& random, const std::optional<Endpoint>& asked_now);

// UDP, but TCP for a server that loses letter case or whose datagrams do not arrive.
Channel channel_for(const Candidate& candidate, bool mixed_case);

// RFC 6298 2.2's timer from what was measured, doubled for each time that this query waited in
// vain. A stream gets patience_stream_min at least, unless the server was silent to this query and
// has not been `heard` since.
Duration patience_for(const Candidate& candidate, Channel channel, bool heard = false);

// Notices an address family that does not work here. One for each worker.
class FamilyHealth {
  public:
    void note_reply(const IpAddress& server);

    // A timeout says little; no route to it says much.
    void note_timeout(const IpAddress& server, Instant now) { note(server, 1, now); }

    void note_unreachable(const IpAddress& server, Instant now) { note(server, 4, now); }

    bool is_down(const IpAddress& server, Instant now) const;

  private:
    static constexpr unsigned weight_to_down = 12;
    static constexpr Duration down_time = std::chrono::seconds(30);

    struct Family {
        unsigned weight = 0;  // of failures in a row
        Instant down_until{};
    };

    void note(const IpAddress& server, unsigned weight, Instant now);

    Family& family(const IpAddress& server) { return families_[server.is_v4() ? 0 : 1]; }

    Family families_[2];  // IPv4, IPv6
};

}  // namespace wend
