#include "transport/source_sockets.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <utility>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "transport/listen.h"
#include "transport/uv_upstream.h"

namespace wend {
namespace {

// No path MTU is learned from ICMP (a forged one would have us send fragments), and none is
// remembered: the kernel fragments by the interface alone.
void ignore_path_mtu(int fd, bool is_v4) {
    const int omit = is_v4 ? IP_PMTUDISC_OMIT : IPV6_PMTUDISC_OMIT;
    setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
               &omit, sizeof omit);
}

bool bind_to(int fd, const Endpoint& from) {
    sockaddr_storage address;
    const unsigned size = from.to_sockaddr(address);
    return bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0;
}

std::expected<void, NetError> connect_to(int fd, const Endpoint& to) {
    sockaddr_storage address;
    const unsigned size = to.to_sockaddr(address);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return std::unexpected(net_error_of(errno));
    }
    return {};
}

// Afterwards no datagram reaches it, and its port is free if the kernel chose it.
bool disconnect(int fd) {
    const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
    return connect(fd, &nobody, sizeof nobody) == 0;
}

// Neither a late datagram nor an error of an earlier use waits in it.
bool is_empty(int fd) {
    char octet = 0;
    return recv(fd, &octet, sizeof octet, 0) < 0 && errno == EAGAIN;
}

}  // namespace

std::optional<PortRange> kernel_port_range() {
    utsname host{};
    if (uname(&host) != 0 || !draws_ports_well(&host.release[0])) {
        return std::nullopt;
    }
    std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");  // of IPv6 too
    std::string line;
    std::getline(file, line);
    return parse_port_range(line);
}

SourceSocket::SourceSocket(SourceSockets& owner, bool is_v4, bool changes_ports)
    : owner_(owner), is_v4_(is_v4), changes_ports_(changes_ports) {
    ++owner_.open_;
}

SourceSocket::~SourceSocket() {
    --owner_.open_;
}

void SourceSocket::on_ready(std::uint32_t) {
    owner_.drop(*this);
}

void SourceSockets::Return::operator()(SourceSocket* socket) const noexcept {
    socket->owner_.take_back(Owned(socket));
}

SourceSockets::SourceSockets(UvPoller& poller, Random& random, const UvNetworkOptions& options)
    : poller_(poller),
      random_(random),
      options_(options),
      are_kernels_allowed_(options.kernel_ports && are_source_ports(*options.kernel_ports)) {
    for (auto& of_family : resting_) {
        of_family.reserve(resting_max);  // so that a return needs no memory
    }
    returned_.reserve(returned_max);
}

SourceSockets::Result SourceSockets::lend(const Endpoint& to, Watcher& user) {
    const std::uint16_t port = draw_source_port(random_);
    if (options_.kernel_ports && options_.kernel_ports->has(port)) {
        return lend_with_kernels_port(to, user);
    }
    return lend_bound(port, to, user);
}

SourceSockets::Result SourceSockets::lend_bound(std::uint16_t port, const Endpoint& to,
                                                Watcher& user) {
    auto made = make(to, false, user);
    if (!made) {
        return std::unexpected(made.error());
    }
    Lent lent(made->release());
    for (int draw = 1; !bind_to(lent->fd(), local_endpoint(options_, to, port)); ++draw) {
        if (errno != EADDRINUSE || draw == draws_max) {
            return std::unexpected(net_error_of(errno));
        }
        port = draw_source_port(random_);
    }
    if (const auto connected = connect_to(lent->fd(), to); !connected) {
        return std::unexpected(connected.error());
    }
    return lent;
}

SourceSockets::Result SourceSockets::lend_with_kernels_port(const Endpoint& to, Watcher& user) {
    for (int draw = 0; draw < draws_max; ++draw) {
        Lent lent(take_resting(to.ip.is_v4(), user).release());
        if (!lent) {
            auto made = make(to, true, user);
            if (!made) {
                return std::unexpected(made.error());
            }
            lent.reset(made->release());
            if (!bind_to(lent->fd(), local_endpoint(options_, to, 0))) {
                return std::unexpected(net_error_of(errno));
            }
        }
        if (const auto connected = connect_to(lent->fd(), to); !connected) {
            return std::unexpected(connected.error());
        }
        if (are_kernels_allowed_ || is_source_port(bound_endpoint(lent->fd()).port)) {
            return lent;
        }
    }
    return std::unexpected(NetError::no_resources);
}

SourceSockets::Owned SourceSockets::take_resting(bool is_v4, Watcher& user) {
    auto& resting = resting_of(is_v4);
    if (resting.empty()) {
        clear_away();
    }
    while (!resting.empty()) {
        Owned socket = std::move(resting.back());
        resting.pop_back();
        if (is_empty(socket->fd())) {
            socket->socket_.resume(user);
            return socket;
        }
    }
    return nullptr;
}

std::expected<SourceSockets::Owned, NetError> SourceSockets::make(const Endpoint& to,
                                                                  bool changes_ports,
                                                                  Watcher& user) {
    const bool is_v4 = to.ip.is_v4();
    if (open_ >= options_.exchanges_max) {
        close_resting();
    }
    auto descriptor = make_socket(to, SOCK_DGRAM);
    if (!descriptor && descriptor.error() == NetError::no_resources) {
        close_resting();
        descriptor = make_socket(to, SOCK_DGRAM);
    }
    if (!descriptor) {
        return std::unexpected(descriptor.error());
    }
    ignore_path_mtu(descriptor->get(), is_v4);
    Owned socket(new SourceSocket(*this, is_v4, changes_ports));
    if (!socket->socket_.open(poller_, std::move(*descriptor), EPOLLIN, user)) {
        return std::unexpected(NetError::no_resources);
    }
    return socket;
}

void SourceSockets::take_back(Owned socket) noexcept {
    if (returned_.size() == returned_max) {
        clear_away();
    }
    socket->socket_.rest(*socket);
    returned_.push_back(std::move(socket));
}

void SourceSockets::clear_away() noexcept {
    for (Owned& socket : returned_) {
        put_to_rest(std::move(socket));
    }
    returned_.clear();
}

void SourceSockets::put_to_rest(Owned socket) noexcept {
    auto& resting = resting_of(socket->is_v4_);
    if (socket->changes_ports_ && resting.size() < resting_max && disconnect(socket->fd())) {
        resting.push_back(std::move(socket));
    }
}

void SourceSockets::close_resting() noexcept {
    clear_away();
    for (auto& of_family : resting_) {
        of_family.clear();
    }
}

void SourceSockets::drop(const SourceSocket& socket) noexcept {
    std::erase_if(resting_of(socket.is_v4_),
                  [&](const Owned& resting) { return resting.get() == &socket; });
}

}  // namespace wend
