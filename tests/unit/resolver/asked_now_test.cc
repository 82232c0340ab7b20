// Who has the same to ask as somebody else, at the same time, asks the same server.
#include "resolver/asked_now.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "resolver/select.h"
#include "test_world.h"
#include "transport/shared_exchanges.h"

using namespace wend;
using namespace wend::test;
using namespace std::chrono_literals;
using dns::Type;

namespace {

const dns::Name zone = dns::name_of("example.");
const Endpoint first{.ip = ip("10.0.1.1"), .port = 53};
const Endpoint second{.ip = ip("10.0.1.2"), .port = 53};

Candidate server(const Endpoint& endpoint) {
    Candidate candidate;
    candidate.endpoint = endpoint;
    return candidate;
}

// Three names of one zone below top. are asked for at once; top. has two servers that are alike.
int queries_for_the_cut(std::uint64_t seed) {
    TestWorld world(seed);
    world.zone("10.0.0.1", ".",
               "top NS ns1.top\ntop NS ns2.top\nns1.top A 10.0.1.1\nns2.top A 10.0.1.2\n");
    world.zone("10.0.1.1", "top.", "zone NS ns.zone\nns.zone A 10.0.2.1\n");
    world.servers.internet.add_server(ip("10.0.1.2"), {.round_trip = 10ms});
    world.servers.internet.serve(ip("10.0.1.2"), dns::name_of("top."));
    world.zone("10.0.2.1", "zone.top.", "a A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n");
    world.ask("other.top.");
    world.servers.asked.clear();
    SharedExchanges network(world.network, world.clock, HashKey{});
    Resolver resolver(
        World{network, world.clock, world.random, world.cache, world.memory, world.failures},
        world.options);
    std::vector<Task<Answer>> tasks;
    for (const std::string_view name : {"a.zone.top.", "b.zone.top.", "c.zone.top."}) {
        tasks.push_back(resolver.resolve(question_of(name, Type::a), {}));
        tasks.back().start();
    }
    world.pass(5s);
    for (const Task<Answer>& task : tasks) {
        REQUIRE(task.done());
        CHECK(data_of(task.result()).starts_with("192.0.2."));
    }
    return static_cast<int>(
        std::ranges::count_if(world.servers.asked, [](const Servers::Asked& asked) {
            return asked.question.qname == dns::name_of("zone.top.");
        }));
}

}  // namespace

TEST_CASE("who asks first is noted until its exchange is over", "[resolver]") {
    SeededRandom random(1);
    AskedNow asked(random);
    const AskedNow::Mark mark = asked.mark_of(zone, question_of("www.example.", Type::a));
    CHECK(mark == asked.mark_of(dns::name_of("EXAMPLE."), question_of("WWW.example.", Type::a)));
    CHECK(mark != asked.mark_of(zone, question_of("www.example.", Type::aaaa)));
    CHECK(mark != asked.mark_of(dns::name_of("."), question_of("www.example.", Type::a)));
    CHECK_FALSE(asked.find(mark));
    {
        const AskedNow::Note note = asked.note(mark, first);
        CHECK(asked.find(mark) == first);
        {
            const AskedNow::Note later = asked.note(mark, second);
        }
        CHECK(asked.find(mark) == first);
    }
    CHECK_FALSE(asked.find(mark));
    CHECK(asked.size() == 0);
}

TEST_CASE("the server that is asked the same now goes before its equals, not before better ones",
          "[resolver][select]") {
    SeededRandom random(1);
    std::vector<Candidate> servers = {server(first), server(second)};
    for (int i = 0; i < 100; ++i) {
        REQUIRE(select_server(servers, Instant{}, random, second) == 1);
    }
    servers[1].record.known = true;
    servers[1].record.smoothed_round_trip = 2s;  // but for exploration
    int slow = 0;
    for (int i = 0; i < 1'000; ++i) {
        slow += select_server(servers, Instant{}, random, second) == 1 ? 1 : 0;
    }
    CHECK(slow < 100);
    servers[1].tried.timeouts = 1;
    CHECK(select_server(servers, Instant{}, random, second) == 0);
}

TEST_CASE("resolutions under way together ask for a zone cut once", "[resolver]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        REQUIRE(queries_for_the_cut(seed) == 1);
    }
}
