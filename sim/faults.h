// Faults by plan and seed between the resolver and any servers.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "sim/server_model.h"

namespace wend::sim {

// Percentages, of UDP messages unless said otherwise. All are drawn independently.
struct FaultPlan {
    unsigned loss_percent = 0;       // each way
    unsigned duplicate_percent = 0;  // the copy comes later
    unsigned slow_percent = 0;  // the delay gets a heavy tail: doubled by chance, again and again
    unsigned truncate_percent = 0;        // TC and no records
    unsigned cut_percent = 0;             // the message ends in its middle
    unsigned mangle_percent = 0;          // one bit anywhere is inverted: may change what is said
    unsigned wrong_id_percent = 0;        // a forgery comes first, with another id,
    unsigned wrong_port_percent = 0;      // from another port,
    unsigned wrong_question_percent = 0;  // about another name
    unsigned tcp_refused_percent = 0;     // of TCP queries
    unsigned tcp_reset_percent = 0;       // of TCP queries
    unsigned outage_percent = 0;          // of servers: silent for one span of time
    Duration jitter_max{};                // added to every delay, uniformly: what reorders

    // A bad day: each fault from none to frequent, but no mangling, which an unsigned answer cannot
    // survive.
    static FaultPlan draw(Random& random);
};

class FaultyServers final : public ServerModel {
  public:
    // Both outlive this.
    FaultyServers(ServerModel& servers, const FaultPlan& plan, Random& random)
        : servers_(servers), plan_(plan), random_(random) {}

    ServerReply on_query(const Endpoint& server, Channel channel, Octets query,
                         Instant now) override;

    // Faults that struck so far.
    std::uint64_t faults() const { return faults_; }

  private:
    struct Outage {
        Instant from{};
        Instant until{};  // equal: none
    };

    bool strikes(unsigned percent);
    bool is_out(const IpAddress& server, Instant now);
    Duration late(Duration delay);
    void spoil(Delivery& delivery);
    void add_forgeries(const Endpoint& server, Octets query, std::vector<Delivery>& to);
    ServerReply over_udp(ServerReply reply, const Endpoint& server, Octets query);

    ServerModel& servers_;
    FaultPlan plan_;
    Random& random_;
    std::uint64_t faults_ = 0;
    std::map<IpAddress, Outage> outages_;
};

}  // namespace wend::sim
