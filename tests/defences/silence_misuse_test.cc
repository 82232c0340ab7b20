// C22: nobody makes a zone seem silent that is not, or keeps one silent whose servers are back.
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Reason;
using dns::Type;

namespace {

Told soon(Siege& siege, const std::string& name, Type type = Type::a) {
    const Asking over_tcp{.channel = Channel::tcp};
    const Instant began = siege.clock.now();
    const std::uint64_t number = siege.send(name, type, over_tcp);
    while (!siege.told(number).answered() && siege.clock.now() < began + 10s) {
        siege.pass(5ms);
    }
    return siege.told(number);
}

// How long until a name is answered, of those that a client asks one after the other.
template <class NextName>
Duration back_after(Siege& siege, const NextName& next) {
    const Instant began = siege.clock.now();
    while (soon(siege, next()).data().empty() && siege.clock.now() < began + 1'000s) {
        siege.pass(700ms);
    }
    return siege.clock.now() - began;
}

constexpr std::string_view ancestors = "a.b.c.d.e.f.g.h.";

std::string costly(int number) {
    return fmt::format("{}x{}.l1.atk.", ancestors, number);
}

// What an alias of costly() leads to; nothing for names that are none.
std::string next_link(const std::string& name) {
    constexpr int links = 4;
    for (int link = 1; link <= links; ++link) {
        const std::string tail = fmt::format(".l{}.atk.", link);
        if (name.starts_with(ancestors) && name.ends_with(tail)) {
            const std::size_t size = name.size() - ancestors.size() - tail.size();
            const std::string own = name.substr(ancestors.size(), size);
            return link == links ? fmt::format("odd{}.vic.", own)
                                 : fmt::format("{}{}.l{}.atk.", ancestors, own, link + 1);
        }
    }
    return {};
}

// The names of costly() cost more than half of a query's packets, and then lead to the victim's.
void with_costly_names(Siege& siege) {
    siege.script("10.0.1.1", [](const Heard& heard) {
        if (heard.is_udp()) {
            return say(heard, {.tc = true});
        }
        const std::string next = next_link(heard.name());
        if (next.empty()) {
            return say(heard, {.authority = "atk. 60 SOA ns.atk. h.atk. 1 2 3 4 60"});
        }
        return say(heard, {.answer = fmt::format("{} 60 CNAME {}", heard.name(), next)});
    });
}

}  // namespace

TEST_CASE("a query that has no packets left for a probe silences nobody", "[defences][C22]") {
    Siege siege;
    siege.with_attacker_and_victim({}, "* 60 A 192.0.2.7\n");
    with_costly_names(siege);
    siege.server("10.0.1.2", {.round_trip = 200ms});
    siege.script("10.0.1.2", [&](const Heard& heard) {
        return heard.name().starts_with("odd") ? sim::ServerReply{} : honest(siege, heard);
    });
    for (int i = 0; i < 10; ++i) {
        CHECK(soon(siege, costly(i)).rcode() == Rcode::servfail);
        siege.pass(1s);
        CHECK(soon(siege, fmt::format("fine{}.vic.", i)).data() == "192.0.2.7");
        siege.pass(1s);
    }
    CHECK(siege.stats.get(Reason::zone_silent) == 0);
}

TEST_CASE("queries that have no packets left do not keep a zone silent", "[defences][C22]") {
    Siege siege;
    siege.with_attacker_and_victim({}, "* 60 A 192.0.2.7\n");
    with_costly_names(siege);
    CHECK(soon(siege, "warm.vic.").data() == "192.0.2.7");
    siege.server("10.0.1.2", {.silent = true});
    CHECK(soon(siege, "first.vic.").rcode() == Rcode::servfail);
    siege.pass(11s);
    siege.server("10.0.1.2", {.round_trip = 20ms});
    const Instant back = siege.clock.now();
    for (int i = 0; i < 600; ++i) {
        siege.send(costly(i));
        siege.pass(50ms);
        if (i % 20 == 0 && siege.clock.now() > back + 5s) {
            CHECK(soon(siege, fmt::format("fine{}.vic.", i)).data() == "192.0.2.7");
        }
    }
}

TEST_CASE("a far load balancer that knows addresses alone is not silent", "[defences][C22]") {
    Siege siege;
    siege.with_attacker_and_victim({}, "* 60 A 192.0.2.7\n");
    siege.server("10.0.1.2", {.round_trip = 200ms});
    siege.script("10.0.1.2", [&](const Heard& heard) {
        return heard.type() == Type::a ? honest(siege, heard) : sim::ServerReply{};
    });
    for (int i = 0; i < 20; ++i) {
        siege.send("www.vic.", Type::https);
        CHECK(soon(siege, fmt::format("n{}.vic.", i)).data() == "192.0.2.7");
        siege.pass(20s);
    }
    CHECK(siege.stats.get(Reason::zone_silent) == 0);
}

TEST_CASE("a dead zone that only holds servers' names is found where it moved", "[defences][C22]") {
    constexpr std::string_view cuts = "z 300 NS ns1.host\nhost 86400 NS ns.host\nns.host A ";
    Siege siege;
    siege.with_attacker_and_victim({}, "up NS ns.up\nns.up A 10.0.2.9\n");
    siege.zone("10.0.2.9", "up.vic.", fmt::format("{}10.0.2.1\n", cuts));
    siege.zone("10.0.2.1", "host.up.vic.", "ns1 5 A 10.0.2.2\n");
    siege.zone("10.0.2.2", "z.up.vic.", "* 60 A 192.0.2.9\n");
    CHECK(soon(siege, "a.z.up.vic.").data() == "192.0.2.9");
    siege.server("10.0.2.1", {.silent = true});
    siege.pass(400s);
    CHECK(soon(siege, "direct.host.up.vic.").rcode() == Rcode::servfail);
    siege.zone("10.0.2.3", "host.up.vic.", "ns1 5 A 10.0.2.2\n");
    siege.zone("10.0.2.9", "up.vic.", fmt::format("{}10.0.2.3\n", cuts));
    int number = 0;
    const auto next = [&] { return fmt::format("n{}.z.up.vic.", ++number); };
    CHECK(back_after(siege, next) <= 40s);
}

TEST_CASE("a signed zone is back within 5 s of its server", "[defences][C22]") {
    const auto outage = GENERATE(7, 61, 200);
    const auto round_trip = GENERATE(20ms, 300ms);
    CAPTURE(outage, round_trip.count());
    Siege siege;
    const std::string top = "vic NS ns.vic\nns.vic A 10.0.1.2\n" + Siege::ds_of("vic.");
    const std::string cut = "gone NS ns.gone\nns.gone A 10.0.2.1\n" + Siege::ds_of("gone.vic.");
    siege.signed_zone("10.0.0.1", ".", top, true);
    siege.signed_zone("10.0.1.2", "vic.", cut);
    siege.signed_zone("10.0.2.1", "gone.vic.", "* 60 A 192.0.2.9\n");
    siege.server("10.0.2.1", {.silent = true});
    int number = 0;
    const auto next = [&] { return fmt::format("n{}.gone.vic.", ++number); };
    const Instant began = siege.clock.now();
    while (siege.clock.now() < began + std::chrono::seconds(outage)) {
        CHECK(soon(siege, next()).rcode() == Rcode::servfail);
        siege.pass(700ms);
    }
    siege.server("10.0.2.1", {.round_trip = round_trip});
    CHECK(back_after(siege, next) <= 5s);
}
