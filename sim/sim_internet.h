// All the servers of a sandbox internet: which address serves which zones, and with what manners.
#pragma once
#include <cstddef>
#include <map>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "sim/authority.h"
#include "sim/server_model.h"
#include "sim/zone.h"

namespace wend::sim {

// How a server differs from one that does all right. Several may be set.
struct Manners {
    bool silent = false;          // takes queries, never answers
    bool refusing = false;        // REFUSED: lame for what is delegated to it
    bool failing = false;         // SERVFAIL
    bool referring_up = false;    // a referral to the root, as old lame servers gave
    bool truncating = false;      // TC and nothing else over UDP
    bool case_losing = false;     // the question comes back in lower case
    bool without_edns = false;    // FORMERR to a query with OPT
    bool tcp_refusing = false;    // no TCP service
    bool wrong_id = false;        // over UDP the id is off by one
    bool mangling = false;        // all octets after the question are inverted
    Duration round_trip{20'000};  // TCP takes two, for its handshake
};

class SimInternet final : public ServerModel {
  public:
    static constexpr std::uint16_t port = 53;

    // Each zone once; zones of one apex replace each other.
    void add_zone(const ZonePtr& zone) { all_.add(zone); }

    // A server that serves nothing refuses. Given again, the manners are replaced.
    void add_server(const IpAddress& address, const Manners& manners);
    // Both must have been added: aborts otherwise.
    void serve(const IpAddress& address, dns::NameView apex);

    // Every zone of this internet.
    const ZoneSet& zones() const { return all_; }

    // True: a query to `address` about a name in that zone is answered well, over one channel or
    // the other.
    bool serves_well(const IpAddress& address, dns::NameView apex) const;

    ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                         Instant now) override;

  private:
    struct Server {
        Manners manners;
        ZoneSet zones{};
    };

    ZoneSet all_;
    std::map<IpAddress, Server> servers_;
};

}  // namespace wend::sim
