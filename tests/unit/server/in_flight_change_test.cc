// What a change of the configuration does with who waits.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/frame.h"
#include "server/in_flight.h"
#include "tests/unit/server/stand_ins.h"

namespace wend {
namespace {

struct ChangingTable {
    explicit ChangingTable(const InFlightLimits& limits = {})
        : places(limits.clients_max, limits.clients_per_address, HashKey{7, 8}),
          table(source, places, limits, random, [this](const Waiter& waiter, const Answer& answer) {
              told.push_back(waiter.token);
              sinks.push_back(waiter.sink);
              reasons.push_back(answer.reason);
          }) {
        source.answer.reason = dns::Reason::resolved;
    }

    // A datagram for `name`; equal ones of one `client` are retransmissions.
    Waiter waiter(std::string_view name, std::string_view client = "192.0.2.1:5353") {
        Waiter result;
        result.sink = &sink;
        result.token = ++last_token;
        result.client.address = *Endpoint::from_text(client);
        result.facts.question = dns::Question{dns::name_of(name), dns::Type::a, dns::Class::in};
        return result;
    }

    // The datagram that came with `token`, once more.
    Waiter again(std::uint64_t token, std::string_view name,
                 std::string_view client = "192.0.2.1:5353") {
        Waiter result = waiter(name, client);
        result.token = token;
        return result;
    }

    void join(std::string_view name, std::string_view client = "192.0.2.1:5353") {
        table.join(waiter(name, client));
    }

    // "placed/waiting/questions/places of the process"
    std::string counts() const {
        return fmt::format("{}/{}/{}/{}", table.placed(), table.waiting(), table.questions(),
                           places.taken());
    }

    std::vector<std::string> asked() const {
        std::vector<std::string> names;
        for (const dns::Question& question : source.questions) {
            names.push_back(to_text(question.qname.view()));
        }
        return names;
    }

