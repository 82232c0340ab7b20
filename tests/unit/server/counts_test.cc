// What serving writes on the board.
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

#include "observe/board.h"
#include "server/serve.h"
#include "server/upstream_counts.h"
#include "tests/unit/server/records.h"
#include "tests/unit/server/stand_ins.h"

namespace wend {
namespace {

constexpr Duration batch_time = std::chrono::microseconds(80);

struct CountedServer {
    // HandClock begins at one hour.
    static Instant later() { return Instant(std::chrono::hours(1)) + batch_time; }

    CountedServer() {
        cache.store(addresses_of("known.example.", 1), cache::Rank::answer_from_aa, clock.now());
        const ServeWorld world{.source = source,
                               .cache = cache,
                               .clock = clock,
                               .random = random,
                               .access = access,
                               .local_zones = local_zones,
                               .stats = board.stats,
                               .response = &board.response,
                               .precise_now = &later};
        serve.emplace(world, ServeOptions());
    }

    Outcome ask(std::string_view name, std::string_view from, dns::Type type = dns::Type::a) {
        std::vector<std::uint8_t> octets(12);
        octets[2] = 1;  // RD
        octets[5] = 1;
        const dns::Name qname = dns::name_of(name);
        octets.insert(octets.end(), qname.wire().begin(), qname.wire().end());
        octets.insert(octets.end(), {0, static_cast<std::uint8_t>(type), 0, 1});
        const Client client{*Endpoint::from_text(from), Channel::udp};
        return serve->on_query(octets, client, sink, ++token, out).outcome;
    }

    HistogramSum took(dns::Source source_of) const {
        HistogramSum sum;
        sum.add(board.response[place_of(source_of)]);
        return sum;
    }

    WorkerBoard board;
    StandInSource source;
    cache::Cache cache{cache::Options{.bytes_max = std::size_t{1} << 20, .shards = 1}};
    HandClock clock;
    SeededRandom random{1};
    policy::AccessList access{policy::default_allowed()};
    policy::LocalZones local_zones{{}};
    KeepingSink sink;
    std::uint64_t token = 0;
    std::vector<std::uint8_t> out = std::vector<std::uint8_t>(65'535);
    std::optional<Serve> serve;
};

constexpr std::string_view client_v4 = "192.168.1.7:5353";
constexpr std::string_view client_v6 = "[fd00::7]:5353";

}  // namespace

TEST_CASE("answers at once are timed when their batch has left, each under its source",
          "[server]") {
    CountedServer served;
    CHECK(served.ask("known.example.", client_v4) == Outcome::answered);
    CHECK(served.ask("known.example.", client_v4) == Outcome::answered);
    CHECK(served.ask("1.0.0.127.in-addr.arpa.", client_v4, dns::Type::ptr) == Outcome::answered);
    CHECK(served.ask("known.example.", "203.0.113.1:5353") == Outcome::answered);
    CHECK(served.took(dns::Source::cache).total() == 0);
    served.serve->batch_ended();
    served.serve->batch_ended();
    using dns::Source;
    CHECK(served.took(Source::cache).total() == 2);
    CHECK(served.took(Source::cache).sum_us == 2 * 80);
    CHECK(served.took(Source::local).total() == 1);
    CHECK(served.took(Source::refused).total() == 1);
    CHECK(served.took(Source::network).total() == 0);
}

TEST_CASE("an answer that was waited for is timed from its query on", "[server]") {
    CountedServer served;
    served.source.answer.rcode = dns::Rcode::noerror;
    served.source.answer.security = dns::Security::secure;
    served.source.answer.answer = {addresses_of("new.example.", 1)};
    CHECK(served.ask("new.example.", client_v4) == Outcome::pending);
    served.serve->batch_ended();
    CHECK(served.serve->questions() == 1);
    served.clock.advance(std::chrono::milliseconds(30));
    served.source.parking.wake(0);
    CHECK(served.took(dns::Source::network).total() == 1);
    CHECK(served.took(dns::Source::network).sum_us == 30'000);
    CHECK(served.took(dns::Source::cache).total() == 0);
    CHECK(served.board.stats.get(dns::Security::secure) == 1);
    CHECK(served.serve->questions() == 0);
}

TEST_CASE("queries are counted by their address family and by their type", "[server]") {
    CountedServer served;
    served.ask("known.example.", client_v4);
    served.ask("known.example.", client_v6);
    served.ask("known.example.", client_v6, dns::Type::aaaa);
    CHECK(served.board.stats.get(Counter::queries_udp) == 3);
    CHECK(served.board.stats.queries(Path::udp_ipv6) == 2);
    CHECK(served.board.stats.queries(Path::udp_ipv4) == 1);
    CHECK(served.board.stats.type(Stats::place_of_type(dns::Type::a)) == 2);
    CHECK(served.board.stats.type(Stats::place_of_type(dns::Type::aaaa)) == 1);
}

TEST_CASE("queries to servers are counted by their way, and by what came back", "[server]") {
    WorkerBoard board;
    UpstreamCounts counts(board);
    Query query;
    query.server = *Endpoint::from_text("[2001:db8::1]:53");
    query.channel = Channel::tcp;
    counts.on_query(query);
    auto response = std::make_shared<Response>();
    response->round_trip = std::chrono::milliseconds(12);
    counts.on_reply(query, Reply(ResponsePtr(response)));
    query.server = *Endpoint::from_text("192.0.2.1:53");
    query.channel = Channel::udp;
    counts.on_query(query);
    counts.on_reply(query, std::unexpected(NetError::timeout));
    CHECK(board.stats.upstream(Path::tcp_ipv6) == 1);
    CHECK(board.stats.upstream(Path::udp_ipv4) == 1);
    CHECK(board.stats.get(UpstreamOutcome::reply) == 1);
    CHECK(board.stats.get(UpstreamOutcome::timeout) == 1);
    HistogramSum over_tcp;
    over_tcp.add(board.round_trip[1]);
    CHECK(over_tcp.sum_us == 12'000);
}

TEST_CASE("each error of the network is an outcome by the same word", "[server]") {
    for (std::size_t i = 0; i <= place_of(NetError::no_resources); ++i) {
        const auto error = static_cast<NetError>(i);
        CHECK_FALSE(to_text(outcome_of(error)).empty());
    }
    CHECK(outcome_of(NetError::no_resources) == UpstreamOutcome::no_resources);
    CHECK(outcome_of(NetError::forgery_suspected) == UpstreamOutcome::forgery_suspected);
}

}  // namespace wend
