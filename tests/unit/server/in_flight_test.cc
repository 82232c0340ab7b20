#include "server/in_flight.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/frame.h"
#include "tests/unit/server/stand_ins.h"

using namespace wend;
using Joined = InFlight::Joined;

namespace {

struct Table {
    explicit Table(const InFlightLimits& limits = {})
        : in_flight(source, limits, random, [this](const Waiter& waiter, const Answer& answer) {
              told.push_back(waiter.token);
              reasons.push_back(answer.reason);
          }) {}

    Waiter waiter(std::string_view name, dns::Type type = dns::Type::a, bool cd = false) {
        Waiter result;
        result.token = ++last_token;
        result.client.address = *Endpoint::from_text(address);
        result.facts.checking_disabled = cd;
        result.facts.question = dns::Question{dns::name_of(name), type, dns::Class::in};
        return result;
    }

    // Whether there was a place; then it is taken.
    bool enter(Waiter waiter) {
        const bool admitted = in_flight.admit(waiter);
        if (admitted) {
            in_flight.join(std::move(waiter));
        }
        return admitted;
    }

    // One who waits for a name of its own in this zone.
    bool enter_from(const std::string& client, std::uint64_t zone) {
        address = client;
        Waiter who = waiter(fmt::format("n{}.test.", last_token));
        who.zone = zone;
        return enter(std::move(who));
    }

    std::string address = "192.0.2.1:5353";
    std::uint64_t last_token = 0;
    SeededRandom random{1};
    StandInSource source;
    std::vector<std::uint64_t> told;
    std::vector<dns::Reason> reasons;
    InFlight in_flight;
};

}  // namespace

