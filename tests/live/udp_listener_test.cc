#include <cerrno>
#include <map>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/live/transport_world.h"

namespace wend::live {
namespace {

// A client's socket, bound to a loopback address of its own.
class TestSocket {
  public:
    explicit TestSocket(const Endpoint& from = loopback_v4)
        : socket_(*open_listening_socket(from, Channel::udp, Sharing::alone)) {}

    Endpoint local() const { return bound_endpoint(socket_.get()); }

    void send(const Endpoint& to, const Bytes& octets) {
        sockaddr_storage address;
        const unsigned size = to.to_sockaddr(address);
        sendto(socket_.get(), octets.data(), octets.size(), 0,
               reinterpret_cast<const sockaddr*>(&address), size);
    }

    struct Datagram {
        Endpoint from;
        Bytes octets;
    };

    std::optional<Datagram> receive() {
        Bytes buffer(65'536);
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        const ssize_t got = recvfrom(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                     reinterpret_cast<sockaddr*>(&from), &size);
        if (got < 0) {
            return std::nullopt;
        }
        buffer.resize(static_cast<std::size_t>(got));
        return Datagram{Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(from)), buffer};
    }

    std::optional<Datagram> wait(World& world) {
        std::optional<Datagram> datagram;
        world.run_until([&] {
            datagram = receive();
            return datagram.has_value();
        });
        return datagram;
    }

