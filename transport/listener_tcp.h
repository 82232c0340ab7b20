// Serves DNS over TCP (RFC 7766): queries are pipelined and answered in any order, and nobody can
// keep others out by holding connections open.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <vector>

#include "transport/idle_list.h"
#include "transport/listen.h"
#include "transport/query_handler.h"
#include "transport/reading_order.h"
#include "transport/uv_clock.h"
#include "transport/uv_loop.h"
#include "transport/uv_poller.h"

namespace wend {

// docs/limits.md has the reasons.
struct TcpListenerOptions {
    Sharing sharing = Sharing::shared;
    std::size_t connections_max = 1'024;
    // One client's share of them: an IPv4 address or an IPv6 /64.
    unsigned client_percent = 5;
    std::size_t client_connections_min = 8;
    // Then we read no further until some are answered.
    std::size_t queries_in_flight_max = 32;
    std::size_t unsent_max = 128 * 1024;
    Duration first_octet_max = std::chrono::seconds(3);
    Duration message_max = std::chrono::seconds(5);  // from its first octet to its last
    Duration idle_max = std::chrono::seconds(10);
    Duration unread_max = std::chrono::seconds(10);  // answers wait and the client takes nothing
    ReadingOrder* order = nullptr;                   // outlives the listener; null: who comes first
};

struct TcpListenerCounts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;        // no room, and no idle connection to close for it
    std::uint64_t refused_share = 0;  // of them: the client had its share
    IpAddress refused_last{};         // who was turned away last
    std::uint64_t evicted = 0;        // idle, closed to make room
    std::uint64_t expired = 0;        // too slow
    std::uint64_t queries = 0;
    std::uint64_t late = 0;      // answers for connections that had gone
    std::uint64_t deferred = 0;  // connections that were to be read and had to wait
};

class TcpConnection;

// One for each worker and address; one thread.
class TcpListener final : public ReplySink, private Watcher, private Timer {
  public:
    // The clock and the handler outlive the listener.
    static std::expected<std::unique_ptr<TcpListener>, ListenError> open(
        UvLoop& loop, UvClock& clock, const Endpoint& where, QueryHandler& handler,
        const TcpListenerOptions& options = {});
    // The same on a socket that is bound and listens already (open_listening_socket).
    static std::expected<std::unique_ptr<TcpListener>, ListenError> adopt(
        UvLoop& loop, UvClock& clock, Descriptor socket, QueryHandler& handler,
        const TcpListenerOptions& options = {});
    ~TcpListener() override;

    // From here on these hold, for connections that are open too. `sharing` is as it was.
    void set_options(const TcpListenerOptions& options) { options_ = options; }

    // Takes in who has come so far and nobody after: the socket is closed. Connections live on.
    void close_to_new();

    Endpoint local() const { return local_; }

    const TcpListenerCounts& counts() const { return counts_; }

    std::size_t connections() const { return slots_.size() - free_.size(); }

    void send(std::uint64_t token, const Client& client, Octets message) override;

  private:
    friend class TcpConnection;

    // A token names a slot and its generation: it means nothing once the connection has gone.
    struct Slot {
        std::unique_ptr<TcpConnection> connection;
        std::uint32_t generation = 0;
    };

    // A client whose connections wait to be read has a timer for them.
    class ClientState final : public Timer {
      public:
        ClientState(TcpListener& listener, const IpAddress& client)
            : listener_(listener), client_(client) {}

        ~ClientState() override { listener_.clock_.cancel(*this); }

        void expire() override { listener_.read_deferred(client_); }

        std::size_t connections = 0;
        IdleList idle;
        IdleList deferred;

      private:
        TcpListener& listener_;
        IpAddress client_;
    };

    TcpListener(UvLoop& loop, UvClock& clock, QueryHandler& handler,
                const TcpListenerOptions& options);
    void on_ready(std::uint32_t events) override;
    void expire() override;
    void accept_waiting(int at_most);
    bool accept_one();
    void admit(Descriptor socket, const Endpoint& address);
    void take_in(Descriptor socket, const Endpoint& address);
    bool make_place(ClientState& client);
    bool evict(IdleList& list);
    ClientState& state_of(const IpAddress& client);
    // Whether the connection may be read in this turn; if not it is called later.
    bool lets_read(TcpConnection& connection);
    bool is_turn_over() const;
    void note_moved(const TcpConnection& connection, std::size_t octets);
    void read_deferred(const IpAddress& client);
    void rest();
    // An idle connection may be closed to make room; one with a query or an answer may not.
    void note_idle(TcpConnection& connection);
    static void note_busy(TcpConnection& connection);
    void end(TcpConnection& connection);
    void forget_if_gone(const IpAddress& client);
    std::size_t client_connections_max() const;

    UvClock& clock_;
    QueryHandler& handler_;
    TcpListenerOptions options_;
    TcpListenerCounts counts_;
    Endpoint local_;
    UvPoller poller_;
    PolledSocket socket_;
    std::map<IpAddress, ClientState> clients_;
    IdleList idle_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::array<std::uint8_t, 16'384> in_{};
    std::array<std::uint8_t, 2 + 65'535> out_{};
};

}  // namespace wend
