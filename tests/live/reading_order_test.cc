// The TCP listener obeys the order of reading: who is put off is read later, and loses nothing.
#include <memory>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/live/test_stream.h"
#include "transport/listener_tcp.h"

namespace wend::live {
namespace {

// Puts everybody off until an instant; a turn is so many messages.
class Order final : public ReadingOrder {
  public:
    Instant may_read_at(const IpAddress& client) override {
        ++asked;
        in_turn = 0;
        last = client;
        return not_before;
    }

    bool is_turn_over() const override { return in_turn >= turn; }

    void accepted(const IpAddress&) override { ++connections; }

    void moved(const IpAddress&, std::size_t octets) override { octets_moved += octets; }

    Instant not_before{};
    int turn = 1'000'000;
    int in_turn = 0;
    int asked = 0;
    int connections = 0;
    std::size_t octets_moved = 0;
    IpAddress last{};
};

struct Server : World {
    explicit Server(TcpListenerOptions options = {})
        : script([this](Octets query, const Client&, ReplySink&, std::uint64_t, MutableOctets out) {
              ++order.in_turn;
              heard.push_back(query[1]);
              return answered(bytes_of(query), out);
          }) {
        options.order = &order;
        listener = *TcpListener::open(loop, clock, loopback_v4, script, options);
    }

    void put_off(Duration time) { order.not_before = UvClock::precise_now() + time; }

    Order order;
    std::vector<std::uint8_t> heard;
    Script script;
    std::unique_ptr<TcpListener> listener;
};

Bytes message_of(std::uint8_t number) {
    Bytes message(20, 0);
    message[0] = 'a';
    message[1] = number;
    return framed(message);
}

}  // namespace

TEST_CASE("a client that is put off is answered when its time has come", "[transport][E13]") {
    // It is not held against the client that nobody looks.
    Server server({.first_octet_max = 40 * ms, .message_max = 40 * ms, .idle_max = 40 * ms});
    TestStream stream(server.listener->local());
    server.put_off(200 * ms);
    const Instant until = server.order.not_before;
    stream.send(message_of(1));
    REQUIRE(stream.wait(server, 1));
    CHECK(UvClock::precise_now() >= until);
    CHECK(server.order.connections == 1);
    CHECK(server.order.octets_moved == 40);  // there and back
    CHECK(server.listener->counts().deferred == 1);
    CHECK(server.listener->counts().expired == 0);
    CHECK(server.order.last == loopback_v4.ip);
    // And asked about no more often than need be.
    CHECK(server.order.asked <= 4);
}

TEST_CASE("connections of a client that is put off are read in the order in which they came",
          "[transport][E13]") {
    Server server;
    std::vector<std::unique_ptr<TestStream>> streams;
    server.put_off(100 * ms);
    for (std::uint8_t i = 0; i < 20; ++i) {
        streams.push_back(std::make_unique<TestStream>(server.listener->local()));
        streams.back()->send(message_of(i));
        REQUIRE(server.run_until([&] { return server.listener->counts().deferred == i + 1U; }));
    }
    CHECK(server.heard.empty());
    for (const auto& stream : streams) {
        REQUIRE(stream->wait(server, 1));
    }
    std::vector<std::uint8_t> expected;
    for (std::uint8_t i = 0; i < 20; ++i) {
        expected.push_back(i);
    }
    CHECK(server.heard == expected);
    CHECK(server.listener->counts().deferred == 20);
}

TEST_CASE("a turn's end leaves the rest of a connection's messages for another turn",
          "[transport][E13]") {
    Server server;
    server.order.turn = 3;
    TestStream stream(server.listener->local());
    Bytes octets;
    for (std::uint8_t i = 0; i < 100; ++i) {
        const Bytes message = message_of(i);
        octets.insert(octets.end(), message.begin(), message.end());
    }
    stream.send(octets);
    stream.stop_sending();
    REQUIRE(stream.wait(server, 100));
    CHECK(server.order.asked >= 34);
    for (std::size_t i = 0; i < 100; ++i) {
        CHECK(stream.messages().at(i).at(1) == i);
    }
    CHECK(server.run_until([&] { return stream.is_closed(); }));
}

TEST_CASE("two connections take turns", "[transport][E13]") {
    Server server;
    server.order.turn = 1;
    TestStream first(server.listener->local());
    TestStream second(server.listener->local());
    Bytes octets;
    Bytes others;
    for (std::uint8_t i = 0; i < 50; ++i) {
        const Bytes message = message_of(i);
        octets.insert(octets.end(), message.begin(), message.end());
        const Bytes other = message_of(static_cast<std::uint8_t>(100 + i));
        others.insert(others.end(), other.begin(), other.end());
    }
    first.send(octets);
    second.send(others);
    REQUIRE(first.wait(server, 50));
    // While the first one's 50 were answered so were the other's, but for those at the edges.
    CHECK(second.messages().size() >= 40);
    REQUIRE(second.wait(server, 50));
}

TEST_CASE("connections end while they are put off", "[transport][E13]") {
    Server server;
    auto stream = std::make_unique<TestStream>(server.listener->local());
    TestStream other(server.listener->local());
    server.put_off(50 * ms);
    stream->send(message_of(1));
    other.send(message_of(2));
    REQUIRE(server.run_until([&] { return server.listener->counts().deferred == 2; }));
    SECTION("the client's end") {
        stream.reset();
        REQUIRE(other.wait(server, 1));
        CHECK(server.run_until([&] { return server.listener->connections() == 1; }));
    }
    SECTION("the listener's") {
        server.listener.reset();
        server.run_for(100 * ms);
        CHECK(server.heard.empty());
    }
}

}  // namespace wend::live