  private:
    Descriptor socket_;
};

QueryResult echo(Octets query, const Client&, ReplySink&, std::uint64_t, MutableOctets out) {
    return answered(bytes_of(query), out);
}

Endpoint with_port(std::string_view address, std::uint16_t port) {
    return {*IpAddress::from_text(address), port};
}

}  // namespace

TEST_CASE("each of many datagrams is answered to its sender", "[transport]") {
    World world;
    Script script(echo);
    for (const Endpoint& where : {loopback_v4, loopback_v6}) {
        const auto listener = *UdpListener::open(world.loop, where, script);
        std::vector<std::unique_ptr<TestSocket>> clients;
        for (std::uint8_t i = 0; i < 150; ++i) {  // more than two batches
            clients.push_back(std::make_unique<TestSocket>(where));
            clients.back()->send(listener->local(), Bytes(12, i));
        }
        for (std::uint8_t i = 0; i < 150; ++i) {
            const auto reply = clients[i]->wait(world);
            REQUIRE(reply);
            CHECK(reply->octets == Bytes(12, i));
            CHECK(reply->from == listener->local());
        }
        CHECK(listener->counts().received == 150);
        CHECK(listener->counts().sent == 150);
    }
    CHECK(script.queries == 300);
    CHECK(script.ended == 300);
    CHECK(script.batches >= 6);  // of at most 64 each
    CHECK(script.batches < 300);
}

TEST_CASE("a reply leaves from the address that the query came to", "[transport]") {
    World world;
    std::vector<std::pair<std::uint64_t, Client>> pending;
    ReplySink* sink = nullptr;
    Script script([&](Octets query, const Client& client, ReplySink& its_sink, std::uint64_t token,
                      MutableOctets out) {
        sink = &its_sink;
        if (query[0] == 'p') {
            pending.emplace_back(token, client);
            return QueryResult{.outcome = Outcome::pending};
        }
        return answered(bytes_of(query), out);
    });
    const auto v4 = *UdpListener::open(world.loop, *Endpoint::from_text("0.0.0.0:0"), script);
    const auto v6 = *UdpListener::open(world.loop, *Endpoint::from_text("[::]:0"), script);
    TestSocket client(loopback_v4);
    TestSocket client_v6(loopback_v6);
    for (const char* address : {"127.0.0.2", "127.0.0.1", "127.77.0.9"}) {
        const Endpoint to = with_port(address, v4->local().port);
        for (const std::uint8_t kind : Bytes{'a', 'p'}) {
            client.send(to, Bytes(12, kind));
            if (kind == 'p') {
                REQUIRE(world.run_until([&] { return !pending.empty(); }));
                sink->send(pending[0].first, pending[0].second, Bytes(12, 'p'));
                pending.clear();
            }
            const auto reply = client.wait(world);
            REQUIRE(reply);
            CHECK(reply->from == to);
            CHECK(reply->octets == Bytes(12, kind));
        }
    }
    const Endpoint to = with_port("::1", v6->local().port);
    for (const std::uint8_t kind : Bytes{'a', 'p'}) {
        client_v6.send(to, Bytes(12, kind));
        if (kind == 'p') {
            REQUIRE(world.run_until([&] { return !pending.empty(); }));
            sink->send(pending[0].first, pending[0].second, Bytes(12, 'p'));
        }
        const auto reply = client_v6.wait(world);
        REQUIRE(reply);
        CHECK(reply->from == to);
    }
}

TEST_CASE("late replies leave from as many addresses as were asked", "[transport]") {
    World world;
    std::vector<std::pair<std::uint64_t, Client>> pending;
    ReplySink* sink = nullptr;
    Script script(
        [&](Octets, const Client& client, ReplySink& its_sink, std::uint64_t token, MutableOctets) {
            sink = &its_sink;
            pending.emplace_back(token, client);
            return QueryResult{.outcome = Outcome::pending};
        });
    const auto v4 = *UdpListener::open(world.loop, *Endpoint::from_text("0.0.0.0:0"), script);
    TestSocket client(loopback_v4);
    constexpr std::size_t addresses = 300;
    for (std::size_t i = 0; i < addresses; ++i) {
        const std::string address =
            "127.9." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
        client.send(with_port(address, v4->local().port), Bytes(12, 'p'));
        REQUIRE(world.run_until([&] { return pending.size() == i + 1; }));
    }
    for (const auto& [token, who] : pending) {
        sink->send(token, who, Bytes(12, 'p'));
        const auto reply = client.wait(world);
        REQUIRE(reply);
        CHECK(reply->from == Endpoint{who.local, v4->local().port});
    }
    CHECK(pending.front().second.local == *IpAddress::from_text("127.9.0.1"));
    CHECK(pending.back().second.local == *IpAddress::from_text("127.9.1.50"));
}

TEST_CASE("answers of 65,507 octets and dropped queries do not disturb the others", "[transport]") {
    World world;
    Script script([](Octets query, const Client&, ReplySink&, std::uint64_t, MutableOctets out) {
        CHECK(out.size() == 65'535);
        if (query[0] % 3 == 0) {
            return QueryResult{.outcome = Outcome::dropped};
        }
        return answered(Bytes(query[0] % 3 == 1 ? 65'507 : 40, query[0]), out);
    });
    const auto listener = *UdpListener::open(world.loop, loopback_v4, script);
    TestSocket client;
    for (std::uint8_t i = 0; i < 30; ++i) {
        client.send(listener->local(), Bytes(12, i));
        if (i % 3 != 0) {
            const auto reply = client.wait(world);
            REQUIRE(reply);
            CHECK(reply->octets == Bytes(i % 3 == 1 ? 65'507 : 40, i));
        }
    }
    // A batch of long answers is more than the buffer holds at once.
    for (int i = 0; i < 3; ++i) {
        client.send(listener->local(), Bytes(12, 1));
    }
    for (int i = 0; i < 3; ++i) {
        const auto reply = client.wait(world);
        REQUIRE(reply);
        CHECK(reply->octets.size() == 65'507);
    }
}

TEST_CASE("answers that come later leave by the end of the loop's turn, however many",
          "[transport]") {
    World world;
    constexpr std::uint8_t count = 100;
    std::vector<std::pair<Client, std::uint64_t>> waiting;
    Script script(
        [&](Octets, const Client& client, ReplySink& sink, std::uint64_t token, MutableOctets) {
            waiting.emplace_back(client, token);
            for (std::uint8_t i = 0; waiting.size() == 2 && i < count; ++i) {
                const auto& [to, its_token] = waiting[i % 2];
                sink.send(its_token, to, Bytes(i < 4 ? 30'000 : 20, i));
            }
            return QueryResult{.outcome = Outcome::pending};
        });
    const auto listener = *UdpListener::open(world.loop, *Endpoint::from_text("0.0.0.0:0"), script);
    const Endpoint to{.ip = loopback_v4.ip, .port = listener->local().port};
    TestSocket one;
    TestSocket two;
    one.send(to, Bytes(12, 1));
    two.send(to, Bytes(12, 2));
    for (std::uint8_t i = 0; i < count; ++i) {
        const auto reply = (i % 2 == 0 ? one : two).wait(world);
        REQUIRE(reply);
        CHECK(reply->from == to);
        CHECK(reply->octets == Bytes(i < 4 ? 30'000 : 20, i));
    }
    CHECK(listener->counts().sent == count);
}

TEST_CASE("a query over 1,232 octets is dropped", "[transport][rfc6891-6.2.3]") {
    World world;
    int asked = 0;
    Script script([&](Octets query, const Client&, ReplySink&, std::uint64_t, MutableOctets out) {
        ++asked;
        return answered(bytes_of(query), out);
    });
    const auto listener = *UdpListener::open(world.loop, loopback_v4, script);
    TestSocket client;
    client.send(listener->local(), Bytes(1233, 1));
    client.send(listener->local(), Bytes(1232, 2));
    const auto reply = client.wait(world);
    REQUIRE(reply);
    CHECK(reply->octets == Bytes(1232, 2));
    CHECK(asked == 1);
    CHECK(listener->counts().unreadable == 1);
}

TEST_CASE("10,000 random and mutated datagrams get at most one answer each", "[transport][fuzz]") {
    World world;
    SeededRandom chance(5);
    std::map<std::uint32_t, int> answers;
    std::uint32_t asked = 0;
    Script script([&](Octets query, const Client&, ReplySink&, std::uint64_t, MutableOctets out) {
        CHECK(query.size() <= 1232);
        ++asked;
        if (chance.chance(20)) {
            return QueryResult{.outcome = Outcome::dropped};
        }
        return answered(bytes_of(query), out);
    });
    const auto listener = *UdpListener::open(world.loop, loopback_v4, script);
    TestSocket client;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        Bytes datagram(static_cast<std::size_t>(chance.below(1300)));
        for (std::uint8_t& octet : datagram) {
            octet = static_cast<std::uint8_t>(chance.next());
        }
        if (datagram.size() >= 4) {
            store_u32(datagram, 0, i);
        }
        client.send(listener->local(), datagram);
        if (i % 50 == 49) {
            world.run_until([&] { return listener->counts().received == i + 1; });
        }
        while (const auto reply = client.receive()) {
            CHECK(reply->octets.size() <= 1232);
            if (reply->octets.size() >= 4) {
                ++answers[load_u32(reply->octets, 0)];
            }
        }
    }
    const UdpListenerCounts& counts = listener->counts();
    CHECK(counts.received == 10'000);
    CHECK(counts.received == asked + counts.unreadable);
    CHECK(answers.size() > 6'000);
    CHECK(std::ranges::all_of(answers, [](const auto& entry) { return entry.second == 1; }));
}

TEST_CASE("workers share a port, and one who would be alone is told that it is taken",
          "[transport]") {
    World world;
    Script script(echo);
    const auto one = *UdpListener::open(world.loop, loopback_v4, script);
    const auto two = UdpListener::open(world.loop, one->local(), script);
    CHECK(two.has_value());
    const auto taken = check_listenable(one->local(), Channel::udp);
    REQUIRE_FALSE(taken);
    CHECK(to_text(taken.error()).find("another program listens there") != std::string::npos);
}

TEST_CASE("an address that no interface has is told, and may be listened on all the same",
          "[transport]") {
    World world;
    Script script(echo);
    const Endpoint elsewhere = *Endpoint::from_text("192.0.2.1:0");
    for (const Channel channel : {Channel::udp, Channel::tcp}) {
        const auto told = check_listenable(elsewhere, channel);
        REQUIRE_FALSE(told);
        CHECK(told.error().code == EADDRNOTAVAIL);
        CHECK(to_text(told.error()).ends_with(": no interface of this host has the address"));
    }
    const auto listener = UdpListener::open(world.loop, elsewhere, script);
    REQUIRE(listener);
    CHECK((*listener)->local().ip == elsewhere.ip);
}

}  // namespace wend::live
