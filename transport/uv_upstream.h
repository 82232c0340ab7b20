// What the exchanges of one UvNetwork share: the clock, the sockets' poller, chance, a buffer.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "transport/inbox.h"
#include "transport/network.h"
#include "transport/source_port.h"
#include "transport/source_sockets.h"
#include "transport/uv_clock.h"
#include "transport/uv_poller.h"

namespace wend {

struct UvNetworkOptions {
    // Where queries leave from; unset: the kernel chooses.
    std::optional<IpAddress> local_ipv4{};
    std::optional<IpAddress> local_ipv6{};
    // From which the kernel draws a port as well as we do: source_sockets.h. Unset: it draws none.
    std::optional<PortRange> kernel_ports{};
    // More end with no_resources at once.
    std::size_t exchanges_max = 16'384;
    // Over all servers; an idle one gives way to a new one.
    std::size_t connections_max = 1'024;
    std::size_t connections_per_server_max = 8;
    Duration connection_idle_max = std::chrono::seconds(10);
};

// A query that is written and waits for the end of the loop's turn, or for enough others: sent one
// after another they wake a server once, and the kernel's part stays in the processor's caches.
class Unsent {
  public:
    // Opens its socket. Never settles its exchange, nor does transmit().
    virtual void prepare() = 0;
    virtual void transmit() = 0;

  protected:
    virtual ~Unsent() = default;
};

struct UvUpstream {
    static constexpr std::size_t unsent_max = 32;

    UvClock& clock;
    UvPoller& poller;
    Random& random;
    UvNetworkOptions options;
    SourceSockets sockets{poller, random, options};
    std::size_t in_flight = 0;
    std::array<std::uint8_t, 16'384> buffer{};  // one read
    std::vector<Unsent*> unsent{};
    Inbox inbox{};

    void put_off(Unsent& query);

    void withdraw(Unsent& query) noexcept { std::erase(unsent, &query); }

    void send_unsent();

    // At the end of the loop's turn.
    void end_turn();
};

// One exchange under way. Destroying it takes back all that it asked for.
class Flight {
  public:
    Flight(UvUpstream& upstream, Exchange& exchange) : upstream_(upstream), exchange_(exchange) {
        ++upstream_.in_flight;
    }

    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;
    Flight(Flight&&) = delete;
    Flight& operator=(Flight&&) = delete;

    virtual ~Flight() { --upstream_.in_flight; }

    // Deletes *this, then settles: the last thing that its caller does with the flight.
    void finish(Reply reply) {
        Exchange& exchange = exchange_;
        delete this;
        exchange.settle(std::move(reply));
    }

  protected:
    UvUpstream& upstream() { return upstream_; }

    Exchange& exchange() { return exchange_; }

    // At a deadline: whether there is another one.
    bool is_put_off() const { return upstream_.clock.now() < exchange_.deadline(); }

  private:
    UvUpstream& upstream_;
    Exchange& exchange_;
};

// An exchange that cannot even begin: it says so on the loop's next turn.
class FailedFlight final : public Flight, private Timer {
  public:
    FailedFlight(UvUpstream& upstream, Exchange& exchange, NetError error);
    ~FailedFlight() override;

  private:
    void expire() override;

    NetError error_;
};

using Started = std::expected<std::unique_ptr<Flight>, NetError>;

// How a failed system call on a new socket is told to the resolver.
NetError net_error_of(int code);

// A nonblocking socket of the family of `to`.
std::expected<Descriptor, NetError> make_socket(const Endpoint& to, int type);

// Where a socket to `to` leaves from: the configured address of its family, or any.
Endpoint local_endpoint(const UvNetworkOptions& options, const Endpoint& to, std::uint16_t port);

}  // namespace wend