    std::uint64_t last_token = 0;
    SeededRandom random{1};
    KeepingSink sink;
    StandInSource source;
    std::vector<std::uint64_t> told;
    std::vector<const ReplySink*> sinks;
    std::vector<dns::Reason> reasons;
    Places places;
    InFlight table;
};

using Tokens = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("while a table is paused who joins waits, holds its place, and nothing is asked",
          "[server][reload]") {
    ChangingTable world;
    world.join("before.");
    world.table.pause();
    world.join("a.");
    world.join("a.", "192.0.2.2:5353");
    world.join("b.");
    CHECK(world.asked() == std::vector<std::string>{"before."});
    CHECK(world.counts() == "3/4/3/3");
    CHECK(world.table.list({}, 10).questions.size() == 3);
    // What has begun goes on.
    world.source.parking.wake(0);
    CHECK(world.told == Tokens{1});
    CHECK(world.counts() == "2/3/2/2");
    // The same datagram again is known as such.
    CHECK(world.table.admit(world.again(4, "b.")) == dns::Reason::repeated_query);
    CHECK(world.table.admit(world.again(3, "a.", "192.0.2.2:5353")) == dns::Reason::repeated_query);
    CHECK(world.table.admit(world.waiter("c.")) == dns::Reason::none);
}

TEST_CASE("who waits in a paused table hears nothing of what others find", "[server][reload]") {
    ChangingTable world;
    world.source.cached = world.source.answer;
    world.table.pause();
    world.join("a.");
    world.table.look_again(Instant::max());
    CHECK(world.told.empty());
    CHECK(!world.table.resume(10));
    world.table.look_again(Instant::max());
    CHECK(world.told == Tokens{1});
    CHECK(world.counts() == "0/0/0/0");
}

TEST_CASE("a paused table begins so many of its questions at a time", "[server][reload]") {
    ChangingTable world;
    world.table.pause();
    for (int i = 0; i < 5; ++i) {
        world.join(fmt::format("n{}.", i));
    }
    CHECK(world.table.resume(2));
    CHECK(world.source.questions.size() == 2);
    world.join("new.");  // it does not wait for those
    CHECK(world.source.questions.size() == 3);
    CHECK(world.table.resume(0));
    CHECK(world.table.resume(2));
    CHECK(world.source.questions.size() == 5);
    CHECK(!world.table.resume(2));
    CHECK(!world.table.resume(2));
    CHECK(world.counts() == "6/6/6/6");
    auto names = world.asked();
    std::ranges::sort(names);
    CHECK(names == std::vector<std::string>{"n0.", "n1.", "n2.", "n3.", "n4.", "new."});
}

TEST_CASE("what is answered while a table begins again is begun once, and its clients hear once",
          "[server][reload]") {
    for (const std::size_t at_most : {1U, 2U, 3U, 100U}) {
        ChangingTable world;
        world.source.at_once = true;
        world.table.pause();
        for (int i = 0; i < 7; ++i) {
            world.join(fmt::format("n{}.", i));
            world.join(fmt::format("n{}.", i), "192.0.2.2:5353");
        }
        CHECK(world.counts() == "7/14/7/7");
        std::size_t turns = 1;
        while (world.table.resume(at_most)) {  // ends: each turn begins one or more of seven
            ++turns;
        }
        CHECK(turns == (7 + at_most - 1) / at_most);
        CHECK(world.source.questions.size() == 7);
        std::ranges::sort(world.told);
        CHECK(world.told == Tokens{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});
        CHECK(world.counts() == "0/0/0/0");
    }
}

TEST_CASE("a question that is turned out while its table is paused is begun by nobody",
          "[server][reload][limits]") {
    ChangingTable world({.clients_max = 20, .clients_per_address = 1});
    world.table.pause();
    for (int i = 0; i < 20; ++i) {  // a zone's crowd, and others
        Waiter who = world.waiter(fmt::format("n{}.", i), fmt::format("10.{}.0.1:53", i));
        who.zone = i < 11 ? 7 : 100U + unsigned(i);
        REQUIRE(world.table.admit(who) == dns::Reason::none);
        world.table.join(std::move(who));
    }
    Waiter alone = world.waiter("alone.", "10.99.0.1:53");
    alone.zone = 8;
    CHECK(world.table.admit(alone) == dns::Reason::none);
    CHECK(world.reasons == std::vector{dns::Reason::too_many_waiting});
    CHECK(world.counts() == "19/19/19/19");
    world.table.join(std::move(alone));
    CHECK(world.counts() == "20/20/20/20");
    CHECK(!world.table.resume(20));
    CHECK(world.source.questions.size() == 20);
    while (world.source.parking.waiting() > 0) {
        world.source.parking.wake(0);
    }
    CHECK(world.told.size() == 21);
    CHECK(world.counts() == "0/0/0/0");
}

TEST_CASE("a table that is released gives up who waits, first come first, and leaves all places",
          "[server][reload]") {
    ChangingTable world;
    world.join("a.");
    world.join("a.", "192.0.2.2:5353");
    world.table.pause();
    world.join("b.");
    CHECK(world.counts() == "2/3/2/2");
    const std::vector<Waiter> released = world.table.release();
    CHECK(world.counts() == "0/0/0/0");
    CHECK(world.source.parking.waiting() == 0);
    CHECK(world.told.empty());
    REQUIRE(released.size() == 3);
    Tokens of_a;
    for (const Waiter& waiter : released) {
        if (waiter.facts.question->qname == dns::name_of("a.")) {
            of_a.push_back(waiter.token);
        }
        CHECK(waiter.sink == &world.sink);
    }
    CHECK(of_a == Tokens{1, 2});
    // None of them has asked here.
    CHECK(world.table.admit(world.waiter("a.")) == dns::Reason::none);
    CHECK(!world.table.resume(10));
    CHECK(world.source.questions.size() == 1);
    world.join("a.");
    CHECK(world.source.questions.size() == 2);
}

TEST_CASE("a table that is released while a settled resolution still runs cancels that too",
          "[server][reload]") {
    {
        ChangingTable world;
        world.join("a.");
        world.source.cached = world.source.answer;
        world.table.look_again(Instant::max());
        CHECK(world.told == Tokens{1});
        CHECK(world.table.settled() == 1);
        CHECK(world.source.parking.waiting() == 1);
        CHECK(world.table.release().empty());
        CHECK(world.table.settled() == 0);
        CHECK(world.source.parking.waiting() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("who waits at a sink that is forgotten is told with none, and others with theirs",
          "[server][reload]") {
    ChangingTable world;
    KeepingSink other;
    world.join("a.");
    Waiter elsewhere = world.waiter("a.");
    elsewhere.sink = &other;
    world.table.join(std::move(elsewhere));
    world.table.forget(world.sink);
    CHECK(world.counts() == "1/2/1/1");
    SECTION("when the answer comes") {
        world.source.parking.wake(0);
    }
    SECTION("when all ends") {
        world.table.end_all({});
    }
    CHECK(world.told == Tokens{1, 2});
    CHECK(world.sinks == std::vector<const ReplySink*>{nullptr, &other});
    CHECK(world.counts() == "0/0/0/0");
}

// Its memory may be the next sink's.
TEST_CASE("a datagram at a sink that is forgotten is no retransmission of what the next one gets",
          "[server][reload]") {
    ChangingTable world;
    world.join("a.");
    CHECK(world.table.admit(world.again(1, "a.")) == dns::Reason::repeated_query);
    world.table.forget(world.sink);
    CHECK(world.table.admit(world.again(1, "a.")) == dns::Reason::none);
    world.table.join(world.again(1, "a."));
    CHECK(world.table.admit(world.again(1, "a.")) == dns::Reason::repeated_query);
    world.source.parking.wake(0);
    CHECK(world.told == Tokens{1, 1});
    CHECK(world.sinks == std::vector<const ReplySink*>{nullptr, &world.sink});
    CHECK(world.table.admit(world.again(1, "a.")) == dns::Reason::none);
}

}  // namespace wend
