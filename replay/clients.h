// The clients of a scenario: their queries go through the whole server path, and the answers wait
// here until a step looks at them.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "base/random.h"
#include "replay/scenario/scenario.h"
#include "sim/event_queue.h"
#include "transport/query_handler.h"

namespace wend::sim {

// What an answer is an answer to.
struct ClientQuery {
    std::uint32_t step = 0;
    std::size_t line = 0;
    Client client;
    std::vector<std::uint8_t> octets;
    bool has_edns = false;
    bool dnssec_ok = false;
    bool raw = false;  // octets as they were written down: an answer is not waited for
};

struct ClientAnswer {
    std::uint64_t token = 0;
    ClientQuery query;
    std::vector<std::uint8_t> octets;
    Instant at;
};

class ReplayClients final : public ReplySink {
  public:
    // All outlive the clients.
    ReplayClients(QueryHandler& handler, EventQueue& queue, Random& random, Dialect dialect)
        : handler_(handler), queue_(queue), random_(random), dialect_(dialect) {}

    // Returns the query's token, from 1.
    std::uint64_t ask(const Step& step);

    // Oldest first.
    std::deque<ClientAnswer>& answers() { return answers_; }

    // Queries that may still be answered.
    std::size_t waiting() const { return waiting_.size(); }

    bool is_waiting(std::uint64_t token) const { return waiting_.contains(token); }

    // Null if the token is not known or its answer has come.
    const ClientQuery* find(std::uint64_t token) const;

    void send(std::uint64_t token, const Client& client, Octets message) override;

  private:
    QueryHandler& handler_;
    EventQueue& queue_;
    Random& random_;
    Dialect dialect_;
    std::uint64_t last_token_ = 0;
    std::map<std::uint64_t, ClientQuery> waiting_;
    std::deque<ClientAnswer> answers_;
};

}  // namespace wend::sim
