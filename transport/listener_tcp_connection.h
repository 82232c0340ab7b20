// One client's TCP connection.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "transport/listener_tcp.h"
#include "transport/stream_frames.h"

namespace wend {

// Ends by way of its listener, from its own events only: answers that come from elsewhere leave a
// note for the next turn.
class TcpConnection final : private Watcher, private Timer {
  public:
    TcpConnection(TcpListener& listener, const Endpoint& address, std::uint64_t token);
    TcpConnection(const TcpConnection&) = delete;
    TcpConnection& operator=(const TcpConnection&) = delete;
    TcpConnection(TcpConnection&&) = delete;
    TcpConnection& operator=(TcpConnection&&) = delete;
    ~TcpConnection() override;

    [[nodiscard]] bool open(Descriptor socket);

    const Endpoint& address() const { return client_.address; }

    std::uint64_t token() const { return token_; }

    // The answer to a query that was pending.
    void deliver(Octets message);

    // It had to wait to be read, and its client's turn has come. It may be gone when this returns.
    void go_on();

    IdleLink among_all;
    IdleLink among_its_client;
    IdleLink among_deferred;

  private:
    void on_ready(std::uint32_t events) override;
    void expire() override;

    bool handle(std::uint32_t events);
    bool read();
    void answer_messages();
    void answer(Octets message);
    void queue(Octets message);
    bool flush();
    bool settle_down();
    bool may_go_on() const;
    bool is_let_in();

    bool is_busy() const {
        return in_flight_ > 0 || !unsent_.empty() || among_deferred.is_member();
    }

    void update_wants();
    Instant deadline() const;
    void watch_deadline();

    TcpListener& listener_;
    Client client_;
    std::uint64_t token_;
    PolledSocket socket_;
    StreamFrames frames_;
    std::vector<std::uint8_t> unsent_;
    std::size_t in_flight_ = 0;
    bool has_ended_input_ = false;  // the client sends no more, but may still read
    bool is_broken_ = false;
    bool is_held_up_ = false;  // whole messages may be waiting in frames_
    bool was_heard_ = false;
    bool answered_ = false;  // at once, since it was last flushed
    Instant active_at_;      // accepted, or last moved forward by a message
    Instant progress_at_;    // octets left last
    std::optional<Instant> message_began_at_;
    Instant deferred_at_{};
    Instant timer_at_{};
};

}  // namespace wend