TEST_CASE("equal questions share one resolution and each client hears once", "[server]") {
    Table table;
    CHECK(table.in_flight.join(table.waiter("www.example.")) == Joined::started);
    CHECK(table.in_flight.join(table.waiter("WWW.example.")) == Joined::subscribed);
    CHECK(table.in_flight.join(table.waiter("www.example.")) == Joined::subscribed);
    CHECK(table.source.questions.size() == 1);
    CHECK(table.in_flight.waiting() == 3);
    CHECK(table.told.empty());
    table.source.answer.reason = dns::Reason::resolved;
    table.source.parking.wake(0);
    CHECK(table.told == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(table.in_flight.waiting() == 0);
    CHECK(table.in_flight.questions() == 0);
    // The next one starts anew.
    CHECK(table.in_flight.join(table.waiter("www.example.")) == Joined::started);
}

TEST_CASE("name, type and CD make questions different", "[server]") {
    Table table;
    CHECK(table.in_flight.join(table.waiter("www.example.")) == Joined::started);
    CHECK(table.in_flight.join(table.waiter("www.example.", dns::Type::aaaa)) == Joined::started);
    CHECK(table.in_flight.join(table.waiter("www.example.", dns::Type::a, true)) ==
          Joined::started);
    CHECK(table.in_flight.join(table.waiter("example.")) == Joined::started);
    CHECK(table.source.questions.size() == 4);
    CHECK(table.source.checking_disabled == std::vector<bool>{false, false, true, false});
}

TEST_CASE("a resolution that does not suspend tells its client at once", "[server]") {
    Table table;
    table.source.at_once = true;
    CHECK(table.in_flight.join(table.waiter("www.example.")) == Joined::started);
    CHECK(table.told == std::vector<std::uint64_t>{1});
    CHECK(table.in_flight.questions() == 0);
}

TEST_CASE("one address cannot take all places, and all places are counted", "[server]") {
    Table table({.clients_max = 20, .clients_per_address = 2});
    CHECK(table.enter(table.waiter("a.")));
    CHECK(table.enter(table.waiter("a.")));
    table.address = "192.0.2.1:9999";
    CHECK(!table.enter(table.waiter("b.")));
    table.address = "[2001:db8::1]:5353";
    CHECK(table.enter(table.waiter("b.")));
    table.address = "[2001:db8::ffff:2]:5353";  // the same /64
    CHECK(table.enter(table.waiter("b.")));
    CHECK(!table.enter(table.waiter("b.")));
    table.source.parking.wake(0);
    CHECK(table.in_flight.waiting() == 2);
    CHECK(table.told.size() == 2);
    // Places that are left can be taken again.
    table.address = "192.0.2.1:1";
    CHECK(table.enter(table.waiter("b.")));
}

TEST_CASE("in a full table who is alone takes a place of the crowd", "[server][limits]") {
    Table table({.clients_max = 100, .clients_per_address = 5});
    std::uint64_t zone = 0;
    for (int i = 0; i < 90; ++i) {  // a site that asks for everything
        CHECK(table.enter_from(fmt::format("198.51.100.{}:53", i % 20), ++zone));
    }
    for (int i = 0; i < 10; ++i) {
        CHECK(table.enter_from(fmt::format("10.{}.0.1:5353", i), ++zone));
    }
    CHECK(table.in_flight.waiting() == 100);
    CHECK(table.told.empty());
    // Another one of the site is one too many; others are let in, and one of the site goes for
    // each.
    CHECK(!table.enter_from("198.51.100.99:53", ++zone));
    for (int i = 0; i < 50; ++i) {
        CHECK(table.enter_from(fmt::format("10.{}.0.1:5353", 100 + i), ++zone));
    }
    CHECK(table.in_flight.waiting() == 100);
    CHECK(table.in_flight.questions() == 100);
    CHECK(table.source.parking.waiting() == 100);  // their resolutions went with them
    CHECK(table.reasons == std::vector(50, dns::Reason::too_many_waiting));
    CHECK(std::ranges::all_of(table.told, [](std::uint64_t token) { return token <= 90; }));
}

TEST_CASE("in a full table who waits for a zone of its own takes a place of the crowd's",
          "[server][limits]") {
    Table table({.clients_max = 100, .clients_per_address = 5});
    const auto client = [](int i) { return fmt::format("10.{}.0.1:5353", i); };
    std::uint64_t zone = 10;
    for (int i = 0; i < 50; ++i) {
        CHECK(table.enter_from(client(i), 1));
    }
    for (int i = 50; i < 100; ++i) {
        CHECK(table.enter_from(client(i), ++zone));
    }
    for (int i = 100; i < 130; ++i) {
        CHECK(table.enter_from(client(i), ++zone));
    }
    CHECK(table.in_flight.waiting() == 100);
    CHECK(table.told.size() == 30);
    CHECK(std::ranges::all_of(table.told, [](std::uint64_t token) { return token <= 50; }));
}

TEST_CASE("a table more than half full gives one zone a tenth of it", "[server][limits]") {
    Table table({.clients_max = 100, .clients_per_address = 5});
    const auto client = [](int i) { return fmt::format("10.{}.0.1:5353", i); };
    std::uint64_t zone = 10;
    for (int i = 0; i < 51; ++i) {
        CHECK(table.enter_from(client(i), ++zone));
    }
    for (int i = 60; i < 70; ++i) {
        CHECK(table.enter_from(client(i), 1));
    }
    CHECK(!table.enter_from(client(70), 1));
    CHECK(table.enter_from(client(70), 2));
    CHECK(table.told.empty());
}

TEST_CASE("what another worker has found ends the wait here", "[server]") {
    Table table;
    Waiter late = table.waiter("late.");
    late.since = Instant(std::chrono::seconds(9));
    table.in_flight.join(table.waiter("early."));
    table.in_flight.join(std::move(late));
    const Instant before{std::chrono::seconds(5)};
    table.in_flight.look_again(before);
    CHECK(table.told.empty());
    table.source.cached = Answer{};
    table.source.cached->reason = dns::Reason::cached_failure;
    table.in_flight.look_again(before);
    CHECK(table.told.size() == 1);
    CHECK(table.reasons == std::vector{dns::Reason::cached_failure});
    CHECK(table.in_flight.waiting() == 1);
    // Its own resolution still ends, and does not touch who asked anew.
    CHECK(table.in_flight.join(table.waiter("early.")) == Joined::started);
    table.source.parking.wake(0);
    CHECK(table.told.size() == 1);
    CHECK(table.in_flight.waiting() == 2);
}

TEST_CASE("ending all cancels every resolution and tells every client", "[server]") {
    {
        Table table;
        table.in_flight.join(table.waiter("a."));
        table.in_flight.join(table.waiter("a."));
        table.in_flight.join(table.waiter("b."));
        CHECK(table.source.parking.waiting() == 2);
        Answer answer;
        answer.reason = dns::Reason::shutting_down;
        table.in_flight.end_all(answer);
        CHECK(table.source.parking.waiting() == 0);
        CHECK(table.told.size() == 3);
        CHECK(table.reasons == std::vector(3, dns::Reason::shutting_down));
        CHECK(table.in_flight.waiting() == 0);
        CHECK(table.in_flight.join(table.waiter("a.")) == Joined::started);
    }
    CHECK(live_frames() == 0);  // and the table's end cancels what still ran
}
