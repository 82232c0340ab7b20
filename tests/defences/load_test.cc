// C and M under load: who floods, or all who come at once after a start, and those who ask
// honestly.
#include <cmath>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

// One of 60,000 clients in private networks.
Client client(unsigned number) {
    const unsigned host = number % 60'000;
    const std::array<std::uint8_t, 4> octets = {10, static_cast<std::uint8_t>(number % 200),
                                                static_cast<std::uint8_t>(host >> 8),
                                                static_cast<std::uint8_t>(host)};
    return {{IpAddress::v4(octets), 5'353}, Channel::udp};
}

struct Flood {
    int seconds = 5;
    int attacks_a_second = 1'000;  // names below evil.atk.
    int honest_a_second = 100;     // names below vic.
};

// Top-level domains are everybody's and have no share: evil.atk. is one customer's.
void with_attacked_domain(Siege& siege) {
    siege.with_attacker_and_victim("evil NS ns.evil.atk.\nns.evil A 10.0.2.1\n", "* A 192.0.2.9\n");
    siege.zone("10.0.2.1", "evil.atk.", "www A 192.0.2.1\n");
}

struct Result {
    std::size_t asked = 0;
    std::size_t answered = 0;      // of the honest ones
    std::size_t waiting_most = 0;  // of all
};

Result run(Siege& siege, const Flood& flood) {
    Result result;
    std::vector<std::uint64_t> honest;
    unsigned number = 0;
    const int steps = flood.seconds * 100;
    for (int step = 0; step < steps; ++step) {
        for (int i = 0; i < flood.attacks_a_second / 100; ++i) {
            const std::string name = fmt::format("r{}.evil.atk.", ++number);
            siege.send_octets(query_for(name, Type::a), client(number));
        }
        for (int i = 0; i < flood.honest_a_second / 100; ++i) {
            const std::string name = fmt::format("h{}.vic.", ++number);
            honest.push_back(siege.send_octets(query_for(name, Type::a), client(number)));
        }
        result.waiting_most = std::max(result.waiting_most, siege.serve().waiting());
        siege.pass(10ms);
    }
    siege.settle();
    result.asked = honest.size();
    for (const std::uint64_t token : honest) {
        result.answered += siege.told(token).data() == "192.0.2.9" ? 1U : 0U;
    }
    return result;
}

}  // namespace

TEST_CASE("a domain that answers just in time gets half of the places, and others lose nothing",
          "[defences][C8]") {
    Siege siege;
    siege.serving.in_flight = {.clients_max = 1'000, .clients_per_address = 100};
    with_attacked_domain(siege);
    // So slowly that it becomes known as slow, and is waited for.
    Duration delay = 200ms;
    siege.script("10.0.2.1", [&](const Heard& heard) {
        delay = std::min<Duration>(delay + 40ms, 1400ms);
        return say(heard, {.answer = heard.name() + " 0 A 192.0.2.1\n"}, delay);
    });
    for (int i = 0; i < 30; ++i) {
        CHECK(siege.ask(fmt::format("slower{}.evil.atk.", i)).data() == "192.0.2.1");
    }
    CHECK(siege.ask("first.vic.").data() == "192.0.2.9");
    const Result result = run(siege, {});
    CHECK(result.asked == 500);
    CHECK(result.answered == 500);
    CHECK(result.waiting_most >= 490);
    CHECK(result.waiting_most <= 520);
}

TEST_CASE("random names below a dead domain leave the rest alone, and its servers nearly so",
          "[defences][C9]") {
    Siege siege;
    with_attacked_domain(siege);
    siege.server("10.0.2.1", {.silent = true});
    CHECK(siege.ask("first.vic.").data() == "192.0.2.9");
    const Result result = run(siege, {.seconds = 20});
    CHECK(result.asked == 2'000);
    CHECK(result.answered == 2'000);
    CHECK(siege.stats.get(dns::Reason::zone_overloaded) +
              siege.stats.get(dns::Reason::zone_silent) >
          15'000);
    CHECK(siege.packets_to("10.0.2.1") < 1'000);  // of 20,000 questions
}

TEST_CASE("with a cold cache and three times the load all are answered, and soon from the cache",
          "[defences][M9]") {
    constexpr int seconds = 60;
    constexpr int queries_a_second = 600;
    constexpr double names = 20'000;  // the first asked for most
    Siege siege;
    siege.with_attacker_and_victim({}, "* 300 A 192.0.2.9\n");
    std::uint64_t hits_before = 0;
    std::uint64_t misses_before = 0;
    std::size_t waiting_most = 0;
    unsigned number = 0;
    for (int tick = 0; tick < seconds * 10; ++tick) {
        if (tick == (seconds - 10) * 10) {
            hits_before = siege.stats.get(Counter::cache_hits);
            misses_before = siege.stats.get(Counter::cache_misses);
        }
        for (int i = 0; i < queries_a_second / 10; ++i) {
            const double at = static_cast<double>(siege.random.below(1'000'000)) / 1'000'000;
            const std::string name = fmt::format("n{}.vic.", static_cast<int>(std::pow(names, at)));
            siege.send_octets(query_for(name, Type::a), client(++number));
        }
        waiting_most = std::max(waiting_most, siege.serve().waiting());
        siege.pass(100ms);
    }
    siege.settle();
    CHECK(siege.replies() == seconds * queries_a_second);
    CHECK(siege.stats.get(Rcode::servfail) == 0);
    const auto hits = siege.stats.get(Counter::cache_hits) - hits_before;
    const auto misses = siege.stats.get(Counter::cache_misses) - misses_before;
    CHECK(hits >= 4 * misses);
    CHECK(waiting_most <= 60);
}
