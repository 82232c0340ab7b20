#include "policy/effort.h"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace wend;
using namespace wend::policy;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;

namespace {

IpAddress at(std::string_view text) {
    return *IpAddress::from_text(text);
}

const IpAddress greedy = *IpAddress::from_text("192.0.2.1");
const IpAddress honest = *IpAddress::from_text("198.51.100.1");
const IpAddress sibling = *IpAddress::from_text("192.0.2.2");

constexpr Instant start{std::chrono::hours(1)};

// A worker's time, told by hand.
struct Worker {
    Effort effort{60, HashKey{1, 2}};
    Instant now = start;
    Duration busy{};

    // Time goes by, of which the worker was busy for so much.
    void pass(Duration time, Duration busy_for) {
        now += time;
        busy += busy_for;
        effort.look(busy, now);
    }

    // Work for others that fills a window, spread over it.
    void be_busy(std::uint64_t units) {
        for (int i = 0; i < 100; ++i) {
            effort.charge_unproved(units / 100, now);
            pass(1ms, 1ms);
        }
    }

    // One window in which it had no rest, and in which a unit was worth a microsecond.
    void come_under_pressure() {
        effort.look(busy, now);
        be_busy(100'000);
        REQUIRE(effort.is_pressed(now));
        REQUIRE(effort.worth_of_unit() == Approx(1));
    }

    bool lets_in(const IpAddress& client) { return effort.may_read_at(client, now) <= now; }

    void cost(const IpAddress& client, std::uint64_t units) { effort.charge(client, units, now); }
};

// A worker whose time is what its clients cost, with one clock reading for each turn of its loop.
struct Shared {
    unsigned asked = 0;
    unsigned answered = 0;
    Duration of_greedy{};
    Duration longest_turn{};  // after the first second
};

// 16 honest clients ask once in 5 ms each; the greedy one has 50 connections with 32 queries each,
// whenever it is read, that cost 20 times as much.
Shared share_for(Duration time) {
    constexpr std::uint64_t dear = 400;
    constexpr std::uint64_t cheap = 20;
    Worker worker;
    Shared shared;
    const Instant began = worker.now;
    Instant next_honest = began;
    while (worker.now < began + time) {
        Duration worked{};
        for (; worker.now >= next_honest; next_honest += 5ms) {
            for (unsigned i = 1; i <= 16; ++i) {
                const IpAddress client = at(fmt::format("198.51.100.{}", i));
                ++shared.asked;
                if (worker.lets_in(client)) {
                    ++shared.answered;
                    worker.cost(client, cheap);
                    worked += Duration(cheap);
                }
            }
        }
        for (int i = 0; i < 50 && worker.lets_in(greedy); ++i) {
            for (int k = 0; k < 32 && !worker.effort.is_turn_over(); ++k) {
                worker.cost(greedy, dear);
                worked += Duration(dear);
                shared.of_greedy += Duration(dear);
            }
        }
        if (worker.now >= began + 1s) {
            shared.longest_turn = std::max(shared.longest_turn, worked);
        }
        worker.pass(std::max<Duration>(worked, 100us), worked);
    }
    return shared;
}

}  // namespace

TEST_CASE("without pressure nobody gives way, whatever it costs", "[policy][effort]") {
    Worker worker;
    for (int i = 0; i < 1'000; ++i) {
        CHECK(worker.lets_in(honest));
        CHECK(worker.lets_in(greedy));
        worker.cost(greedy, 4'000);
        CHECK_FALSE(worker.effort.is_turn_over());
        worker.pass(7ms, 4ms);
    }
}

TEST_CASE("one long turn of the loop is pressure for a second", "[policy][effort]") {
    Worker worker;
    worker.lets_in(honest);
    worker.lets_in(greedy);
    worker.cost(greedy, 4'999);
    CHECK_FALSE(worker.effort.is_pressed(worker.now));
    SECTION("of one turn") {
        worker.cost(greedy, 1);
        CHECK(worker.effort.is_pressed(worker.now));
        worker.now += 999ms;
        CHECK(worker.effort.is_pressed(worker.now));
        worker.now += 1ms;
    }
    SECTION("not of two") {
        worker.now += 1us;
        worker.cost(greedy, 4'999);
    }
    CHECK_FALSE(worker.effort.is_pressed(worker.now));
}

TEST_CASE("who asks alone gives way to nobody", "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    for (int i = 0; i < 100; ++i) {
        REQUIRE(worker.lets_in(greedy));
        worker.cost(greedy, 10'000);
        worker.pass(10ms, 10ms);
    }
}

TEST_CASE("under pressure the dear one waits until its share has made up for it",
          "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    CHECK(worker.lets_in(honest));
    CHECK(worker.lets_in(greedy));
    worker.cost(greedy, 60'000);  // 60 ms are 100 ms of its share, and 20 ms may be ahead
    CHECK(worker.effort.may_read_at(greedy, worker.now) == worker.now + 80ms);
    CHECK(worker.lets_in(honest));
    worker.now += 79ms;
    CHECK_FALSE(worker.lets_in(greedy));
    worker.now += 1ms;
    CHECK(worker.lets_in(greedy));
}

TEST_CASE("nobody waits longer than half a second", "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    worker.lets_in(honest);
    worker.lets_in(greedy);
    worker.cost(greedy, 1'000'000'000);
    CHECK(worker.effort.may_read_at(greedy, worker.now) == worker.now + 480ms);
}

TEST_CASE("a turn is a millisecond's worth, under pressure", "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    worker.lets_in(honest);
    REQUIRE(worker.lets_in(greedy));
    worker.cost(honest, 5'000);
    CHECK_FALSE(worker.effort.is_turn_over());
    worker.cost(greedy, 999);
    CHECK_FALSE(worker.effort.is_turn_over());
    worker.cost(greedy, 1);
    CHECK(worker.effort.is_turn_over());
    REQUIRE(worker.lets_in(honest));
    CHECK_FALSE(worker.effort.is_turn_over());
}

TEST_CASE("a network has its share beside its clients'", "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    worker.lets_in(honest);
    worker.lets_in(greedy);
    SECTION("two clients of a network at half of their shares") {
        worker.cost(greedy, 12'000);
        worker.lets_in(sibling);
        worker.cost(sibling, 12'000);
        CHECK(worker.effort.may_read_at(sibling, worker.now) == worker.now + 10ms);
        CHECK(worker.lets_in(honest));
    }
    SECTION("the one that is within its share while its network is too") {
        worker.cost(greedy, 15'000);
        CHECK(worker.lets_in(sibling));
        CHECK_FALSE(worker.lets_in(greedy));
    }
    SECTION("an IPv6 client is a /64, its network a /56") {
        worker.cost(at("2001:db8:0:1::1"), 24'000);
        CHECK_FALSE(worker.lets_in(at("2001:db8:0:1::2")));
        CHECK_FALSE(worker.lets_in(at("2001:db8:0:2::1")));
        CHECK(worker.lets_in(at("2001:db8:0:100::1")));
    }
}

TEST_CASE("datagrams are somebody else's, and nobody is charged for them", "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    worker.lets_in(greedy);
    worker.cost(greedy, 60'000);
    CHECK(worker.lets_in(greedy));
    worker.effort.charge_unproved(1'000'000, worker.now);
    worker.effort.note_unproved(worker.now);
    CHECK_FALSE(worker.lets_in(greedy));
    CHECK(worker.lets_in(honest));
}

TEST_CASE("pressure lasts for a minute after the last busy window, neighbours for half a second",
          "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    worker.lets_in(honest);
    worker.lets_in(greedy);
    worker.cost(greedy, 1'000'000);
    CHECK_FALSE(worker.lets_in(greedy));
    SECTION("neighbours") {
        worker.now += 450ms;
        CHECK_FALSE(worker.lets_in(greedy));
        worker.cost(greedy, 1'000'000);
        worker.now += 51ms;
        CHECK(worker.lets_in(greedy));
    }
    SECTION("pressure") {
        worker.pass(59'999ms, 44'000ms);
        CHECK(worker.effort.is_pressed(worker.now));
        worker.now += 1ms;
        CHECK_FALSE(worker.effort.is_pressed(worker.now));
    }
}

TEST_CASE("a unit is worth what it is measured at", "[policy][effort]") {
    Worker worker;
    worker.effort.look(worker.busy, worker.now);
    SECTION("on a machine of half the speed") {
        for (int i = 0; i < 30; ++i) {
            worker.be_busy(50'000);
        }
        CHECK(worker.effort.worth_of_unit() == Approx(2).epsilon(0.01));
        worker.lets_in(honest);
        worker.lets_in(greedy);
        worker.cost(greedy, 30'000);
        const Instant from = worker.effort.may_read_at(greedy, worker.now);
        CHECK(from - worker.now > 79ms);
        CHECK(from - worker.now < 81ms);
    }
    SECTION("not by a worker that is idle") {
        worker.effort.charge_unproved(1'000, worker.now);
        worker.pass(100ms, 9ms);
        CHECK(worker.effort.worth_of_unit() == Approx(1));
    }
    SECTION("within bounds") {
        for (int i = 0; i < 100; ++i) {
            worker.effort.charge_unproved(1, worker.now);
            worker.pass(100ms, 100ms);
        }
        CHECK(worker.effort.worth_of_unit() == Approx(20));
    }
}

TEST_CASE("whoever owes is not driven out by many who owe little", "[policy][effort]") {
    Worker worker;
    worker.come_under_pressure();
    worker.lets_in(greedy);
    worker.cost(greedy, 1'000'000);
    for (unsigned i = 0; i < 100'000; ++i) {
        worker.cost(at(fmt::format("10.{}.{}.{}", i >> 16, (i >> 8) & 255, i & 255)), 1);
    }
    worker.lets_in(honest);
    CHECK_FALSE(worker.lets_in(greedy));
}

TEST_CASE("of a worker's time the greedy one has its share at most, the others what they ask for",
          "[policy][effort]") {
    const Shared shared = share_for(10s);
    CHECK(shared.asked >= 31'000);
    CHECK(shared.answered == shared.asked);
    CHECK(shared.of_greedy <= 6'050ms);
    CHECK(shared.of_greedy >= 5'500ms);
    CHECK(shared.longest_turn <= 6ms);
}
