#include <catch2/catch.hpp>

#include "tests/live/stream_server.h"
#include "transport/shared_exchanges.h"

namespace wend::live {
namespace {

struct TcpWorld : World {
    explicit TcpWorld(StreamServer::OnQuery on_query, UvNetworkOptions options = {})
        : server(*this, std::move(on_query)), network(loop, clock, random, std::move(options)) {}

    Query query() const { return query_to(server.address(), Channel::tcp); }

    bool finish(const Ask& ask) {
        return run_until([&] { return ask.is_done(); });
    }

    StreamServer server;
    UvNetwork network;
};

void echo_query(Peer& peer, const Bytes& query) {
    peer.answer(reply_to(query));
}

void say_nothing(Peer&, const Bytes&) {}

}  // namespace

TEST_CASE("exchanges over TCP share one kept connection", "[transport][rfc7766-6.2.1]") {
    {
        TcpWorld tcp(echo_query);
        for (int i = 0; i < 3; ++i) {
            Ask ask(tcp, tcp.network, tcp.query());
            REQUIRE(tcp.finish(ask));
            REQUIRE(ask.is_accepted());
            CHECK(ask.response().channel == Channel::tcp);
            CHECK(ask.response().case_kept);
            CHECK(ask.response().round_trip > Duration::zero());
        }
        CHECK(tcp.server.peers.size() == 1);
        CHECK(tcp.network.connections() == 1);
        CHECK(tcp.network.in_flight() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("a reply that comes in two parts is whole wherever it is cut", "[transport][rfc7766-8]") {
    std::size_t cut = 0;
    Bytes rest;
    TcpWorld tcp([&](Peer& peer, const Bytes& query) {
        const Bytes reply = framed(reply_to(query));
        peer.send(Bytes(reply.begin(), reply.begin() + static_cast<std::ptrdiff_t>(cut)));
        rest = Bytes(reply.begin() + static_cast<std::ptrdiff_t>(cut), reply.end());
    });
    const std::size_t size = 2 + 12 + 17 + 4;
    for (; cut <= size; ++cut) {
        Ask ask(tcp, tcp.network, tcp.query());
        rest.clear();
        const std::size_t before =
            tcp.server.peers.empty() ? 0 : tcp.server.peers[0]->queries.size();
        REQUIRE(tcp.run_until([&] {
            return !tcp.server.peers.empty() && tcp.server.peers[0]->queries.size() > before;
        }));
        tcp.run_for(ms);
        CHECK((cut == size || !ask.is_done()));
        tcp.server.peers[0]->send(rest);
        REQUIRE(tcp.finish(ask));
        CHECK(ask.is_accepted());
    }
    CHECK(tcp.server.peers.size() == 1);
}

TEST_CASE(
    "32 queries go out on one connection, the next opens another, and replies come in any "
    "order",
    "[transport][rfc7766-6.2.1.1]") {
    TcpWorld tcp(say_nothing);
    std::vector<std::unique_ptr<Ask>> asks;
    for (int i = 0; i < 33; ++i) {
        asks.push_back(std::make_unique<Ask>(tcp, tcp.network, tcp.query()));
    }
    REQUIRE(tcp.run_until([&] {
        return tcp.server.peers.size() == 2 && tcp.server.peers[0]->queries.size() == 32 &&
               tcp.server.peers[1]->queries.size() == 1;
    }));
    Peer& peer = *tcp.server.peers[0];
    std::vector<std::uint16_t> ids;
    for (const Bytes& query : peer.queries) {
        ids.push_back(load_u16(query, 0));
    }
    std::ranges::sort(ids);
    CHECK(std::ranges::adjacent_find(ids) == ids.end());
    for (std::size_t i = 32; i-- > 0;) {
        CHECK_FALSE(asks[i]->is_done());
        peer.answer(reply_to(peer.queries[i]));
        REQUIRE(tcp.finish(*asks[i]));
        CHECK(asks[i]->is_accepted());
    }
    CHECK_FALSE(asks[32]->is_done());
}

TEST_CASE("a connection that nobody uses is closed", "[transport][rfc7766-6.2.3]") {
    UvNetworkOptions options;
    options.connection_idle_max = 20 * ms;
    TcpWorld tcp(echo_query, options);
    Ask ask(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(ask));
    CHECK(tcp.network.connections() == 1);
    REQUIRE(tcp.run_until([&] { return tcp.network.connections() == 0; }));
    REQUIRE(tcp.run_until([&] { return !tcp.server.peers[0]->is_open(); }));
}

TEST_CASE("a connection that ends before the reply is a reset", "[transport]") {
    const std::vector<StreamServer::OnQuery> ways = {
        [](Peer& peer, const Bytes&) { peer.close(); },
        [](Peer& peer, const Bytes&) { peer.reset(); },
        [](Peer& peer, const Bytes& query) {
            Bytes half = framed(reply_to(query));
            half.resize(half.size() / 2);
            peer.send(half);
            peer.close();
        },
        [](Peer& peer, const Bytes&) { peer.send({0, 0}); },
        [](Peer& peer, const Bytes&) { peer.send({0, 11}); },
    };
    for (const auto& way : ways) {
        {
            TcpWorld tcp(way);
            Ask ask(tcp, tcp.network, tcp.query());
            REQUIRE(tcp.finish(ask));
            CHECK(ask.error() == NetError::reset);
            CHECK(tcp.network.in_flight() == 0);
        }
        CHECK(live_frames() == 0);
    }
}

TEST_CASE("what has our id and is no reply ends the exchange and leaves the connection",
          "[transport]") {
    int asked = 0;
    TcpWorld tcp([&](Peer& peer, const Bytes& query) {
        Bytes reply = reply_to(query);
        ++asked;
        if (asked == 1) {
            reply[7] = 1;  // promises an answer
        } else if (asked == 2) {
            reply = query;
        }
        peer.answer(reply);
    });
    for (int i = 1; i <= 3; ++i) {
        Ask ask(tcp, tcp.network, tcp.query());
        REQUIRE(tcp.finish(ask));
        if (i < 3) {
            CHECK(ask.error() == NetError::unreadable);
        } else {
            CHECK(ask.is_accepted());
        }
    }
    CHECK(tcp.network.connections() == 1);
    CHECK(tcp.network.in_flight() == 0);
}

TEST_CASE("a server that does not listen refuses", "[transport]") {
    World world;
    Endpoint nobody;
    {
        StreamServer gone(world, say_nothing);
        nobody = gone.address();
    }
    UvNetwork network(world.loop, world.clock, world.random);
    Ask ask(world, network, query_to(nobody, Channel::tcp));
    CHECK_FALSE(ask.is_done());
    REQUIRE(world.run_until([&] { return ask.is_done(); }));
    CHECK(ask.error() == NetError::refused);
    CHECK(network.connections() == 0);
}

TEST_CASE("a query that meets the close of an idle connection is asked once more",
          "[transport][rfc7766-6.2.4]") {
    int seen = 0;
    TcpWorld tcp([&](Peer& peer, const Bytes& query) {
        ++seen;
        if (seen == 2) {
            peer.close();
        } else {
            peer.answer(reply_to(query));
        }
    });
    Ask first(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(first));
    Ask second(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(second));
    CHECK(second.is_accepted());
    CHECK(seen == 3);
    CHECK(tcp.server.peers.size() == 2);
}

TEST_CASE("a server that closes after each reply is asked on one connection after another",
          "[transport]") {
    TcpWorld tcp([](Peer& peer, const Bytes& query) {
        peer.answer(reply_to(query));
        peer.close();
    });
    Ask first(tcp, tcp.network, tcp.query());
    Ask second(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.run_until([&] { return first.is_done() && second.is_done(); }));
    CHECK(first.is_accepted());
    CHECK(second.is_accepted());
}

TEST_CASE("over TCP too a deadline may be put off while the exchange runs", "[transport]") {
    TcpWorld tcp(say_nothing);
    SharedExchanges shared(tcp.network, tcp.clock, HashKey{});
    const Instant began = UvClock::precise_now();
    const Ask first(tcp, shared, tcp.query(), 20 * ms);
    const Ask second(tcp, shared, tcp.query(), 60 * ms);
    REQUIRE(tcp.finish(second));
    CHECK(UvClock::precise_now() - began >= 59 * ms);
    CHECK(first.error() == NetError::timeout);
    CHECK(second.error() == NetError::timeout);
}

TEST_CASE("a connection that went silent is not used again", "[transport]") {
    TcpWorld tcp(say_nothing);
    Ask unheard(tcp, tcp.network, tcp.query(), 20 * ms);
    REQUIRE(tcp.finish(unheard));
    CHECK(unheard.error() == NetError::timeout);
    tcp.server.on_query = echo_query;
    Ask next(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(next));
    CHECK(next.is_accepted());
    CHECK(tcp.server.peers.size() == 2);
    CHECK(tcp.run_until([&] { return tcp.network.connections() == 1; }));
}

TEST_CASE("a reply that lost its letter case is accepted over TCP, and says so",
          "[transport][rfc5452-9.2]") {
    TcpWorld tcp([](Peer& peer, const Bytes& query) {
        Bytes reply = reply_to(query);
        reply[13] ^= 0x20;
        peer.answer(reply);
    });
    Ask ask(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(ask));
    REQUIRE(ask.is_accepted());
    CHECK_FALSE(ask.response().case_kept);
}

TEST_CASE("replies to nobody on a stream are passed over", "[transport]") {
    TcpWorld tcp([](Peer& peer, const Bytes& query) {
        Bytes reply = reply_to(query);
        reply[0] ^= 1;
        for (int i = 0; i < 20; ++i) {
            peer.answer(reply);
        }
        peer.answer(reply_to(query));
    });
    Ask ask(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(ask));
    CHECK(ask.is_accepted());
}

TEST_CASE("a TCP exchange may be dropped at every stage", "[transport]") {
    {
        TcpWorld tcp(say_nothing);
        Ask connecting(tcp, tcp.network, tcp.query());
        connecting.drop();
        CHECK(tcp.network.in_flight() == 0);
        Ask sent(tcp, tcp.network, tcp.query());
        REQUIRE(tcp.run_until(
            [&] { return !tcp.server.peers.empty() && !tcp.server.peers[0]->queries.empty(); }));
        sent.drop();
        Ask half(tcp, tcp.network, tcp.query());
        Peer& peer = *tcp.server.peers[0];
        REQUIRE(tcp.run_until([&] { return peer.queries.size() >= 2; }));
        const Bytes reply = framed(reply_to(peer.queries.back()));
        peer.send(Bytes(reply.begin(), reply.begin() + 9));
        tcp.run_for(5 * ms);
        half.drop();
        peer.send(Bytes(reply.begin() + 9, reply.end()));
        tcp.server.on_query = echo_query;
        Ask last(tcp, tcp.network, tcp.query());
        REQUIRE(tcp.finish(last));
        CHECK(last.is_accepted());
        CHECK(tcp.server.peers.size() == 1);
        Ask unfinished(tcp, tcp.network, tcp.query());
        unfinished.drop();
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("a full house closes an idle connection for a new server, or says that it is full",
          "[transport]") {
    UvNetworkOptions options;
    options.connections_max = 1;
    TcpWorld tcp(echo_query, options);
    StreamServer other(tcp, say_nothing);
    Ask first(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(first));
    Ask second(tcp, tcp.network, query_to(other.address(), Channel::tcp));
    CHECK(tcp.network.connections() == 1);
    Ask third(tcp, tcp.network, tcp.query());
    REQUIRE(tcp.finish(third));
    CHECK(third.error() == NetError::no_resources);
    CHECK_FALSE(second.is_done());
}

}  // namespace wend::live
