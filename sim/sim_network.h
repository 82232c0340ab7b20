// The Network of simulations and of the lab: queries are written and replies judged as on sockets,
// and a ServerModel stands where the internet would be.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/random.h"
#include "sim/server_model.h"
#include "sim/timers.h"
#include "sim/trace.h"
#include "transport/network.h"
#include "transport/wire_query.h"

namespace wend::sim {

class SimNetwork : public Network {
  public:
    // All three outlive the network. Exchanges settle from actions of `timers`.
    SimNetwork(Timers& timers, Random& random, ServerModel& servers)
        : timers_(timers), random_(random), servers_(servers) {}

    SimNetwork(const SimNetwork&) = delete;
    SimNetwork& operator=(const SimNetwork&) = delete;
    SimNetwork(SimNetwork&&) = delete;
    SimNetwork& operator=(SimNetwork&&) = delete;
    // Every exchange must have ended.
    ~SimNetwork() override;

    std::size_t in_flight() const override { return flights_.size(); }

    // Queries that have left, all channels.
    std::uint64_t queries() const { return last_id_; }

    Trace& trace() { return trace_; }

  protected:
    void start(Exchange& exchange) override;
    void abandon(Exchange& exchange) noexcept override;

  private:
    using FlightId = std::uint64_t;

    struct Flight {
        Exchange* exchange;
        Endpoint server;
        WireQuery query;
        Instant sent;
        TimerId deadline = 0;
        ReplyFilter filter{};
    };

    void depart(FlightId id);
    void expire(FlightId id);
    void deliver(FlightId id, const Delivery& delivery, const Endpoint& server, Channel channel);
    void finish(FlightId id, PacketEvent event, Reply reply, Octets message = {});
    void note(PacketEvent event, FlightId id, const Flight& flight, Octets message);

    Timers& timers_;
    Random& random_;
    ServerModel& servers_;
    Trace trace_;
    FlightId last_id_ = 0;
    std::map<FlightId, Flight> flights_;
};

}  // namespace wend::sim
