// The sockets that UDP queries leave from: each query has a connected one, on a port that was drawn
// for it and is free again when it ends (RFC 5452 9.2).
//
// To make, bind and close a socket costs four times what it costs to connect one again, which the
// kernel allows to leave its port only if the kernel chose it. So a port is drawn from all that are
// allowed, and where it lies in the range from which the kernel draws, the kernel draws: uniformly
// from that range, with a socket that was used before. The ports are as evenly spread as if each
// had been bound.
#pragma once
#include <array>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "transport/network.h"
#include "transport/source_port.h"
#include "transport/uv_poller.h"

namespace wend {

struct UvNetworkOptions;
class SourceSockets;

// From which this host's kernel draws ports, if it does so unpredictably. Reads a file of the
// kernel's.
std::optional<PortRange> kernel_port_range();

// One of them, lent to one query.
class SourceSocket final : private Watcher {
  public:
    ~SourceSocket() override;
    SourceSocket(const SourceSocket&) = delete;
    SourceSocket& operator=(const SourceSocket&) = delete;
    SourceSocket(SourceSocket&&) = delete;
    SourceSocket& operator=(SourceSocket&&) = delete;

    int fd() const { return socket_.fd(); }

  private:
    friend class SourceSockets;

    SourceSocket(SourceSockets& owner, bool is_v4, bool changes_ports);

    void on_ready(std::uint32_t events) override;  // while it rests

    SourceSockets& owner_;
    PolledSocket socket_;
    bool is_v4_;
    bool changes_ports_;  // the kernel chose its port
};

// One thread. Outlives what it lends. Has no more sockets in all than there may be exchanges.
class SourceSockets {
  public:
    // Ports tried when the drawn one is in use here.
    static constexpr int draws_max = 16;
    // Sockets of each family that are kept for later.
    static constexpr std::size_t resting_max = 512;
    // Sockets that are cleared away together.
    static constexpr std::size_t returned_max = 64;

    // Gives the socket back. Nobody hears of it any more; its port is free when it is cleared away.
    struct Return {
        void operator()(SourceSocket* socket) const noexcept;
    };

    using Lent = std::unique_ptr<SourceSocket, Return>;
    using Result = std::expected<Lent, NetError>;

    // `options` outlives it.
    SourceSockets(UvPoller& poller, Random& random, const UvNetworkOptions& options);
    SourceSockets(const SourceSockets&) = delete;
    SourceSockets& operator=(const SourceSockets&) = delete;
    SourceSockets(SourceSockets&&) = delete;
    SourceSockets& operator=(SourceSockets&&) = delete;
    ~SourceSockets() = default;

    // Connected to `to` and empty; `user` hears when it can be read, until it is given back.
    Result lend(const Endpoint& to, Watcher& user);

    // Frees the ports of all that was given back. To be called at the end of each turn of the loop.
    void clear_away() noexcept;

    std::size_t resting() const { return resting_[0].size() + resting_[1].size(); }

  private:
    friend class SourceSocket;

    using Owned = std::unique_ptr<SourceSocket>;

    Result lend_bound(std::uint16_t port, const Endpoint& to, Watcher& user);
    Result lend_with_kernels_port(const Endpoint& to, Watcher& user);
    Owned take_resting(bool is_v4, Watcher& user);
    std::expected<Owned, NetError> make(const Endpoint& to, bool changes_ports, Watcher& user);
    void take_back(Owned socket) noexcept;
    void put_to_rest(Owned socket) noexcept;
    void close_resting() noexcept;
    void drop(const SourceSocket& socket) noexcept;

    std::vector<Owned>& resting_of(bool is_v4) { return resting_[is_v4 ? 1 : 0]; }

    UvPoller& poller_;
    Random& random_;
    const UvNetworkOptions& options_;
    bool are_kernels_allowed_;  // all of its ports
    std::size_t open_ = 0;
    std::array<std::vector<Owned>, 2> resting_;  // of IPv6, of IPv4
    std::vector<Owned> returned_;
};

}  // namespace wend
