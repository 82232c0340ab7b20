#include "transport/uv_datagram.h"

#include <cerrno>
#include <new>
#include <utility>

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "transport/source_port.h"
#include "transport/wire_query.h"

namespace wend {
namespace {

// A datagram of any size shows as at most this; one octet more than may be believed.
constexpr std::size_t datagram_read_max = dns::edns_payload_size + 1;
// Errors and replies that one wake of a socket takes in; what is left waits for the next.
constexpr int reads_in_turn_max = ReplyFilter::discards_max;

class DatagramFlight final : public Flight, private Watcher, private Timer, private Unsent {
  public:
    DatagramFlight(Upstream& upstream, Exchange& exchange)
        : Flight(upstream, exchange), query_(exchange.query(), upstream.random) {}

    ~DatagramFlight() override {
        upstream().clock.cancel(*this);
        upstream().withdraw(*this);
    }

    std::expected<void, NetError> start(Descriptor socket) {
        if (!socket_.open(upstream().poller, std::move(socket), EPOLLIN, *this)) {
            return std::unexpected(NetError::no_resources);
        }
        upstream().clock.schedule(*this, exchange().deadline());
        upstream().put_off(*this);
        return {};
    }

  private:
    void expire() override {
        if (error_ == NetError::timeout && is_put_off()) {
            upstream().clock.schedule(*this, exchange().deadline());
            return;
        }
        finish(std::unexpected(error_));
    }

    void transmit() override {
        sent_ = UvClock::precise_now();
        const Octets octets = query_.octets();
        // What the kernel could not take is lost like any datagram; what it will not take is an
        // answer of its own.
        if (::send(socket_.fd(), octets.data(), octets.size(), 0) < 0 &&
            net_error_of(errno) == NetError::unreachable) {
            error_ = NetError::unreachable;
            upstream().clock.schedule(*this, sent_);
        }
    }

    void on_ready(std::uint32_t) override {
        auto& buffer = upstream().buffer;
        for (int i = 0; i < reads_in_turn_max; ++i) {
            const ssize_t size = recv(socket_.fd(), buffer.data(), datagram_read_max, 0);
            if (size < 0 && errno == EAGAIN) {
                return;
            }
            if (size < 0) {
                continue;  // an ICMP error, fetched and forgotten
            }
            if (take(Octets(buffer).first(static_cast<std::size_t>(size)))) {
                return;
            }
        }
    }

    // True if that was the end of *this. A datagram that there is no memory for is lost, as any may
    // be.
    bool take(Octets datagram) {
        try {
            return judge(datagram);
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    bool judge(Octets datagram) {
        auto response = std::make_shared<Response>();
        switch (filter_.judge(query_, datagram, response->message)) {
            case ReplyVerdict::accept:
                response->round_trip = UvClock::precise_now() - sent_;
                finish(ResponsePtr(std::move(response)));
                return true;
            case ReplyVerdict::case_lost:
                finish(std::unexpected(NetError::case_lost));
                return true;
            case ReplyVerdict::forgery_suspected:
                finish(std::unexpected(NetError::forgery_suspected));
                return true;
            case ReplyVerdict::oversized:
                finish(std::unexpected(NetError::oversized));
                return true;
            case ReplyVerdict::discard:
                break;
        }
        return false;
    }

    WireQuery query_;
    ReplyFilter filter_;
    PolledSocket socket_;
    Instant sent_{};
    NetError error_ = NetError::timeout;  // to end with
};

// No path MTU is learned from ICMP (a forged one would have us send fragments), and none is
// remembered: the kernel fragments by the interface alone.
void ignore_path_mtu(int fd, bool is_v4) {
    const int omit = is_v4 ? IP_PMTUDISC_OMIT : IPV6_PMTUDISC_OMIT;
    setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
               &omit, sizeof omit);
}

std::expected<void, NetError> bind_to_random_port(Upstream& upstream, int fd, const Endpoint& to) {
    for (int draw = 0; draw < source_port_draws_max; ++draw) {
        sockaddr_storage address;
        const Endpoint from =
            local_endpoint(upstream.options, to, draw_source_port(upstream.random));
        const unsigned size = from.to_sockaddr(address);
        if (bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0) {
            return {};
        }
        if (errno != EADDRINUSE) {
            return std::unexpected(net_error_of(errno));
        }
    }
    return std::unexpected(NetError::no_resources);
}

std::expected<Descriptor, NetError> open_datagram_socket(Upstream& upstream, const Endpoint& to) {
    auto socket = make_socket(to, SOCK_DGRAM);
    if (!socket) {
        return socket;
    }
    ignore_path_mtu(socket->get(), to.ip.is_v4());
    if (const auto bound = bind_to_random_port(upstream, socket->get(), to); !bound) {
        return std::unexpected(bound.error());
    }
    sockaddr_storage address;
    const unsigned size = to.to_sockaddr(address);
    if (connect(socket->get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return std::unexpected(net_error_of(errno));
    }
    return socket;
}

}  // namespace

Started start_datagram(Upstream& upstream, Exchange& exchange) {
    auto socket = open_datagram_socket(upstream, exchange.query().server);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    auto flight = std::make_unique<DatagramFlight>(upstream, exchange);
    if (const auto started = flight->start(std::move(*socket)); !started) {
        return std::unexpected(started.error());
    }
    return flight;
}

}  // namespace wend
