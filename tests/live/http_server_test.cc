#include "transport/http_server.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/temporary_directory.h"
#include "transport/listen.h"
#include "transport/unix_socket.h"

namespace wend {
namespace {

using namespace std::chrono_literals;

// Answers with what was asked for; "/stream" in three parts.
class Echo final : public HttpHandler {
  public:
    void on_request(HttpServer& server, std::uint64_t token, const HttpPeer& peer,
                    Http1Request request) override {
        last_peer = peer;
        if (request.path == "/stream") {
            server.begin(token, Http1Response(200));
            server.push(token, "one");
        } else if (request.path != "/never") {
            server.respond(token, Http1Response(200, request.path + request.query));
        }
    }

    void on_room(HttpServer& server, std::uint64_t token) override {
        ++rooms;
        server.push(token, "more");
        if (rooms == 2) {
            server.end(token, true);
        }
    }

    void on_gone(HttpServer&, std::uint64_t) override { ++gone; }

    HttpPeer last_peer;
    int rooms = 0;
    int gone = 0;
};

struct HttpWorld {
    explicit HttpWorld(const HttpServerOptions& options = {}) {
        auto socket =
            open_listening_socket({*IpAddress::from_text("127.0.0.1"), 0}, Channel::tcp, {});
        REQUIRE(socket);
        where = bound_endpoint(socket->get());
        server = HttpServer::open(loop, clock, std::move(*socket), echo, options);
        REQUIRE(server);
    }

    Descriptor client() const {
        sockaddr_storage address{};
        const unsigned size = where.to_sockaddr(address);
        Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(connect(made.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        return made;
    }

    void turn(int times = 20) {
        for (int i = 0; i < times; ++i) {
            uv_run(loop.get(), UV_RUN_NOWAIT);
        }
    }

    static void say(const Descriptor& to, std::string_view text) {
        REQUIRE(send(to.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
    }

    // What has come, and at its end "<end>".
    std::string hear(const Descriptor& from) {
        turn();
        std::string text(65'536, '\0');
        std::string heard;
        while (true) {
            const ssize_t size = recv(from.get(), text.data(), text.size(), MSG_DONTWAIT);
            if (size <= 0) {
                return heard + (size == 0 ? "<end>" : "");
            }
            heard.append(text, 0, static_cast<std::size_t>(size));
        }
    }

    UvLoop loop;
    UvClock clock{loop};
    Echo echo;
    Endpoint where;
    std::unique_ptr<HttpServer> server;
};

}  // namespace

TEST_CASE("a body of unknown length comes in chunks, and to HTTP/1.0 ends with its connection",
          "[transport][rfc9112-7.1]") {
    HttpWorld world;
    const Descriptor one = world.client();
    HttpWorld::say(one,
                   "GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string chunked = world.hear(one);
    CHECK(chunked.contains("Transfer-Encoding: chunked\r\n"));
    CHECK_FALSE(chunked.contains("Content-Length: 11"));
    CHECK(chunked.contains("\r\n\r\n3\r\none\r\n4\r\nmore\r\n4\r\nmore\r\n0\r\n\r\nHTTP/1.1 200"));
    CHECK(chunked.ends_with("/next"));
    world.echo.rooms = 0;
    const Descriptor old = world.client();
    HttpWorld::say(old, "GET /stream HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    const std::string plain = world.hear(old);
    CHECK_FALSE(plain.contains("Transfer-Encoding"));
    CHECK(plain.contains("Connection: close\r\n"));
    CHECK(plain.ends_with("onemoremore<end>"));
}

TEST_CASE("a body is asked for where the client waits for that, and a refusal is read to its end",
          "[transport][rfc9110-10.1.1]") {
    HttpWorld world({.http = {.body_octets_max = 10}});
    const Descriptor one = world.client();
    HttpWorld::say(
        one, "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    CHECK(world.hear(one) == "HTTP/1.1 100 Continue\r\n\r\n");
    HttpWorld::say(one, "hi");
    CHECK(world.hear(one).ends_with("\r\n\r\n/a"));
    HttpWorld::say(one, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" +
                            std::string(100'000, 'x'));
    const std::string refused = world.hear(one);
    CHECK(refused.starts_with("HTTP/1.1 413 "));
    CHECK(refused.ends_with("<end>"));
}

TEST_CASE("a client that goes while its answer is owed is forgotten, and its token with it",
          "[transport]") {
    HttpWorld world;
    {
        const Descriptor one = world.client();
        HttpWorld::say(one, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
        world.turn();
        CHECK(world.server->connections() == 1);
        const linger reset{.l_onoff = 1, .l_linger = 0};
        setsockopt(one.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    world.turn();
    CHECK(world.echo.gone == 1);
    CHECK(world.server->connections() == 0);
    world.server->respond(0, Http1Response(200));  // of a token that means nothing any more
    CHECK(world.server->octets_held() == 0);
}

TEST_CASE("one client has its share of connections, and who asks pushes out who is silent",
          "[transport]") {
    HttpWorld world({.connections_max = 4, .client_connections_max = 3});
    std::vector<Descriptor> silent;
    for (int i = 0; i < 10; ++i) {
        silent.push_back(world.client());
        world.turn(2);
    }
    CHECK(world.server->connections() == 3);
    CHECK(world.server->counts().evicted == 7);
    std::vector<Descriptor> busy;
    for (int i = 0; i < 3; ++i) {
        busy.push_back(world.client());
        HttpWorld::say(busy.back(), "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
        world.turn();
    }
    const Descriptor late = world.client();
    CHECK(world.hear(late) == "<end>");
    CHECK(world.server->counts().refused == 1);
    CHECK(world.server->connections() == 3);
}

TEST_CASE("a peer of a unix socket is known by the kernel's word", "[transport]") {
    const TemporaryDirectory directory;
    const std::string path = directory.path() + "/s";
    {
        UvLoop loop;
        UvClock clock(loop);
        Echo echo;
        auto listener = listen_on_unix_socket(path);
        REQUIRE(listener);
        CHECK(listener->file.gid() == getegid());
        const auto server = HttpServer::open(loop, clock, std::move(listener->socket), echo);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
        const Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(connect(client.get(), reinterpret_cast<const sockaddr*>(&address),
                        sizeof address) == 0);
        HttpWorld::say(client, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 20; ++i) {
            uv_run(loop.get(), UV_RUN_NOWAIT);
        }
        REQUIRE(echo.last_peer.user);
        CHECK(echo.last_peer.user->uid == geteuid());
        CHECK(echo.last_peer.user->gid == getegid());
        CHECK_FALSE(listen_on_unix_socket(path));
    }
    CHECK(std::filesystem::is_empty(directory.path()));  // the socket's file has gone with it
}

}  // namespace wend
