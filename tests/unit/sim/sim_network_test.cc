#include "sim/sim_network.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/frame.h"
#include "base/task.h"
#include "sim/clock_timers.h"
#include "sim/event_queue.h"
#include "sim/sim_clock.h"
#include "transport/shared_exchanges.h"
#include "zone_text.h"

using namespace wend;
using namespace wend::sim;
using namespace std::chrono_literals;

namespace {

// One server of one zone; a test sets what is to go wrong.
struct OneServer final : ServerModel {
    ZoneSet zones{};
    std::vector<Duration> delays{20ms};
    std::optional<NetError> error{};
    bool wrong_id = false;
    bool wrong_question = false;
    std::optional<Endpoint> from{};
    bool lower_case = false;
    int asked = 0;

    OneServer() { zones.add(zone_of("example.", "www A 192.0.2.80\n")); }

    ServerReply on_query(const Endpoint&, Channel channel, Octets query, Instant) override {
        ++asked;
        ServerReply reply;
        reply.error = error;
        reply.error_delay = 5ms;
        ResponseStyle style;
        style.lower_case_question = lower_case;
        for (const Duration delay : delays) {
            Delivery delivery;
            delivery.delay = delay;
            delivery.octets = respond(zones, query, channel == Channel::udp, style);
            delivery.octets[0] = wrong_id ? delivery.octets[0] ^ 0xff : delivery.octets[0];
            delivery.octets[13] = wrong_question ? 'y' : delivery.octets[13];
            delivery.from = from;
            reply.deliveries.push_back(delivery);
        }
        return reply;
    }
};

struct World {
    EventQueue queue{};
    SeededRandom random{7};
    OneServer server{};
    SimNetwork network{queue, random, server};
};

const Endpoint server_address{IpAddress::from_text("198.18.0.1").value(), 53};

Query query_over(Channel channel) {
    Query query;
    query.server = server_address;
    query.channel = channel;
    query.question = question_of("www.example.");
    return query;
}

Task<Reply> ask(Network& network, Channel channel, Instant deadline) {
    const Query query = query_over(channel);
    Reply reply = co_await network.exchange(query, deadline);
    co_return reply;
}

Reply run(World& world, Channel channel = Channel::udp) {
    Task<Reply> task = ask(world.network, channel, world.queue.now() + 1s);
    task.start();
    while (!task.done() && world.queue.step()) {
    }
    REQUIRE(task.done());
    CHECK(world.network.in_flight() == 0);
    return task.result();
}

std::optional<NetError> error_of(const Reply& reply) {
    return reply ? std::nullopt : std::optional(reply.error());
}

}  // namespace

TEST_CASE("a reply comes after its delay and is read whole", "[sim][network]") {
    World world;
    const Reply reply = run(world);
    REQUIRE(reply.has_value());
    CHECK((*reply)->round_trip == 20ms);
    CHECK((*reply)->message.records(dns::Section::answer).size() == 1);
    CHECK(world.queue.now() == Instant{} + 20ms);
    CHECK(world.network.queries() == 1);
}

TEST_CASE("silence ends at the deadline", "[sim][network]") {
    World world;
    world.server.delays.clear();
    CHECK(error_of(run(world)) == NetError::timeout);
    CHECK(world.queue.now() == Instant{} + 1s);
}

TEST_CASE("a deadline that is put off while the exchange runs ends it at the later one",
          "[sim][network]") {
    World world;
    world.server.delays.clear();
    SimClock clock(world.queue, WallTime());
    SharedExchanges shared(world.network, clock, HashKey{});
    Task<Reply> first = ask(shared, Channel::udp, world.queue.now() + 1s);
    Task<Reply> second = ask(shared, Channel::udp, world.queue.now() + 3s);
    first.start();
    second.start();
    while (!first.done() && world.queue.step()) {
    }
    CHECK(world.queue.now() == Instant{} + 1s);
    CHECK_FALSE(second.done());
    while (!second.done() && world.queue.step()) {
    }
    CHECK(world.queue.now() == Instant{} + 3s);
    CHECK(error_of(second.result()) == NetError::timeout);
    CHECK(world.network.queries() == 1);
}

