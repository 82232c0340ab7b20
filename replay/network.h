// The Network of a scenario: every query waits until the runner answers it, lets it fail, or its
// deadline passes. Queries are written and replies judged as on sockets.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/octets.h"
#include "base/random.h"
#include "dns/message.h"
#include "sim/event_queue.h"
#include "sim/trace.h"
#include "transport/network.h"
#include "transport/wire_query.h"

namespace wend::sim {

// A query that has left and waits.
struct PendingQuery {
    std::uint64_t id = 0;  // in order of their start, from 1
    Endpoint server;
    Channel channel = Channel::udp;
    dns::Message message;   // as it went out
    bool answered = false;  // something was sent back, or never will be
    bool checked = false;   // a CHECK_OUT_QUERY has seen it
};

// Belongs to one thread.
class ReplayNetwork final : public Network {
  public:
    // Both outlive the network.
    ReplayNetwork(EventQueue& queue, Random& random) : queue_(queue), random_(random) {}

    ReplayNetwork(const ReplayNetwork&) = delete;
    ReplayNetwork& operator=(const ReplayNetwork&) = delete;
    ReplayNetwork(ReplayNetwork&&) = delete;
    ReplayNetwork& operator=(ReplayNetwork&&) = delete;
    // Every exchange must have ended.
    ~ReplayNetwork() override;

    std::size_t in_flight() const override { return flights_.size(); }

    Trace& trace() { return trace_; }

    // Newest first; valid until the next call that is not const, and until an event runs.
    std::vector<PendingQuery*> pending();
    PendingQuery* find(std::uint64_t id);

    // From the event loop only. A query that has ended meanwhile: nothing happens.
    void deliver(std::uint64_t id, Octets answer);
    void fail(std::uint64_t id, NetError error);

  protected:
    void start(Exchange& exchange) override;
    void abandon(Exchange& exchange) noexcept override;

  private:
    struct Flight {
        Exchange* exchange;
        WireQuery query;
        Instant sent;
        TimerId deadline = 0;
        ReplyFilter filter{};
        PendingQuery pending{};
    };

    void expire(std::uint64_t id);

    void finish(std::uint64_t id, PacketEvent event, Reply reply, Octets message);
    void note(PacketEvent event, const Flight& flight, Octets message);

    EventQueue& queue_;
    Random& random_;
    Trace trace_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, Flight> flights_;
};

}  // namespace wend::sim
