// A TCP server on loopback that does what a test tells it, octet by octet.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "tests/live/transport_world.h"
#include "transport/listen.h"
#include "transport/uv_poller.h"

namespace wend::live {

class StreamServer;

// One accepted connection.
class Peer final : public Watcher {
  public:
    Peer(StreamServer& server, Descriptor socket);

    void send(const Bytes& octets);

    // A reply, framed.
    void answer(const Bytes& reply) { send(framed(reply)); }

    void close() { socket_.close(); }

    // Ends it with RST.
    void reset();

    bool is_open() const { return socket_.is_open(); }

    std::vector<Bytes> queries;

  private:
    void on_ready(std::uint32_t events) override;

    StreamServer& server_;
    PolledSocket socket_;
    StreamFrames frames_;
};

class StreamServer final : private Watcher {
  public:
    using OnQuery = std::function<void(Peer& peer, const Bytes& query)>;

    StreamServer(World& world, OnQuery its_on_query, const Endpoint& where = loopback_v4);

    Endpoint address() const { return bound_endpoint(socket_.fd()); }

  private:
    friend class Peer;
    void on_ready(std::uint32_t events) override;

    UvPoller poller_;  // goes after the sockets that it watches
    PolledSocket socket_;

  public:
    // All that ever connected.
    std::vector<std::unique_ptr<Peer>> peers;
    OnQuery on_query;
};

}  // namespace wend::live
