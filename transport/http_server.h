// HTTP/1.1 on one listening socket, unix or TCP: who connects, how much each may hold, and how
// long. What requests mean is its handler's business.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "transport/http1.h"
#include "transport/http1_response.h"
#include "transport/uv_clock.h"
#include "transport/uv_loop.h"
#include "transport/uv_poller.h"

namespace wend {

// docs/limits.md has the reasons.
struct HttpServerOptions {
    std::size_t connections_max = 64;
    std::size_t client_connections_max =
        8;  // of one IPv4 address, IPv6 /64 or user of this machine
    Duration head_max = std::chrono::seconds(10);    // from its first octet, or from the connection
    Duration body_max = std::chrono::seconds(20);    // from the end of its head
    Duration idle_max = std::chrono::seconds(60);    // between requests
    Duration unread_max = std::chrono::seconds(30);  // an answer waits and the client takes nothing
    Duration linger_max = std::chrono::seconds(1);   // after a last answer, so that it is read
    Http1Limits http{};
};

// Who is at the other end, as the kernel says it.
struct HttpPeer {
    // Of a unix socket: as it was when the peer connected (SO_PEERCRED, SO_PEERGROUPS).
    struct User {
        std::uint32_t uid = 0;
        std::uint32_t gid = 0;
        std::vector<std::uint32_t> groups{};
    };

    std::optional<User> user{};
    Endpoint address{};  // without a user
    Endpoint local{};    // where it connected to
};

class HttpServer;

// Calls come from the loop. Throws nothing but std::bad_alloc, which ends the connection.
class HttpHandler {
  public:
    HttpHandler() = default;
    HttpHandler(const HttpHandler&) = delete;
    HttpHandler& operator=(const HttpHandler&) = delete;
    HttpHandler(HttpHandler&&) = delete;
    HttpHandler& operator=(HttpHandler&&) = delete;
    virtual ~HttpHandler() = default;

    // To be answered once, at once or later. A connection's next request comes after that.
    virtual void on_request(HttpServer& server, std::uint64_t token, const HttpPeer& peer,
                            Http1Request request) = 0;

    // What was pushed into the answer has left: push() more, or end().
    virtual void on_room(HttpServer& server, std::uint64_t token) = 0;

    // Nobody waits for the answer any more: the token means nothing from here on.
    virtual void on_gone(HttpServer& server, std::uint64_t token) = 0;
};

struct HttpServerCounts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;   // no room, and nobody idle to close for it
    std::uint64_t evicted = 0;   // idle, closed to make room
    std::uint64_t expired = 0;   // too slow
    std::uint64_t requests = 0;  // whole ones
    std::uint64_t bad = 0;       // refused by the reader
};

class HttpConnection;

// One thread, that of the loop.
class HttpServer final : private Watcher, private Timer {
  public:
    // `socket` is bound, listening and nonblocking. All outlive the server. Null: the kernel has no
    // room to watch it.
    static std::unique_ptr<HttpServer> open(UvLoop& loop, UvClock& clock, Descriptor socket,
                                            HttpHandler& handler,
                                            const HttpServerOptions& options = {});
    // Closes all connections, without on_gone().
    ~HttpServer() override;

    // The answer to the request of this token; nothing if that has gone.
    void respond(std::uint64_t token, const Http1Response& response);

    // The same, in parts: the head of `response`, which has no body, then what is pushed, then
    // end(). A stream that is not whole is cut off, so that its reader notices.
    void begin(std::uint64_t token, const Http1Response& response);
    void push(std::uint64_t token, std::string_view octets);
    void end(std::uint64_t token, bool is_whole);

    const HttpServerCounts& counts() const { return counts_; }

    std::size_t connections() const { return slots_.size() - free_.size(); }

    // Held by all connections for what is to be read or sent.
    std::size_t octets_held() const;

  private:
    friend class HttpConnection;

    // A token names a slot and its generation.
    struct Slot {
        std::unique_ptr<HttpConnection> connection;
        std::uint32_t generation = 0;
    };

    HttpServer(UvLoop& loop, UvClock& clock, HttpHandler& handler,
               const HttpServerOptions& options);
    void on_ready(std::uint32_t events) override;
    void expire() override;
    bool accept_one();
    void admit(Descriptor socket);
    bool make_place(const HttpPeer& peer);
    bool evict(const HttpPeer* of);
    void rest();
    HttpConnection* find(std::uint64_t token) const;
    void close(HttpConnection& connection);

    UvClock& clock_;
    HttpHandler& handler_;
    HttpServerOptions options_;
    HttpServerCounts counts_;
    UvPoller poller_;
    PolledSocket socket_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
};

}  // namespace wend
