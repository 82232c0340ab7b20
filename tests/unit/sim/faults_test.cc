#include "sim/faults.h"

#include <chrono>
#include <functional>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/authority.h"
#include "sim/forgery.h"
#include "transport/wire_query.h"
#include "zone_text.h"

using namespace wend;
using namespace wend::sim;
using namespace std::chrono_literals;

namespace {

struct GoodServer final : ServerModel {
    ZoneSet zones{};

    GoodServer() { zones.add(zone_of("example.", "www A 192.0.2.80\n")); }

    ServerReply on_query(const Endpoint&, Channel channel, Octets query, Instant) override {
        ServerReply reply;
        reply.deliveries.push_back(
            {20ms, respond(zones, query, channel == Channel::udp, ResponseStyle{}), {}});
        return reply;
    }
};

const Endpoint server{IpAddress::from_text("198.18.0.1").value(), 53};
constexpr int rounds = 1000;

struct Seen {
    int replies = 0;
    int accepted = 0;
    int errors = 0;
    Duration slowest{};
};

Seen send(const FaultPlan& plan, Channel channel = Channel::udp, std::uint64_t seed = 1) {
    SeededRandom random(seed);
    GoodServer good;
    FaultyServers faulty(good, plan, random);
    Query query;
    query.server = server;
    query.channel = channel;
    query.question = question_of("www.example.");
    Seen seen;
    for (int i = 0; i < rounds; ++i) {
        const WireQuery wire(query, random);
        const ServerReply reply =
            faulty.on_query(server, channel, wire.octets(), Instant{} + i * 100ms);
        seen.errors += reply.error ? 1 : 0;
        for (const Delivery& delivery : reply.deliveries) {
            ++seen.replies;
            seen.slowest = std::max(seen.slowest, delivery.delay);
            ReplyFilter filter;
            dns::Message message;
            const bool from_server = !delivery.from || *delivery.from == server;
            const auto verdict = filter.judge(wire, delivery.octets, message);
            seen.accepted += from_server && verdict == ReplyVerdict::accept ? 1 : 0;
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("without a plan nothing goes wrong", "[sim][faults]") {
    const Seen seen = send(FaultPlan{});
    CHECK(seen.replies == rounds);
    CHECK(seen.accepted == rounds);
    CHECK(seen.slowest == 20ms);
}

TEST_CASE("loss strikes each way and duplicates add copies", "[sim][faults]") {
    FaultPlan loss;
    loss.loss_percent = 50;
    const int left = send(loss).replies;
    CHECK(left > 150);
    CHECK(left < 350);
    FaultPlan twice;
    twice.duplicate_percent = 100;
    CHECK(send(twice).replies == 2 * rounds);
}

TEST_CASE("delays get a heavy tail", "[sim][faults]") {
    FaultPlan slow;
    slow.slow_percent = 100;
    CHECK(send(slow).slowest == 20ms * 256);
}

TEST_CASE("a forgery comes before the reply and is wrong in what had to be guessed",
          "[sim][faults]") {
    for (unsigned FaultPlan::* fault :
         {&FaultPlan::wrong_id_percent, &FaultPlan::wrong_port_percent,
          &FaultPlan::wrong_question_percent}) {
        FaultPlan plan;
        plan.*fault = 100;
        const Seen seen = send(plan);
        CHECK(seen.replies == 2 * rounds);
        CHECK(seen.accepted == rounds);  // the true ones
    }
}

TEST_CASE("a reply that is cut short is no reply", "[sim][faults]") {
    FaultPlan cut;
    cut.cut_percent = 100;
    CHECK(send(cut).accepted < rounds / 10);  // now and then nothing is cut off
}

TEST_CASE("a forged answer gives the forged address", "[sim][forgery]") {
    SeededRandom random(1);
    Query query;
    query.question = question_of("www.example.");
    const WireQuery wire(query, random);
    const auto forged = dns::Message::parse(forge_response(wire.octets()));
    REQUIRE(forged.has_value());
    CHECK(forged->header().id == wire.id());
    const auto answers = forged->records(dns::Section::answer);
    REQUIRE(answers.size() == 1);
    CHECK(IpAddress::v4(answers.front().rdata) == forged_address());
}

TEST_CASE("truncation leaves a well formed message", "[sim][faults]") {
    FaultPlan plan;
    plan.truncate_percent = 100;
    CHECK(send(plan).accepted == rounds);
}

TEST_CASE("over TCP connections fail and datagram faults do not strike", "[sim][faults]") {
    FaultPlan plan;
    plan.loss_percent = 100;
    plan.wrong_id_percent = 100;
    CHECK(send(plan, Channel::tcp).accepted == rounds);
    plan.tcp_refused_percent = 50;
    const Seen seen = send(plan, Channel::tcp);
    CHECK(seen.errors > 400);
    CHECK(seen.errors + seen.accepted == rounds);
}

TEST_CASE("a server dies and returns", "[sim][faults]") {
    FaultPlan plan;
    plan.outage_percent = 100;
    const int replies = send(plan).replies;  // asked for 100 s
    CHECK(replies > 0);
    CHECK(replies < rounds);
}

TEST_CASE("the same seed strikes in the same places", "[sim][faults]") {
    SeededRandom random(3);
    const FaultPlan plan = FaultPlan::draw(random);
    const Seen first = send(plan, Channel::udp, 5);
    const Seen again = send(plan, Channel::udp, 5);
    const Seen other = send(plan, Channel::udp, 6);
    CHECK(first.replies == again.replies);
    CHECK(first.slowest == again.slowest);
    CHECK(first.slowest != other.slowest);
}
