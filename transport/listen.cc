#include "transport/listen.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/check.h"

namespace wend {
namespace {

void set_option(int fd, int level, int name, int value) {
    setsockopt(fd, level, name, &value, sizeof value);
}

void set_options(int fd, const Endpoint& where, Channel channel, Sharing sharing) {
    if (sharing == Sharing::shared) {
        set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
        set_option(fd, where.ip.is_v4() ? IPPROTO_IP : IPPROTO_IPV6,
                   where.ip.is_v4() ? IP_FREEBIND : IPV6_FREEBIND, 1);
    }
    if (!where.ip.is_v4()) {
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    }
    if (channel == Channel::udp) {
        // No path MTU is learned from ICMP, which anybody can forge (RFC 9715 3.1).
        set_option(fd, where.ip.is_v4() ? IPPROTO_IP : IPPROTO_IPV6,
                   where.ip.is_v4() ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
                   where.ip.is_v4() ? IP_PMTUDISC_OMIT : IPV6_PMTUDISC_OMIT);
        return;
    }
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);  // connections of an earlier run may linger
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit it
}

std::string cause(int code) {
    switch (code) {
        case EACCES:
        case EPERM:
            return "permission denied; run as root, grant CAP_NET_BIND_SERVICE, or choose a port "
                   "above 1023";
        case EADDRINUSE:
            return "another program listens there; stop it, or choose another port";
        case EADDRNOTAVAIL:
            return "no interface of this host has the address";
        case EAFNOSUPPORT:
            return "this host does not have the address family";
        case EMFILE:
        case ENFILE:
            return "too many open files; raise the limit on them";
        default: {
            std::array<char, 128> text{};
            return strerror_r(code, text.data(), text.size());
        }
    }
}

}  // namespace

std::string to_text(const ListenError& error) {
    return fmt::format("cannot listen on {} ({}): {}", error.where.to_text(),
                       to_text(error.channel), cause(error.code));
}

std::expected<Descriptor, ListenError> open_listening_socket(const Endpoint& where, Channel channel,
                                                             Sharing sharing) {
    const auto failure = [&] { return std::unexpected(ListenError{where, channel, errno}); };
    const int type = channel == Channel::udp ? SOCK_DGRAM : SOCK_STREAM;
    Descriptor socket(
        ::socket(where.ip.is_v4() ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) {
        return failure();
    }
    set_options(socket.get(), where, channel, sharing);
    sockaddr_storage address;
    const unsigned size = where.to_sockaddr(address);
    if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return failure();
    }
    if (channel != Channel::udp && listen(socket.get(), tcp_backlog) != 0) {
        return failure();
    }
    return socket;
}

NotAccepted why_not_accepted(int code) {
    switch (code) {
        case EAGAIN:
            return NotAccepted::nobody;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return NotAccepted::no_room;
        default:
            return NotAccepted::gone;
    }
}

std::expected<void, ListenError> check_listenable(const Endpoint& where, Channel channel) {
    const auto socket = open_listening_socket(where, channel, Sharing::alone);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    return {};
}

Endpoint bound_endpoint(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int result = getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    check(result == 0, "a bound socket has an address");
    return Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(address));
}

}  // namespace wend
