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
        : places(limits.clients_max, limits.clients_per_address, HashKey{7, 8}),
          in_flight(source, places, limits, random,
                    [this](const Waiter& waiter, const Answer& answer) {
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
        refused = in_flight.admit(waiter);
        if (refused == dns::Reason::none) {
            in_flight.join(std::move(waiter));
        }
        return refused == dns::Reason::none;
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
    dns::Reason refused = dns::Reason::none;
    Places places;
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

TEST_CASE("one address gets two thirds of the places, more is its share's", "[server]") {
    Table table({.clients_max = 30, .clients_per_address = 2});
    for (std::uint64_t zone = 1; zone <= 20; ++zone) {
        CHECK(table.enter_from("192.0.2.1:5353", zone));
    }
    CHECK(!table.enter_from("192.0.2.1:9999", 100));
    CHECK(table.refused == dns::Reason::client_share);
    // Another one finds room, and each /64 is one client.
    // Another one finds room, two thirds of what was left, and each /64 is one client.
    std::uint64_t of_next = 0;
    while (table.enter_from(fmt::format("[2001:db8::{:x}]:5353", of_next), 101 + of_next)) {
        ++of_next;
    }
    CHECK(of_next == 7);
    CHECK(table.refused == dns::Reason::client_share);
    // Places that are left can be taken again.
    const std::size_t waiting = table.in_flight.waiting();
    table.source.parking.wake(0);
    CHECK(table.in_flight.waiting() == waiting - 1);
    CHECK(table.enter_from("198.51.100.1:1", 111));
}

TEST_CASE("the tables of two workers have one account of who waits", "[server]") {
    SeededRandom random{1};
    StandInSource source;
    Places places(60, 2, HashKey{7, 8});
    const InFlightLimits limits{.clients_max = 30, .clients_per_address = 2};
    const auto nobody = [](const Waiter&, const Answer&) {};
    std::size_t taken = 0;
    {
        InFlight first(source, places, limits, random, nobody);
        InFlight second(source, places, limits, random, nobody);
        Waiter waiter;
        waiter.client.address = *Endpoint::from_text("192.0.2.1:5353");
        for (; taken < 100; ++taken) {
            InFlight& worker = taken % 2 == 0 ? first : second;
            waiter.zone = waiter.token = taken;
            const dns::Name name = dns::name_of(fmt::format("n{}.test.", taken));
            waiter.facts.question = dns::Question{name, dns::Type::a, dns::Class::in};
            if (worker.admit(waiter) != dns::Reason::none) {
                break;
            }
            worker.join(waiter);
        }
        CHECK(places.taken() == taken);
    }
    CHECK(taken == 40);  // two thirds of both
    CHECK(places.taken() == 0);
}

TEST_CASE("who asks what is under way takes no place, up to as many as there are places",
          "[server][limits]") {
    Table table({.clients_max = 10, .clients_per_address = 2});
    for (int i = 0; i < 11; ++i) {
        CHECK(table.enter(table.waiter("a.")));
    }
    CHECK(table.in_flight.placed() == 1);
    CHECK(table.in_flight.waiting() == 11);
    CHECK(table.source.questions.size() == 1);
    // Beyond them each costs a place.
    int more = 0;
    while (more < 100 && table.enter(table.waiter("a."))) {
        ++more;
    }
    CHECK(more == 5);
    CHECK(table.refused == dns::Reason::zone_share);
    CHECK(table.in_flight.placed() == 6);
    table.source.parking.wake(0);
    CHECK(table.told.size() == 16);
    CHECK(table.in_flight.placed() == 0);
    CHECK(table.places.taken() == 0);
}

TEST_CASE("the same datagram again joins nothing, and hears once", "[server][limits]") {
    Table table;
    Waiter first = table.waiter("a.");
    first.facts.id = 7;
    const Waiter again = first;
    CHECK(table.enter(std::move(first)));
    CHECK(!table.enter(again));
    CHECK(table.refused == dns::Reason::repeated_query);
    SECTION("another id, port, address, name, channel or one of our addresses is another query") {
        Waiter other = again;
        SECTION("id") {
            other.facts.id = 8;
        }
        SECTION("port") {
            other.client.address.port = 5354;
        }
        SECTION("address") {
            other.client.address = *Endpoint::from_text("192.0.2.2:5353");
        }
        SECTION("our address") {
            other.client.local = *IpAddress::from_text("192.0.2.53");
        }
        SECTION("EDNS") {
            other.facts.edns = true;
        }
        SECTION("DO") {
            other.facts.dnssec_ok = true;
        }
        SECTION("CD") {
            other.facts.checking_disabled = true;
        }
        SECTION("name") {
            other.facts.question = dns::Question{dns::name_of("b."), dns::Type::a, dns::Class::in};
        }
        SECTION("channel") {
            other.client.channel = Channel::tcp;
        }
        CHECK(table.enter(std::move(other)));
    }
    SECTION("once it has been answered it may ask anew") {
        table.source.parking.wake(0);
        CHECK(table.enter(again));
    }
}

TEST_CASE("who is turned out leaves the resolution, and its place, to who waits for the same",
          "[server][limits]") {
    Table table({.clients_max = 20, .clients_per_address = 1});
    for (int i = 0; i < 20; ++i) {  // a zone's crowd, each with a name of its own
        table.address = fmt::format("10.{}.0.1:53", i);
        Waiter who = table.waiter(fmt::format("n{}.", i));
        who.zone = i < 11 ? 1 : 100U + unsigned(i);
        CHECK(table.enter(std::move(who)));
    }
    for (int i = 0; i < 11; ++i) {  // others ask the same, from a quiet zone's point of view
        table.address = fmt::format("10.{}.0.1:53", 100 + i);
        Waiter who = table.waiter(fmt::format("n{}.", i));
        who.zone = 200U + unsigned(i);
        CHECK(table.enter(std::move(who)));
    }
    CHECK(table.in_flight.placed() == 20);
    const std::size_t questions = table.in_flight.questions();
    for (int i = 0; i < 30; ++i) {
        table.enter_from(fmt::format("10.{}.0.1:53", 200 + i), 300U + unsigned(i));
    }
    // Whoever was turned out of a shared question left it to the other; none was lost.
    CHECK(table.in_flight.placed() == 20);
    CHECK(table.in_flight.questions() >= questions - 1);
    CHECK(table.places.taken() == 20);
    table.source.answer.reason = dns::Reason::resolved;
    while (table.source.parking.waiting() > 0) {
        table.source.parking.wake(0);
    }
    CHECK(table.in_flight.waiting() == 0);
    CHECK(table.places.taken() == 0);
}

TEST_CASE("in a full table who is alone takes a place of the crowd", "[server][limits]") {
    Table table({.clients_max = 100, .clients_per_address = 5});
    std::uint64_t zone = 0;
    for (int i = 0; i < 80; ++i) {  // a site that asks for everything: four fifths
        CHECK(table.enter_from(fmt::format("198.51.100.{}:53", i % 20), ++zone));
    }
    CHECK(!table.enter_from("198.51.100.99:53", ++zone));
    CHECK(table.refused == dns::Reason::network_share);
    for (int i = 0; i < 20; ++i) {
        CHECK(table.enter_from(fmt::format("10.{}.0.1:5353", i), ++zone));
    }
    CHECK(table.in_flight.waiting() == 100);
    CHECK(table.told.empty());
    // Others are let in, and one of the site goes for each.
    for (int i = 0; i < 50; ++i) {
        CHECK(table.enter_from(fmt::format("10.{}.0.1:5353", 100 + i), ++zone));
    }
    CHECK(table.in_flight.waiting() == 100);
    CHECK(table.in_flight.questions() == 100);
    CHECK(table.source.parking.waiting() == 100);  // their resolutions went with them
    CHECK(table.reasons == std::vector(50, dns::Reason::too_many_waiting));
    CHECK(std::ranges::all_of(table.told, [](std::uint64_t token) { return token <= 80; }));
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
    CHECK(table.refused == dns::Reason::zone_share);
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

// Who only listens to what is under way holds no place: to turn one out frees none.
TEST_CASE("a newcomer finds a place though most of the crowd holds none", "[server][limits]") {
    Table table({.clients_max = 1'000, .clients_per_address = 10});
    unsigned forged = 0;
    const auto ask = [&](const std::string& from, const std::string& name, std::uint64_t zone) {
        table.address = from;
        Waiter who = table.waiter(name);
        who.zone = zone;
        return table.enter(std::move(who));
    };
    const auto forge = [&](unsigned question) {
        const unsigned zone = question % 10;
        ++forged;
        ask(fmt::format("10.{}.{}.1:5353", forged / 250, forged % 250),
            fmt::format("q{}.z{}.atk.", question, zone), 1 + zone);
    };
    for (unsigned i = 0; i < 2'000; ++i) {  // a hundred questions; the other nineteen listen
        forge(i % 100);
    }
    unsigned found = 0;
    for (unsigned i = 0; i < 300; ++i) {
        const bool has_place = ask(fmt::format("172.16.{}.1:5353", i % 250),
                                   fmt::format("www.h{}.example.", i), 1'000 + i);
        found += has_place ? 1U : 0U;
        for (unsigned n = 0; n < 4; ++n) {
            forge(10 + (i * 4 + n) % 90);
        }
    }
    CHECK(found == 300);
    CHECK(table.in_flight.placed() <= 1'000);
}

TEST_CASE("what has its answer is let go of bit by bit, and at the next look", "[server]") {
    Table table;
    constexpr std::size_t questions = 100;
    for (std::size_t i = 0; i < questions; ++i) {
        table.in_flight.join(table.waiter(fmt::format("n{}.test.", i)));
    }
    for (std::size_t i = 0; i < questions; ++i) {
        table.source.parking.wake(0);
    }
    CHECK(table.told.size() == questions);
    CHECK(table.in_flight.settled() == questions);
    table.in_flight.join(table.waiter("more.test."));
    CHECK(table.in_flight.settled() == questions - swept_at_join);
    for (std::size_t i = 0; i < questions; ++i) {
        table.in_flight.join(table.waiter(fmt::format("m{}.test.", i)));
    }
    CHECK(table.in_flight.settled() == 0);
    table.source.parking.wake(0);
    table.in_flight.look_again(Instant{});
    CHECK(table.in_flight.settled() == 0);
}

TEST_CASE("what is under way is listed in pages, all of it that stays", "[server]") {
    Table table;
    for (int i = 0; i < 50; ++i) {
        table.in_flight.join(table.waiter(fmt::format("n{}.example.", i)));
    }
    table.in_flight.join(table.waiter("n7.example."));
    std::vector<std::string> names;
    std::size_t waiters = 0;
    InFlight::Page page;
    std::optional<std::size_t> before;
    do {
        page = table.in_flight.list(before, 16);
        CHECK(page.questions.size() <= 16);
        for (const InFlight::UnderWay& each : page.questions) {
            names.push_back(to_text(each.question.qname.view()));
            waiters += each.waiters;
        }
        before = page.next;
    } while (before);
    std::ranges::sort(names);
    CHECK(std::ranges::unique(names).begin() == names.end());
    CHECK(names.size() == 50);
    CHECK(waiters == 51);
    CHECK(table.in_flight.list(std::size_t{1'000'000}, 16).questions.size() == 16);
}
