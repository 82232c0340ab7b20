#include "transport/uv_stream.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "transport/uv_stream_connection.h"

namespace wend {

StreamPool::StreamPool(UvUpstream& upstream) : upstream_(upstream) {}

StreamPool::~StreamPool() = default;

Started StreamPool::start(Exchange& exchange) {
    auto flight = std::make_unique<StreamFlight>(upstream_, exchange);
    const auto connection = find_or_open(exchange.query().server);
    if (!connection) {
        return std::unexpected(connection.error());
    }
    (*connection)->ride(*flight);
    return flight;
}

std::expected<StreamConnection*, NetError> StreamPool::find_or_open(const Endpoint& server) {
    if (const auto kept = servers_.find(server); kept != servers_.end()) {
        for (const auto& connection : kept->second) {
            if (connection->has_room()) {
                return connection.get();
            }
        }
        if (kept->second.size() >= upstream_.options.connections_per_server_max) {
            return std::unexpected(NetError::no_resources);
        }
    }
    return open(server);
}

std::expected<StreamConnection*, NetError> StreamPool::open(const Endpoint& server) {
    if (connections_ >= upstream_.options.connections_max && !close_an_idle_one()) {
        return std::unexpected(NetError::no_resources);
    }
    auto connection = std::make_unique<StreamConnection>(*this, upstream_, server);
    if (const auto begun = connection->connect(); !begun) {
        return std::unexpected(begun.error());
    }
    StreamConnection* const opened = servers_[server].emplace_back(std::move(connection)).get();
    ++connections_;
    return opened;
}

// Looks at all of them, but only when the limit has been reached.
bool StreamPool::close_an_idle_one() {
    StreamConnection* oldest = nullptr;
    for (const auto& [server, connections] : servers_) {
        for (const auto& connection : connections) {
            if (connection->is_idle() &&
                (oldest == nullptr || connection->idle_since() < oldest->idle_since())) {
                oldest = connection.get();
            }
        }
    }
    return oldest != nullptr && take(*oldest) != nullptr;
}

std::unique_ptr<StreamConnection> StreamPool::take(StreamConnection& connection) {
    const auto kept = servers_.find(connection.server());
    check(kept != servers_.end(), "a connection is in its pool");
    auto& connections = kept->second;
    const auto place =
        std::ranges::find(connections, &connection, &std::unique_ptr<StreamConnection>::get);
    check(place != connections.end(), "a connection is in its pool");
    auto taken = std::move(*place);
    connections.erase(place);
    if (connections.empty()) {
        servers_.erase(kept);
    }
    --connections_;
    return taken;
}

}  // namespace wend
