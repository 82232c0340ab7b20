#include <algorithm>
#include <memory>

#include <catch2/catch.hpp>
#include <sys/socket.h>

#include "tests/live/transport_world.h"
#include "transport/shared_exchanges.h"
#include "transport/source_port.h"

namespace wend::live {
namespace {

struct Udp : World {
    explicit Udp(UdpServer::Replies replies, const Endpoint& where = loopback_v4)
        : server(*this, std::move(replies), where) {}

    UdpServer server;
    UvNetwork network{loop, clock, random, {.kernel_ports = kernel_port_range()}};
};

std::vector<Bytes> echo(const Bytes& query) {
    return {reply_to(query)};
}

std::vector<Bytes> silence(const Bytes&) {
    return {};
}

// Whether nobody holds the port.
bool is_free(const Endpoint& where) {
    return check_listenable(where, Channel::udp).has_value();
}

}  // namespace

TEST_CASE("a query over UDP gets its reply", "[transport]") {
    for (const Endpoint& where : {loopback_v4, loopback_v6}) {
        {
            Udp udp(echo, where);
            Ask ask(udp, udp.network, query_to(udp.server.address()));
            REQUIRE(udp.run_until([&] { return ask.is_done(); }));
            REQUIRE(ask.is_accepted());
            const Response& response = ask.response();
            CHECK(response.message.question()->qname == dns::name_of("www.example.org."));
            CHECK(response.channel == Channel::udp);
            CHECK(response.case_kept);
            CHECK(response.round_trip > Duration::zero());
            CHECK(udp.network.in_flight() == 0);
        }
        CHECK(live_frames() == 0);
    }
}

TEST_CASE("silence is a timeout at the deadline", "[transport]") {
    Udp udp(silence);
    const Instant began = UvClock::precise_now();
    Ask ask(udp, udp.network, query_to(udp.server.address()), 30 * ms);
    REQUIRE(udp.run_until([&] { return ask.is_done(); }));
    CHECK(ask.error() == NetError::timeout);
    CHECK(UvClock::precise_now() - began >= 29 * ms);
    CHECK(udp.network.in_flight() == 0);
}

TEST_CASE("a deadline that is put off while the exchange runs ends it at the later one",
          "[transport]") {
    Udp udp(silence);
    SharedExchanges shared(udp.network, udp.clock, HashKey{});
    const Query query = query_to(udp.server.address());
    const Instant began = UvClock::precise_now();
    const Ask first(udp, shared, query, 20 * ms);
    const Ask second(udp, shared, query, 60 * ms);
    REQUIRE(udp.run_until([&] { return first.is_done() && second.is_done(); }));
    CHECK(UvClock::precise_now() - began >= 59 * ms);
    CHECK(first.error() == NetError::timeout);
    CHECK(second.error() == NetError::timeout);
}

TEST_CASE("a deadline that has passed is a timeout, but not from inside the start", "[transport]") {
    Udp udp(silence);
    Ask ask(udp, udp.network, query_to(udp.server.address()), -ms);
    CHECK_FALSE(ask.is_done());
    REQUIRE(udp.run_until([&] { return ask.is_done(); }));
    CHECK(ask.error() == NetError::timeout);
}

TEST_CASE("what comes back over UDP and may not be believed ends the exchange by its kind",
          "[transport][rfc5452-9.1]") {
    struct Case {
        UdpServer::Replies replies;
        NetError error;
    };

    const std::vector<Case> cases = {
        {[](const Bytes& query) {
             Bytes reply = reply_to(query);
             reply[0] ^= 0x55;
             return std::vector{reply, reply_to(query)};
         },
         NetError::forgery_suspected},
        {[](const Bytes& query) { return std::vector<Bytes>(8, query); },
         NetError::forgery_suspected},
        {[](const Bytes& query) {
             Bytes reply = reply_to(query);
             reply.resize(1233);
             return std::vector<Bytes>(1, reply);
         },
         NetError::oversized},
        {[](const Bytes& query) {
             Bytes reply = reply_to(query);
             reply[13] ^= 0x20;
             return std::vector<Bytes>(1, reply);
         },
         NetError::case_lost},
        {[](const Bytes& query) {
             Bytes reply = reply_to(query);
             reply[7] = 1;  // promises an answer
             return std::vector<Bytes>(1, reply);
         },
         NetError::unreadable},
    };
    for (const Case& wrong : cases) {
        Udp udp(wrong.replies);
        Ask ask(udp, udp.network, query_to(udp.server.address()));
        REQUIRE(udp.run_until([&] { return ask.is_done(); }));
        CHECK(ask.error() == wrong.error);
    }
}

TEST_CASE("seven datagrams that are no replies do not keep the right one out",
          "[transport][rfc5452-9.1]") {
    Udp udp([](const Bytes& query) {
        std::vector<Bytes> replies(7, query);
        replies.push_back(reply_to(query));
        return replies;
    });
    Ask ask(udp, udp.network, query_to(udp.server.address()));
    REQUIRE(udp.run_until([&] { return ask.is_done(); }));
    CHECK(ask.is_accepted());
}

TEST_CASE("a datagram from another address or port is never seen", "[transport][rfc5452-9.1]") {
    Udp udp(silence);
    UdpServer stranger(udp, silence);
    Ask ask(udp, udp.network, query_to(udp.server.address()));
    REQUIRE(udp.run_until([&] { return !udp.server.queries.empty(); }));
    Bytes forged = reply_to(udp.server.queries[0]);
    forged[3] |= 3;
    stranger.send(udp.server.clients[0], forged);
    udp.run_for(10 * ms);
    CHECK_FALSE(ask.is_done());
    udp.server.send(udp.server.clients[0], reply_to(udp.server.queries[0]));
    REQUIRE(udp.run_until([&] { return ask.is_done(); }));
    CHECK(ask.response().message.header().rcode == 0);
}

TEST_CASE("an ICMP error changes nothing before the deadline", "[transport][rfc5927-4]") {
    World world;
    Endpoint nobody;
    {
        UdpServer gone(world, silence);
        nobody = gone.address();
    }
    UvNetwork network(world.loop, world.clock, world.random);
    Ask ask(world, network, query_to(nobody), 40 * ms);
    world.run_for(20 * ms);
    CHECK_FALSE(ask.is_done());
    REQUIRE(world.run_until([&] { return ask.is_done(); }));
    CHECK(ask.error() == NetError::timeout);
}

TEST_CASE("a port is held while its query lives and no longer", "[transport][rfc5452-9.2]") {
    Udp udp(silence);
    Ask ask(udp, udp.network, query_to(udp.server.address()));
    REQUIRE(udp.run_until([&] { return !udp.server.clients.empty(); }));
    const Endpoint from = udp.server.clients[0];
    CHECK_FALSE(is_free(from));
    CHECK(from.port >= source_port_first);
    udp.server.send(from, reply_to(udp.server.queries[0]));
    REQUIRE(udp.run_until([&] { return ask.is_done(); }));
    CHECK(is_free(from));
}

TEST_CASE("an exchange that cannot begin says why on a later turn", "[transport]") {
    World world;
    UvNetworkOptions options;
    options.local_ipv4 = IpAddress::from_text("192.0.2.1");  // not ours
    options.exchanges_max = 2;
    UvNetwork network(world.loop, world.clock, world.random, options);
    const Endpoint server = *Endpoint::from_text("127.0.0.1:53");
    Ask no_address(world, network, query_to(server));
    Ask no_tls(world, network, query_to(server, Channel::tls));
    Ask no_room(world, network, query_to(server));
    CHECK_FALSE(no_address.is_done());
    CHECK_FALSE(no_room.is_done());
    REQUIRE(world.run_until([&] { return no_room.is_done(); }));
    CHECK(no_address.error() == NetError::unreachable);
    CHECK(no_tls.error() == NetError::unreachable);
    CHECK(no_room.error() == NetError::no_resources);
}

TEST_CASE("an exchange that is dropped leaves nothing behind", "[transport]") {
    {
        Udp udp(echo);
        Ask at_once(udp, udp.network, query_to(udp.server.address()));
        at_once.drop();
        Ask with_reply_waiting(udp, udp.network, query_to(udp.server.address()));
        REQUIRE(udp.run_until([&] { return !udp.server.clients.empty(); }));
        with_reply_waiting.drop();
        CHECK(udp.network.in_flight() == 0);
        Ask failing(udp, udp.network, query_to(udp.server.address(), Channel::tls));
        failing.drop();
        CHECK(udp.network.in_flight() == 0);
        udp.run_for(5 * ms);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("a reply may end an exchange whose own reply was read before", "[transport]") {
    {
        Udp udp(silence);
        const auto drop_after = [](Network& network, const Query& query, Instant deadline,
                                   Ask& other) -> Task<void> {
            auto exchange = network.exchange(query, deadline);
            const Reply reply = co_await exchange;
            CHECK(reply.has_value());
            other.drop();
        };
        const Query query = query_to(udp.server.address());
        std::vector<std::unique_ptr<Ask>> asks;
        for (int i = 0; i < 2; ++i) {
            asks.push_back(std::make_unique<Ask>(udp, udp.network, query));
        }
        auto first = drop_after(udp.network, query, udp.clock.now() + patience, *asks[0]);
        auto last = drop_after(udp.network, query, udp.clock.now() + patience, *asks[1]);
        first.start();
        last.start();
        REQUIRE(udp.run_until([&] { return udp.server.clients.size() == 4; }));
        // All four replies are there when the loop looks again, those to be dropped last.
        for (const std::size_t i : {2U, 3U, 0U, 1U}) {
            udp.server.send(udp.server.clients[i], reply_to(udp.server.queries[i]));
        }
        REQUIRE(udp.run_until([&] { return first.done() && last.done(); }));
        CHECK(udp.network.in_flight() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("queries leave at the end of the loop's turn, but for those given up in it",
          "[transport]") {
    Udp udp(echo);
    constexpr std::size_t count = 50;
    std::vector<std::unique_ptr<Ask>> asks;
    for (std::size_t i = 0; i < count; ++i) {
        asks.push_back(std::make_unique<Ask>(udp, udp.network, query_to(udp.server.address())));
    }
    asks.back()->drop();
    asks.pop_back();
    REQUIRE(udp.run_until(
        [&] { return std::ranges::all_of(asks, [](const auto& ask) { return ask->is_done(); }); }));
    CHECK(std::ranges::all_of(asks, [](const auto& ask) { return ask->is_accepted(); }));
    CHECK(udp.server.queries.size() == count - 1);
    CHECK(udp.network.in_flight() == 0);
}

TEST_CASE("10,000 random and mutated datagrams into exchanges end each of them once",
          "[transport][fuzz]") {
    {
        SeededRandom chance(42);
        std::size_t sent = 0;
        Udp udp([&](const Bytes& query) {
            std::vector<Bytes> replies;
            for (int i = 0; i < 9; ++i) {
                Bytes reply = reply_to(query);
                const std::uint64_t kind = chance.below(4);
                if (kind == 0) {
                    reply.resize(static_cast<std::size_t>(chance.below(1400)));
                }
                // The id is mostly left as it is: what has another is told at once.
                const std::size_t first = chance.chance(5) ? 0 : 2;
                for (std::size_t at = first; at < reply.size(); ++at) {
                    if (kind == 1 || chance.chance(4)) {
                        reply[at] = static_cast<std::uint8_t>(chance.next());
                    }
                }
                replies.push_back(reply);
            }
            sent += replies.size();
            return replies;
        });
        int ended = 0;
        while (sent < 10'000) {
            Ask ask(udp, udp.network, query_to(udp.server.address()));
            REQUIRE(udp.run_until([&] { return ask.is_done(); }));
            ended += ask.error() != NetError::timeout ? 1 : 0;
        }
        CHECK(ended == 1112);
        CHECK(udp.network.in_flight() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("100,000 exchanges leave from ports spread evenly over all that are allowed",
          "[transport][rfc6056-3.3.1]") {
    Udp udp(silence);
    const bool does_kernel_draw = GENERATE(true, false);
    UvNetwork network(udp.loop, udp.clock, udp.random,
                      {.kernel_ports = does_kernel_draw ? kernel_port_range() : std::nullopt});
    std::vector<int> uses(65'536, 0);
    Script script(
        [&](Octets query, const Client& client, ReplySink&, std::uint64_t, MutableOctets out) {
            ++uses[client.address.port];
            return answered(reply_to(query), out);
        });
    const auto listener = *UdpListener::open(udp.loop, loopback_v4, script);
    constexpr std::size_t exchanges = 100'000;
    constexpr std::size_t at_once = 50;
    std::size_t accepted = 0;
    for (std::size_t done = 0; done < exchanges; done += at_once) {
        std::vector<std::unique_ptr<Ask>> asks;
        for (std::size_t i = 0; i < at_once; ++i) {
            asks.push_back(std::make_unique<Ask>(udp, network, query_to(listener->local())));
        }
        REQUIRE(udp.run_until(
            [&] { return std::ranges::all_of(asks, [](auto& ask) { return ask->is_done(); }); }));
        for (const auto& ask : asks) {
            accepted += ask->is_accepted() ? 1U : 0U;
        }
    }
    CHECK(accepted == exchanges);
    CHECK(uses.size() - static_cast<std::size_t>(std::ranges::count(uses, 0)) >= 49'000);
    for (const std::uint16_t never : never_source_ports) {
        CHECK(uses[never] == 0);
    }
    // Pearson's chi-squared over 1,024 equal parts of the range; 1,164 is exceeded by chance once
    // in a thousand runs, 1,300 once in 10^8.
    constexpr std::size_t parts = 1024;
    std::vector<double> observed(parts, 0);
    std::vector<double> expected(parts, 0);
    for (std::size_t i = 0; i < source_ports; ++i) {
        const std::size_t part = i * parts / source_ports;
        observed[part] += uses[source_port_at(i)];
        expected[part] += static_cast<double>(exchanges) / source_ports;
    }
    double chi_squared = 0;
    for (std::size_t part = 0; part < parts; ++part) {
        const double off = observed[part] - expected[part];
        chi_squared += off * off / expected[part];
    }
    CHECK(chi_squared < 1300);
    CHECK(chi_squared > 780);  // and not more even than chance makes it
}

}  // namespace wend::live
