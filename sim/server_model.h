// What the simulated network asks: all the servers of a world as one function of the query.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/octets.h"
#include "base/time.h"
#include "transport/network.h"

namespace wend::sim {

// One message on its way back.
struct Delivery {
    Duration delay{};                  // from the query's departure to this arrival
    std::vector<std::uint8_t> octets;  // without TCP's length
    std::optional<Endpoint> from{};    // who sent it, if not the server that was asked
};

// What comes of one query: nothing (a timeout), messages, or a TCP connection that fails.
struct ServerReply {
    std::vector<Delivery> deliveries{};
    std::optional<NetError> error{};  // refused, reset or unreachable
    Duration error_delay{};
};

class ServerModel {
  public:
    ServerModel() = default;
    ServerModel(const ServerModel&) = delete;
    ServerModel& operator=(const ServerModel&) = delete;
    ServerModel(ServerModel&&) = delete;
    ServerModel& operator=(ServerModel&&) = delete;
    virtual ~ServerModel() = default;

    // `query` is what the resolver sent, valid during the call. An address without a server gives
    // an empty reply.
    virtual ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                                 Instant now) = 0;
};

}  // namespace wend::sim
