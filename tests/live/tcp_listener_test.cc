#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "tests/live/test_stream.h"
#include "transport/listener_tcp.h"

namespace wend::live {
namespace {

// Echoes; 'p' stays pending, 'd' is dropped, 'l' gets a long answer.
struct Server : World {
    explicit Server(const TcpListenerOptions& options = {})
        : script([this](Octets query, const Client& client, ReplySink&, std::uint64_t token,
                        MutableOctets out) {
              if (query[0] == 'p') {
                  pending.push_back({token, client, bytes_of(query)});
                  return QueryResult{.outcome = Outcome::pending};
              }
              if (query[0] == 'd') {
                  return QueryResult{.outcome = Outcome::dropped};
              }
              return answered(query[0] == 'l' ? Bytes(60'000, 1) : bytes_of(query), out);
          }),
          listener(*TcpListener::open(loop, clock, loopback_v4, script, options)) {}

    void answer(std::size_t index) {
        listener->send(pending[index].token, pending[index].client, pending[index].query);
    }

    bool wait_for_connections(std::size_t count) {
        return run_until([&] { return listener->connections() == count; });
    }

    struct Pending {
        std::uint64_t token;
        Client client;
        Bytes query;
    };

    std::vector<Pending> pending;
    Script script;
    std::unique_ptr<TcpListener> listener;
};

// As many descriptors as the system lets us have.
void raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
    setrlimit(RLIMIT_NOFILE, &limit);
}

Bytes message_of(std::uint8_t first, std::uint8_t rest, std::size_t size = 20) {
    Bytes message(size, rest);
    message[0] = first;
    return message;
}

}  // namespace

TEST_CASE("queries on a stream are answered wherever it is cut", "[transport][rfc7766-8]") {
    Server server;
    TestStream stream(server.listener->local());
    const Bytes octets = framed(message_of('a', 1));
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
        const auto middle = octets.begin() + static_cast<std::ptrdiff_t>(cut);
        stream.send(Bytes(octets.begin(), middle));
        server.run_for(ms);
        stream.send(Bytes(middle, octets.end()));
        REQUIRE(stream.wait(server, cut + 1));
        CHECK(stream.messages().back() == message_of('a', 1));
        CHECK(server.script.ended == cut + 1);
    }
    CHECK(server.script.batches == octets.size() + 1);
}

TEST_CASE("answers leave as they are ready, out of order", "[transport][rfc7766-6.2.1.1]") {
    Server server;
    TestStream stream(server.listener->local());
    Bytes burst = framed(message_of('p', 1));
    for (const Bytes& message : {message_of('a', 2), message_of('d', 3), message_of('a', 4)}) {
        const Bytes frame = framed(message);
        burst.insert(burst.end(), frame.begin(), frame.end());
    }
    stream.send(burst);
    REQUIRE(stream.wait(server, 2));
    server.answer(0);
    REQUIRE(stream.wait(server, 3));
    CHECK(stream.messages() ==
          std::vector{message_of('a', 2), message_of('a', 4), message_of('p', 1)});
    CHECK(server.listener->counts().queries == 4);
}

TEST_CASE("a client that stops sending still gets its answers", "[transport][rfc7766-6.2.4]") {
    Server server;
    TestStream stream(server.listener->local());
    stream.send(framed(message_of('p', 1)));
    stream.stop_sending();
    REQUIRE(server.run_until([&] { return server.pending.size() == 1; }));
    server.run_for(3 * ms);
    CHECK(server.listener->connections() == 1);
    server.answer(0);
    CHECK(stream.wait(server, 1));
    CHECK(server.wait_for_connections(0));
    CHECK(stream.is_closed());
}

TEST_CASE("an answer for a connection that has gone is dropped", "[transport]") {
    Server server;
    {
        TestStream stream(server.listener->local());
        stream.send(framed(message_of('p', 1)));
        REQUIRE(server.run_until([&] { return server.pending.size() == 1; }));
        stream.send({0, 0});  // breaks the stream
        REQUIRE(server.wait_for_connections(0));
    }
    TestStream another(server.listener->local());
    REQUIRE(server.wait_for_connections(1));
    server.answer(0);
    CHECK(server.listener->counts().late == 1);
    another.send(framed(message_of('a', 2)));
    REQUIRE(another.wait(server, 1));
    CHECK(another.messages() == std::vector<Bytes>(1, message_of('a', 2)));
}

TEST_CASE("a length under twelve closes the connection", "[transport][rfc7766-8]") {
    for (std::uint8_t length = 0; length < 12; ++length) {
        Server server;
        TestStream stream(server.listener->local());
        stream.send({0, length});
        CHECK(server.run_until([&] { return stream.is_closed(); }));
    }
}

TEST_CASE("at most 32 queries of a connection are in flight, the rest waits in the kernel",
          "[transport]") {
    Server server;
    TestStream stream(server.listener->local());
    for (std::uint8_t i = 0; i < 100; ++i) {
        stream.send(framed(message_of('p', i)));
    }
    REQUIRE(server.run_until([&] { return server.pending.size() == 32; }));
    server.run_for(5 * ms);
    CHECK(server.pending.size() == 32);
    for (std::size_t i = 0; i < 100; ++i) {
        REQUIRE(server.run_until([&] { return server.pending.size() > i; }));
        CHECK(server.pending.size() <= i + 32);
        server.answer(i);
    }
    REQUIRE(stream.wait(server, 100));
    for (std::uint8_t i = 0; i < 100; ++i) {
        CHECK(stream.messages()[i] == message_of('p', i));
    }
}

TEST_CASE("a client that does not read is not read from, and closed in the end", "[transport]") {
    TcpListenerOptions options;
    options.unread_max = 100 * ms;
    Server server(options);
    TestStream stream(server.listener->local());
    stream.set_receive_buffer(4096);
    for (int i = 0; i < 500; ++i) {
        stream.send(framed(message_of('l', 1)));
    }
    REQUIRE(server.run_until([&] { return server.listener->counts().queries > 0; }));
    REQUIRE(server.wait_for_connections(0));
    CHECK(server.listener->counts().expired == 1);
    CHECK(server.listener->counts().queries < 200);
}

TEST_CASE("silence, a slow message and idleness end a connection each after its own time",
          "[transport]") {
    TcpListenerOptions options;
    options.first_octet_max = 30 * ms;
    options.message_max = 60 * ms;
    options.idle_max = 90 * ms;
    Server server(options);
    const Instant began = UvClock::precise_now();
    TestStream silent(server.listener->local());
    TestStream slow(server.listener->local());
    TestStream idle(server.listener->local());
    TestStream waiting(server.listener->local());
    slow.send({0, 20, 1});
    idle.send(framed(message_of('a', 1)));
    waiting.send(framed(message_of('p', 1)));
    REQUIRE(idle.wait(server, 1));
    REQUIRE(server.run_until([&] { return silent.is_closed(); }));
    CHECK(UvClock::precise_now() - began >= 30 * ms);
    REQUIRE(server.run_until([&] { return slow.is_closed(); }));
    CHECK(UvClock::precise_now() - began >= 60 * ms);
    REQUIRE(server.run_until([&] { return idle.is_closed(); }));
    CHECK(UvClock::precise_now() - began >= 90 * ms);
    CHECK(server.listener->counts().expired == 3);
    CHECK_FALSE(waiting.is_closed());
    server.answer(0);
    CHECK(waiting.wait(server, 1));
}

TEST_CASE("a message that drips in octet by octet is cut off all the same", "[transport]") {
    TcpListenerOptions options;
    options.message_max = 50 * ms;
    Server server(options);
    TestStream stream(server.listener->local());
    stream.send({0xff, 0xff});
    CHECK(server.run_until([&] {
        stream.send({7});
        return stream.is_closed();
    }));
    CHECK(server.listener->counts().queries == 0);
}

TEST_CASE("1,000 silent clients from one address keep out neither UDP nor a new TCP client",
          "[transport]") {
    raise_descriptor_limit();
    Server server;
    Script script([](Octets query, const Client&, ReplySink&, std::uint64_t, MutableOctets out) {
        return answered(reply_to(query), out);
    });
    const auto udp = *UdpListener::open(server.loop, loopback_v4, script);
    std::vector<std::unique_ptr<TestStream>> silent;
    for (int i = 0; i < 1000; ++i) {
        silent.push_back(std::make_unique<TestStream>(server.listener->local()));
        REQUIRE(silent.back()->is_connected());
        if (i % 100 == 0) {
            server.run_for(ms);
        }
    }
    TestStream client(server.listener->local());
    client.send(framed(message_of('a', 9)));
    REQUIRE(client.wait(server, 1));
    CHECK(client.messages()[0] == message_of('a', 9));
    const TcpListenerCounts& counts = server.listener->counts();
    CHECK(server.listener->connections() <= 51);
    CHECK(counts.refused == 0);
    CHECK(counts.accepted == 1001);
    UvNetwork network(server.loop, server.clock, server.random);
    Ask ask(server, network, query_to(udp->local()));
    REQUIRE(server.run_until([&] { return ask.is_done(); }));
    CHECK(ask.is_accepted());
}

TEST_CASE("a full house closes the oldest idle connection and never one with a query",
          "[transport]") {
    TcpListenerOptions options;
    options.connections_max = 3;
    options.client_percent = 100;
    options.client_connections_min = 3;
    Server server(options);
    const Endpoint to = server.listener->local();
    TestStream busy(to, *Endpoint::from_text("127.0.0.5:0"));
    busy.send(framed(message_of('p', 1)));
    REQUIRE(server.run_until([&] { return server.pending.size() == 1; }));
    TestStream active(to, *Endpoint::from_text("127.0.0.6:0"));
    REQUIRE(server.wait_for_connections(2));
    TestStream idle(to, *Endpoint::from_text("127.0.0.7:0"));
    REQUIRE(server.wait_for_connections(3));
    active.send(framed(message_of('a', 1)));
    REQUIRE(active.wait(server, 1));
    TestStream fourth(to, *Endpoint::from_text("127.0.0.8:0"));
    REQUIRE(server.run_until([&] { return idle.is_closed(); }));
    CHECK_FALSE(busy.is_closed());
    CHECK_FALSE(active.is_closed());
    active.send(framed(message_of('p', 2)));
    fourth.send(framed(message_of('p', 3)));
    REQUIRE(server.run_until([&] { return server.pending.size() == 3; }));
    TestStream fifth(to, *Endpoint::from_text("127.0.0.9:0"));
    REQUIRE(server.run_until([&] { return fifth.is_closed(); }));
    CHECK(server.listener->counts().refused == 1);
    CHECK(server.listener->counts().refused_share == 0);
    CHECK(server.listener->counts().refused_last == *IpAddress::from_text("127.0.0.9"));
    server.answer(0);
    CHECK(busy.wait(server, 1));
}

TEST_CASE("one client's share is its own to lose", "[transport]") {
    TcpListenerOptions options;
    options.client_connections_min = 2;
    options.client_percent = 0;
    Server server(options);
    const Endpoint to = server.listener->local();
    TestStream neighbour(to, *Endpoint::from_text("127.0.0.5:0"));
    TestStream first(to);
    TestStream second(to);
    REQUIRE(server.wait_for_connections(3));
    TestStream third(to);
    REQUIRE(server.run_until([&] { return first.is_closed(); }));
    CHECK_FALSE(neighbour.is_closed());
    CHECK_FALSE(second.is_closed());
    CHECK(server.listener->counts().evicted == 1);
    second.send(framed(message_of('p', 1)));
    third.send(framed(message_of('p', 2)));
    REQUIRE(server.run_until([&] { return server.pending.size() == 2; }));
    TestStream fourth(to);
    REQUIRE(server.run_until([&] { return fourth.is_closed(); }));
    CHECK(server.listener->counts().refused_share == 1);
}

TEST_CASE("random octets on a stream end it or are taken for queries, nothing worse",
          "[transport][fuzz]") {
    Server server;
    SeededRandom chance(9);
    for (int i = 0; i < 300; ++i) {
        TestStream stream(server.listener->local());
        Bytes octets(static_cast<std::size_t>(chance.below(600)));
        for (std::uint8_t& octet : octets) {
            octet = static_cast<std::uint8_t>(chance.chance(60) ? 0 : chance.below(64));
        }
        stream.send(octets);
        if (chance.chance(50)) {
            stream.stop_sending();
        }
        server.run_for(ms);
        for (std::size_t at = 0; at < server.pending.size(); ++at) {
            server.answer(at);
        }
        server.pending.clear();
    }
    CHECK(server.wait_for_connections(0));
}

TEST_CASE("who had come by the time that nobody new is taken in is answered", "[transport]") {
    Server server;
    const Endpoint to = server.listener->local();
    TestStream served(to);
    served.send(framed(message_of('p', 1)));
    REQUIRE(server.run_until([&] { return server.pending.size() == 1; }));
    TestStream in_backlog(to);
    in_backlog.send(framed(message_of('a', 2)));
    server.listener->close_to_new();
    CHECK_FALSE(TestStream(to).is_connected());
    REQUIRE(in_backlog.wait(server, 1));
    server.answer(0);
    REQUIRE(served.wait(server, 1));
    served.send(framed(message_of('a', 3)));
    REQUIRE(served.wait(server, 2));
    CHECK(server.listener->connections() == 2);
}

TEST_CASE("new limits hold for connections that are open", "[transport]") {
    TcpListenerOptions options;
    options.queries_in_flight_max = 1;
    Server server(options);
    TestStream stream(server.listener->local());
    Bytes three;
    for (std::uint8_t i = 0; i < 3; ++i) {
        const Bytes frame = framed(message_of('p', i));
        three.insert(three.end(), frame.begin(), frame.end());
    }
    stream.send(three);
    REQUIRE(server.run_until([&] { return server.pending.size() == 1; }));
    server.run_for(5 * ms);
    CHECK(server.pending.size() == 1);
    options.queries_in_flight_max = 8;
    server.listener->set_options(options);
    server.answer(0);
    CHECK(server.run_until([&] { return server.pending.size() == 3; }));
    options.idle_max = 20 * ms;
    server.listener->set_options(options);
    server.answer(1);
    server.answer(2);
    CHECK(server.run_until([&] { return stream.is_closed(); }));
}

TEST_CASE("a port in use is one sentence", "[transport]") {
    Server server;
    const auto taken = check_listenable(server.listener->local(), Channel::tcp);
    REQUIRE_FALSE(taken);
    CHECK(to_text(taken.error()) ==
          "cannot listen on " + server.listener->local().to_text() +
              " (TCP): another program listens there; stop it, or choose another port");
}

}  // namespace wend::live
