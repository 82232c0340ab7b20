#include "transport/uv_datagram.h"

#include <cerrno>
#include <new>
#include <utility>

#include <sys/socket.h>

#include "transport/wire_query.h"

namespace wend {
namespace {

// A datagram of any size shows as at most this; one octet more than may be believed.
constexpr std::size_t datagram_read_max = dns::edns_payload_size + 1;
// Errors and replies that one wake of a socket takes in; what is left waits for the next.
constexpr int reads_in_turn_max = ReplyFilter::discards_max;

class DatagramFlight final : public Flight, private Watcher, private Timer, private Unsent {
  public:
    DatagramFlight(UvUpstream& upstream, Exchange& exchange)
        : Flight(upstream, exchange), query_(exchange.query(), upstream.random) {}

    ~DatagramFlight() override {
        upstream().clock.cancel(*this);
        upstream().withdraw(*this);
    }

    std::expected<void, NetError> start() {
        auto lent = upstream().sockets.lend(exchange().query().server, *this);
        if (!lent) {
            return std::unexpected(lent.error());
        }
        socket_ = std::move(*lent);
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
        if (::send(socket_->fd(), octets.data(), octets.size(), 0) < 0 &&
            net_error_of(errno) == NetError::unreachable) {
            error_ = NetError::unreachable;
            upstream().clock.schedule(*this, sent_);
        }
    }

    void on_ready(std::uint32_t) override {
        auto& buffer = upstream().buffer;
        for (int i = 0; i < reads_in_turn_max; ++i) {
            const ssize_t size = recv(socket_->fd(), buffer.data(), datagram_read_max, 0);
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
    SourceSockets::Lent socket_;
    Instant sent_{};
    NetError error_ = NetError::timeout;  // to end with
};

}  // namespace

Started start_datagram(UvUpstream& upstream, Exchange& exchange) {
    auto flight = std::make_unique<DatagramFlight>(upstream, exchange);
    if (const auto started = flight->start(); !started) {
        return std::unexpected(started.error());
    }
    return flight;
}

}  // namespace wend
