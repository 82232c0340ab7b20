// Serves on one UDP socket: a batch of datagrams comes in with one system call, is answered into
// the listener's own buffers, and leaves with one. No allocation for a datagram.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>

#include "transport/listen.h"
#include "transport/query_handler.h"
#include "transport/uv_loop.h"

struct mmsghdr;

namespace wend {

struct UdpListenerOptions {
    Sharing sharing = Sharing::shared;
    // Asked of the kernel, which may give less. It holds what comes while a burst of new names
    // begins: some 10,000 queries.
    int receive_buffer_bytes = 4 << 20;
};

struct UdpListenerCounts {
    std::uint64_t received = 0;
    std::uint64_t unreadable = 0;  // over 1,232 octets, or from port 0: dropped
    std::uint64_t sent = 0;
    std::uint64_t unsent = 0;  // the kernel had no room, or would not send there: dropped
};

// One for each worker and address; one thread.
class UdpListener final : public ReplySink {
  public:
    // The handler outlives the listener.
    static std::expected<std::unique_ptr<UdpListener>, ListenError> open(
        UvLoop& loop, const Endpoint& where, QueryHandler& handler,
        const UdpListenerOptions& options = {});
    // The same on a socket that is bound already (open_listening_socket).
    static std::unique_ptr<UdpListener> adopt(UvLoop& loop, Descriptor socket,
                                              QueryHandler& handler,
                                              const UdpListenerOptions& options = {});
    ~UdpListener() override;

    // With the port that the kernel chose.
    Endpoint local() const { return local_; }

    const UdpListenerCounts& counts() const { return counts_; }

    // At the end of the loop's turn at the latest, with what else there is to send by then.
    void send(std::uint64_t token, const Client& client, Octets message) override;

  private:
    struct Batch;
    struct Outbox;

    UdpListener(Descriptor socket, QueryHandler& handler);
    void watch(UvLoop& loop);
    void serve();
    void prepare(std::size_t count);
    std::size_t receive_batch();
    void answer(std::size_t index);
    void send_batch();
    void send_outbox();
    void send_all(std::span<mmsghdr> messages);

    Descriptor socket_;
    QueryHandler& handler_;
    Endpoint local_;
    bool is_wildcard_;
    UdpListenerCounts counts_;
    std::unique_ptr<Batch> batch_;
    std::unique_ptr<Outbox> outbox_;
    UvHandle<uv_poll_t> poll_;
    std::optional<UvTurnEnd> turn_end_;
};

}  // namespace wend
