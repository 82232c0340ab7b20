#include "transport/uv_upstream.h"

#include <cerrno>

#include <sys/socket.h>

namespace wend {

void UvUpstream::put_off(Unsent& query) {
    unsent.push_back(&query);
    if (unsent.size() >= unsent_max) {
        send_unsent();
    }
}

void UvUpstream::send_unsent() {
    for (Unsent* query : unsent) {
        query->prepare();
    }
    for (Unsent* query : unsent) {
        query->transmit();
    }
    unsent.clear();
}

void UvUpstream::end_turn() {
    inbox.hand_out();
    sockets.clear_away();
    send_unsent();
}

FailedFlight::FailedFlight(UvUpstream& upstream, Exchange& exchange, NetError error)
    : Flight(upstream, exchange), error_(error) {
    upstream.clock.schedule(*this, upstream.clock.now());
}

FailedFlight::~FailedFlight() {
    upstream().clock.cancel(*this);
}

void FailedFlight::expire() {
    finish(std::unexpected(error_));
}

NetError net_error_of(int code) {
    switch (code) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
        case EADDRINUSE:
        case EAGAIN:  // connect: no free local port
            return NetError::no_resources;
        case ECONNREFUSED:
            return NetError::refused;
        case ECONNRESET:
        case EPIPE:
            return NetError::reset;
        case ETIMEDOUT:
            return NetError::timeout;
        default:  // no route, no such family, no such local address, forbidden by a filter
            return NetError::unreachable;
    }
}

std::expected<Descriptor, NetError> make_socket(const Endpoint& to, int type) {
    const int family = to.ip.is_v4() ? AF_INET : AF_INET6;
    Descriptor socket(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return std::unexpected(net_error_of(errno));
    }
    return socket;
}

Endpoint local_endpoint(const UvNetworkOptions& options, const Endpoint& to, std::uint16_t port) {
    if (to.ip.is_v4()) {
        constexpr std::array<std::uint8_t, 4> any{};
        return {options.local_ipv4.value_or(IpAddress::v4(any)), port};
    }
    return {options.local_ipv6.value_or(IpAddress()), port};
}

}  // namespace wend
