// Servers that add to every response what is not theirs to say, and the server at the forged
// address that all of it leads to.
#pragma once
#include <set>
#include <vector>

#include "base/address.h"
#include "dns/rrset.h"
#include "sim/server_model.h"

namespace wend::sim {

class Liars final : public ServerModel {
  public:
    // `servers` outlives this. The liars append `answers`, `authority` and `additional`, an RRset
    // whole or not at all, where there is room.
    struct Lies {
        std::set<IpAddress> liars{};
        std::vector<dns::RRset> answers{};
        std::vector<dns::RRset> authority{};
        std::vector<dns::RRset> additional{};
    };

    Liars(ServerModel& servers, Lies lies) : servers_(servers), lies_(std::move(lies)) {}

    ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                         Instant now) override;

  private:
    std::vector<std::uint8_t> with_lies(Octets response) const;

    ServerModel& servers_;
    Lies lies_;
};

}  // namespace wend::sim
