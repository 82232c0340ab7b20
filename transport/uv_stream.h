// TCP exchanges (RFC 7766): connections to a server are kept, shared and pipelined, and replies
// come in any order.
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "transport/uv_upstream.h"

namespace wend {

inline constexpr std::size_t queries_per_connection_max = 32;

class StreamConnection;
class StreamFlight;

class StreamPool {
  public:
    explicit StreamPool(UvUpstream& upstream);
    StreamPool(const StreamPool&) = delete;
    StreamPool& operator=(const StreamPool&) = delete;
    StreamPool(StreamPool&&) = delete;
    StreamPool& operator=(StreamPool&&) = delete;
    ~StreamPool();

    Started start(Exchange& exchange);

    std::size_t connections() const { return connections_; }

  private:
    friend class StreamConnection;
    using Connections = std::vector<std::unique_ptr<StreamConnection>>;

    // One with room for a query: a kept one if there is any.
    std::expected<StreamConnection*, NetError> find_or_open(const Endpoint& server);
    std::expected<StreamConnection*, NetError> open(const Endpoint& server);
    bool close_an_idle_one();
    std::unique_ptr<StreamConnection> take(StreamConnection& connection);

    UvUpstream& upstream_;
    std::map<Endpoint, Connections> servers_;
    std::size_t connections_ = 0;
};

}  // namespace wend