TEST_CASE("a reply after the deadline is dropped", "[sim][network]") {
    World world;
    world.server.delays = {2s};
    CHECK(error_of(run(world)) == NetError::timeout);
    while (world.queue.step()) {
    }
    CHECK(world.network.trace().last_events().find("late") != std::string::npos);
}

TEST_CASE("the second copy of a reply is dropped", "[sim][network]") {
    World world;
    world.server.delays = {20ms, 30ms};
    CHECK(run(world).has_value());
    while (world.queue.step()) {
    }
    CHECK(world.network.trace().events() == 3);
}

TEST_CASE("a wrong id over UDP ends the exchange, and a wrong question does not",
          "[sim][network][rfc5452-9.1]") {
    World forged;
    forged.server.wrong_id = true;
    CHECK(error_of(run(forged)) == NetError::forgery_suspected);
    World strange;
    strange.server.wrong_question = true;
    CHECK(error_of(run(strange)) == NetError::timeout);
}

TEST_CASE("a datagram from elsewhere is never seen", "[sim][network]") {
    World world;
    world.server.from = Endpoint{server_address.ip, 54};
    CHECK(error_of(run(world)) == NetError::timeout);
}

TEST_CASE("a question in other letters is an error over UDP and noted over TCP", "[sim][network]") {
    World world;
    world.server.lower_case = true;
    CHECK(error_of(run(world)) == NetError::case_lost);
    const Reply reply = run(world, Channel::tcp);
    REQUIRE(reply.has_value());
    CHECK_FALSE((*reply)->case_kept);
}

TEST_CASE("a refused connection ends the exchange when the refusal arrives", "[sim][network]") {
    World world;
    world.server.delays.clear();
    world.server.error = NetError::refused;
    CHECK(error_of(run(world, Channel::tcp)) == NetError::refused);
    CHECK(world.queue.now() == Instant{} + 5ms);
}

TEST_CASE("an asker that goes away takes its exchange with it", "[sim][network]") {
    World world;
    {
        Task<Reply> task = ask(world.network, Channel::udp, world.queue.now() + 1s);
        task.start();
        CHECK(world.network.in_flight() == 1);
    }
    CHECK(world.network.in_flight() == 0);
    while (world.queue.step()) {
    }
    CHECK(world.server.asked == 0);
    CHECK(live_frames() == 0);
}

TEST_CASE("the same seed gives the same trace and another seed another", "[sim][network]") {
    const auto trace_of = [](std::uint64_t seed) {
        EventQueue queue;
        SeededRandom random(seed);
        OneServer server;
        SimNetwork network(queue, random, server);
        Task<Reply> task = ask(network, Channel::udp, queue.now() + 1s);
        task.start();
        while (queue.step()) {
        }
        return network.trace().hash();
    };
    CHECK(trace_of(1) == trace_of(1));
    CHECK(trace_of(1) != trace_of(2));
}

TEST_CASE("an observer sees query and reply with their octets", "[sim][network]") {
    struct Watcher final : PacketObserver {
        std::string seen{};

        void on_packet(const TraceEntry& entry, Octets message) override {
            seen += to_text(entry.event);
            seen += message.size() > 12 ? " with octets; " : " without; ";
        }
    };

    World world;
    Watcher watcher;
    world.network.trace().observe(&watcher);
    CHECK(run(world).has_value());
    CHECK(watcher.seen == "query with octets; reply with octets; ");
}

TEST_CASE("the network runs the same on timers of any clock", "[sim][network][clock-timers]") {
    EventQueue queue;
    SimClock clock(queue, WallTime{});
    SeededRandom random(7);
    OneServer server;
    {
        ClockTimers timers(clock);
        SimNetwork network(timers, random, server);
        Task<Reply> task = ask(network, Channel::udp, clock.now() + 1s);
        task.start();
        while (queue.step()) {
        }
        REQUIRE(task.done());
        CHECK(task.result().has_value());
        CHECK(queue.now() == Instant{} + 20ms);  // the deadline was cancelled
    }
    CHECK(live_frames() == 0);
}
