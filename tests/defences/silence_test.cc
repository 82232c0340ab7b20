// C22: zones whose servers are silent. Their names fail at once, healthy ones never do.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Reason;
using dns::Type;

namespace {

constexpr sim::Manners silent{.silent = true};
constexpr sim::Manners good{.round_trip = 20ms};

std::string server_at(int number) {
    return fmt::format("10.0.2.{}", number);
}

// gone.vic. at that many servers, and well.vic. at one of its own.
void with_gone(Siege& siege, int servers, const sim::Manners& manners) {
    std::string cut = "well NS ns.well\nns.well A 10.0.3.1\n";
    for (int i = 1; i <= servers; ++i) {
        cut += fmt::format("gone NS ns{0}.gone\nns{0}.gone A {1}\n", i, server_at(i));
    }
    siege.with_attacker_and_victim({}, cut);
    siege.zone("10.0.3.1", "well.vic.", "* 60 A 192.0.2.8\n");
    siege.zone(server_at(1), "gone.vic.", "* 60 A 192.0.2.9\n", manners);
    for (int i = 2; i <= servers; ++i) {
        siege.server(server_at(i), manners);
        siege.internet.honest.serve(ip(server_at(i)), dns::name_of("gone.vic."));
    }
}

void make(Siege& siege, int servers, const sim::Manners& manners) {
    for (int i = 1; i <= servers; ++i) {
        siege.server(server_at(i), manners);
    }
}

struct Timed {
    Told told;
    Duration took{};
};

// Runs the world in small steps until there is an answer.
Timed ask(Siege& siege, const std::string& name) {
    const Asking over_tcp{.channel = Channel::tcp};  // a late answer is whole there
    const Instant began = siege.clock.now();
    const std::uint64_t number = siege.send(name, Type::a, over_tcp);
    while (!siege.told(number).answered() && siege.clock.now() < began + 10s) {
        siege.pass(5ms);
    }
    return {.told = siege.told(number), .took = siege.clock.now() - began};
}

// How many of `count` names are answered, asked one after the other.
int answered(Siege& siege, std::string_view zone, int count) {
    int good_ones = 0;
    for (int i = 0; i < count; ++i) {
        siege.pass(100ms);
        good_ones += ask(siege, fmt::format("n{}.{}", i, zone)).told.data().empty() ? 0 : 1;
    }
    return good_ones;
}

// Every server loses that share of queries and of replies; a lost segment costs a stream its time.
void lose(Siege& siege, const std::vector<std::string>& addresses, unsigned percent) {
    for (const std::string& address : addresses) {
        siege.script(address, [&siege, percent](const Heard& heard) {
            sim::ServerReply reply = honest(siege, heard);
            Duration late{};
            for (Duration wait = 1s; siege.random.chance(percent) || siege.random.chance(percent);
                 wait *= 2) {
                late += wait;
            }
            for (sim::Delivery& each : reply.deliveries) {
                each.delay += late;
            }
            return heard.is_udp() && late > 0s ? sim::ServerReply{} : reply;
        });
    }
}

}  // namespace

