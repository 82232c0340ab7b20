#include "transport/uv_datagram.h"

#include <cerrno>
#include <new>
#include <utility>

#include <sys/socket.h>

#include "transport/wire_query.h"

namespace wend {
namespace {

class DatagramFlight final : public Flight,
                             private Watcher,
                             private Timer,
                             private Unsent,
                             private Inbox::Reader {
  public:
    DatagramFlight(UvUpstream& upstream, Exchange& exchange)
        : Flight(upstream, exchange), query_(exchange.query(), upstream.random) {
        upstream.clock.schedule(*this, exchange.deadline());
    }

    ~DatagramFlight() override {
        upstream().clock.cancel(*this);
        upstream().withdraw(*this);
        upstream().inbox.withdraw(*this);
    }

    void start() { upstream().put_off(*this); }

  private:
    void expire() override {
        if (error_ == NetError::timeout && is_put_off()) {
            upstream().clock.schedule(*this, exchange().deadline());
            return;
        }
        finish(std::unexpected(error_));
    }

    void prepare() override {
        try {
            auto lent = upstream().sockets.lend(exchange().query().server, *this);
            if (lent) {
                socket_ = std::move(*lent);
            } else {
                end_with(lent.error());
            }
        } catch (const std::bad_alloc&) {
            end_with(NetError::no_resources);
        }
    }

    void transmit() override {
        if (!socket_) {
            return;
        }
        sent_ = UvClock::precise_now();
        const Octets octets = query_.octets();
        // What the kernel could not take is lost like any datagram; what it will not take is an
        // answer of its own.
        if (::send(socket_->fd(), octets.data(), octets.size(), 0) < 0 &&
            net_error_of(errno) == NetError::unreachable) {
            end_with(NetError::unreachable);
        }
    }

    // On the loop's next turn.
    void end_with(NetError error) {
        error_ = error;
        upstream().clock.schedule(*this, upstream().clock.now());
    }

    void on_ready(std::uint32_t) override { upstream().inbox.read(socket_->fd(), *this); }

    // A datagram that there is no memory for is lost, as any may be.
    void take(Octets datagram, Instant came_at) override {
        try {
            judge(datagram, came_at);
        } catch (const std::bad_alloc&) {
            return;
        }
    }

    void judge(Octets datagram, Instant came_at) {
        auto response = std::make_shared<Response>();
        switch (filter_.judge(query_, datagram, response->message)) {
            case ReplyVerdict::accept:
                response->round_trip = came_at - sent_;
                return finish(ResponsePtr(std::move(response)));
            case ReplyVerdict::case_lost:
                return finish(std::unexpected(NetError::case_lost));
            case ReplyVerdict::forgery_suspected:
                return finish(std::unexpected(NetError::forgery_suspected));
            case ReplyVerdict::oversized:
                return finish(std::unexpected(NetError::oversized));
            case ReplyVerdict::unreadable:
                return finish(std::unexpected(NetError::unreadable));
            case ReplyVerdict::discard:
                return;  // what else came waits for the loop's next turn
        }
    }

    WireQuery query_;
    ReplyFilter filter_;
    SourceSockets::Lent socket_;
    Instant sent_{};
    NetError error_ = NetError::timeout;  // to end with
};

}  // namespace

std::unique_ptr<Flight> start_datagram(UvUpstream& upstream, Exchange& exchange) {
    auto flight = std::make_unique<DatagramFlight>(upstream, exchange);
    flight->start();
    return flight;
}

}  // namespace wend
