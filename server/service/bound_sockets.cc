#include "server/service/bound_sockets.h"

#include <utility>

namespace wend {
namespace {

constexpr int ports_tried_max = 8;

std::expected<BoundSockets, ListenError> bind_once(const Endpoint& wanted, const Endpoint& where) {
    auto udp = open_listening_socket(where, Channel::udp, Sharing::shared);
    if (!udp) {
        return std::unexpected(udp.error());
    }
    // The same port, where the kernel chose it.
    const Endpoint same = bound_endpoint(udp->get());
    auto tcp = open_listening_socket(same, Channel::tcp, Sharing::shared);
    if (!tcp) {
        return std::unexpected(tcp.error());
    }
    return BoundSockets{
        .wanted = wanted, .where = same, .udp = std::move(*udp), .tcp = std::move(*tcp)};
}

}  // namespace

std::expected<BoundSockets, ListenError> bind_sockets(const Endpoint& wanted) {
    auto bound = bind_once(wanted, wanted);
    // The port that the kernel chose for UDP may be taken for TCP.
    for (int again = 0; !bound && wanted.port == 0 && again < ports_tried_max; ++again) {
        bound = bind_once(wanted, wanted);
    }
    return bound;
}

}  // namespace wend