TEST_CASE("the first name of a dead zone fails in 4.5 s, the next in 0.2 s", "[defences][C22]") {
    const int servers = GENERATE(1, 2, 4, 9);
    const bool was_alive = GENERATE(false, true);
    const sim::Manners dead{.silent = true, .tcp_refusing = GENERATE(false, true)};
    CAPTURE(servers, was_alive, dead.tcp_refusing);
    Siege siege;
    with_gone(siege, servers, was_alive ? good : dead);
    if (was_alive) {
        CHECK(answered(siege, "gone.vic.", 20) == 20);
        make(siege, servers, dead);
    }
    const Timed first = ask(siege, "a.gone.vic.");
    CHECK(first.told.rcode() == Rcode::servfail);
    CHECK(first.told.info_code() == 22);
    CHECK(first.took <= 4'500ms);
    siege.forget();
    for (const char* name : {"b", "c", "d", "e", "f"}) {
        const Timed next = ask(siege, fmt::format("{}.gone.vic.", name));
        CHECK(next.told.rcode() == Rcode::servfail);
        CHECK(next.told.info_code() == 22);
        CHECK(next.took <= 200ms);
    }
    CHECK(siege.stats.get(Reason::zone_silent) == 5);
    CHECK(answered(siege, "well.vic.", 5) == 5);
    CHECK(ask(siege, "www.vic.").told.data() == "192.0.2.80");
}

TEST_CASE("a dead zone is back within 5 s of its servers", "[defences][C22]") {
    const int servers = GENERATE(1, 4);
    const auto outage = GENERATE(7, 20, 61, 200, 700);
    const auto round_trip = GENERATE(20ms, 300ms);
    const bool same_name = GENERATE(false, true);
    CAPTURE(servers, outage, round_trip.count(), same_name);
    Siege siege;
    with_gone(siege, servers, silent);
    const Instant began = siege.clock.now();
    int number = 0;
    const auto next = [&] {
        return same_name ? "a.gone.vic." : fmt::format("n{}.gone.vic.", ++number);
    };
    while (siege.clock.now() < began + std::chrono::seconds(outage)) {
        CHECK(ask(siege, next()).told.rcode() == Rcode::servfail);
        siege.pass(700ms);
    }
    siege.server(server_at(servers), {.round_trip = round_trip});  // one is enough
    const Instant back = siege.clock.now();
    while (ask(siege, next()).told.data().empty() && siege.clock.now() < back + 20s) {
        siege.pass(700ms);
    }
    CHECK(siege.clock.now() <= back + 5s);
}

TEST_CASE("probes of a dead zone grow rare, whatever is asked of it", "[defences][C22]") {
    Siege siege;
    with_gone(siege, 2, silent);
    ask(siege, "first.gone.vic.");
    siege.forget();
    for (int i = 0; i < 6'000; ++i) {
        siege.send(fmt::format("n{}.gone.vic.", i));
        siege.pass(10ms);
    }
    // A minute: of each server a probe and a question in three seconds, and two whole questions.
    CHECK(siege.packets_to(server_at(1)) + siege.packets_to(server_at(2)) <= 300);
    CHECK(siege.packets_to("10.0.1.2") <= 2);
    CHECK(siege.stats.get(Reason::zone_silent) > 5'900);
}

TEST_CASE("one silent server of four makes no name fail", "[defences][C22]") {
    Siege siege;
    with_gone(siege, 4, good);
    siege.server(server_at(2), silent);
    CHECK(answered(siege, "gone.vic.", 200) == 200);
    make(siege, 3, silent);
    CHECK(answered(siege, "gone.vic.", 100) == 100);
    CHECK(siege.stats.get(Reason::zone_silent) == 0);
}

TEST_CASE("a server's silence for one zone says nothing about another one", "[defences][C22]") {
    Siege siege;
    // The attacker delegates a zone to the victim's server, which drops what it does not serve.
    siege.with_attacker_and_victim("evil NS ns.evil\nns.evil A 10.0.1.2\n", "* 60 A 192.0.2.7\n");
    siege.script("10.0.1.2", [&](const Heard& heard) {
        const bool is_evil = heard.name().ends_with("evil.atk.");
        return is_evil ? sim::ServerReply{} : honest(siege, heard);
    });
    for (int i = 0; i < 20; ++i) {
        CHECK(ask(siege, fmt::format("n{}.evil.atk.", i)).told.rcode() == Rcode::servfail);
        siege.pass(1s);
    }
    CHECK(siege.stats.get(Reason::zone_silent) > 5);
    siege.forget();
    CHECK(ask(siege, "fine.vic.").told.data() == "192.0.2.7");
    CHECK(siege.packets_to("10.0.1.2") == 1);
}

TEST_CASE("names and types that a server passes over do not silence its zone", "[defences][C22]") {
    Siege siege;
    siege.with_attacker_and_victim({}, "* 60 A 192.0.2.7\n");
    siege.script("10.0.1.2", [&](const Heard& heard) {
        const bool is_dropped = heard.name().starts_with("odd") || heard.type() == Type::https;
        return is_dropped ? sim::ServerReply{} : honest(siege, heard);
    });
    for (int i = 0; i < 10; ++i) {
        CHECK(ask(siege, fmt::format("odd{}.vic.", i)).told.rcode() == Rcode::servfail);
        siege.ask(fmt::format("n{}.vic.", i), Type::https);
        const Timed fine = ask(siege, fmt::format("fine{}.vic.", i));
        CHECK(fine.told.data() == "192.0.2.7");
        CHECK(fine.took <= 200ms);
    }
    CHECK(siege.stats.get(Reason::zone_silent) == 0);
}

TEST_CASE("a forwarder that is silent about one name is asked about the next", "[defences][C22]") {
    Siege siege;
    siege.options.zones = {{.zone = {}, .addresses = {{ip("10.0.9.9"), 53}}, .forward = true}};
    siege.script("10.0.9.9", [](const Heard& heard) {
        const std::string answer = heard.name() + " A 192.0.2.6";
        const MessageText text{.answer = answer, .aa = false, .ra = true};
        return heard.name().starts_with("slow") ? sim::ServerReply{} : say(heard, text);
    });
    CHECK(ask(siege, "slow.test.example.").took <= 4'500ms);
    CHECK(ask(siege, "fast.test.example.").told.data() == "192.0.2.6");
}

TEST_CASE("a lossy path is no silence", "[defences][C22]") {
    // 30 % of what goes each way, at 300 ms.
    const auto [servers, failed_max, fast_max] =
        GENERATE(table<int, int, std::uint64_t>({{1, 150, 50}, {2, 40, 5}, {4, 15, 5}}));
    CAPTURE(servers);
    int failed = 0;
    std::uint64_t fast = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Siege siege(seed);
        with_gone(siege, servers, {.round_trip = 300ms});
        std::vector<std::string> addresses;
        for (int i = 1; i <= servers; ++i) {
            addresses.push_back(server_at(i));
        }
        lose(siege, addresses, 30);
        failed += 100 - answered(siege, "gone.vic.", 100);
        fast += siege.stats.get(Reason::zone_silent);
    }
    WARN(servers << " servers, of 1,000 names failed " << failed << ", at once " << fast);
    CHECK(failed <= failed_max);
    CHECK(fast <= fast_max);
}

TEST_CASE("a satellite's delay is no silence", "[defences][C22]") {
    const int servers = GENERATE(1, 2, 4);
    CAPTURE(servers);
    Siege siege;
    with_gone(siege, servers, {.round_trip = 1'500ms});
    CHECK(answered(siege, "gone.vic.", 50) == 50);
    CHECK(siege.stats.get(Reason::zone_silent) == 0);
}

TEST_CASE("where all is behind a satellite there is time for the whole way", "[defences][C22]") {
    Siege siege;
    with_gone(siege, 2, {.round_trip = 1'500ms});
    siege.server("10.0.0.1", {.round_trip = 1'500ms});
    siege.server("10.0.1.2", {.round_trip = 1'500ms});
    const Timed cold = ask(siege, "a.gone.vic.");
    CHECK(cold.took <= 6s);
    CHECK(answered(siege, "gone.vic.", 20) == 20);
    CHECK(siege.stats.get(Reason::zone_silent) == 0);
}
