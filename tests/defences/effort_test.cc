// E13: one client may not take a worker's whole time with costly names over TCP.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Type;

namespace {

constexpr std::string_view greedy = "10.66.0.1:5353";
constexpr Duration cold = 400us;
constexpr Duration cached = 20us;

// A worker's turns in virtual time: the greedy client has 50 connections and 32 queries for cold
// names ready on each; 16 honest ones ask over UDP and TCP, each once in 10 ms, for a cold name one
// time in eight.
class Worker {
  public:
    explicit Worker(policy::RateMode mode)
        : cpu_({.clock = siege.clock,
                .random = siege.random,
                .stats = siege.stats,
                .busy = [this] { return busy_; }},
               mode, 60) {
        siege.with_attacker_and_victim("* A 192.0.2.1\n", "* A 192.0.2.9\n");
        siege.cpu = &cpu_;
    }

    void run(Duration time) {
        const Instant end = siege.clock.now() + time;
        Instant next_honest = siege.clock.now();
        while (siege.clock.now() < end) {
            worked_ = {};
            for (; siege.clock.now() >= next_honest; next_honest += 10ms) {
                serve_honest();
            }
            serve_greedy();
            busy_ += worked_;
            siege.pass(std::max<Duration>(worked_, 100us));
        }
        siege.settle();
    }

    std::size_t honest_answered() const {
        return static_cast<std::size_t>(std::ranges::count_if(honest_, [this](std::uint64_t asked) {
            return siege.told(asked).data() == "192.0.2.9";
        }));
    }

    std::size_t honest_asked() const { return honest_.size(); }

    std::size_t greedy_asked() const { return greedy_asked_; }

    Siege siege;

  private:
    void serve_honest() {
        for (unsigned i = 1; i <= 16; ++i) {
            const std::string from = fmt::format("10.9.0.{}:5353", i);
            const std::size_t number = honest_.size();
            const bool is_cold = number / 2 % 8 == 0;
            const std::string name = is_cold ? fmt::format("h{}.vic.", number) : "known.vic.";
            const bool is_udp = number % 2 == 0;
            // One that is put off would be read later: counted as asked, and not answered.
            const Instant now = siege.clock.now();
            const bool is_read = is_udp || cpu_.may_read_at(from_text(from)) <= now;
            if (!is_udp) {
                cpu_.moved(from_text(from), 40);
            }
            honest_.push_back(
                is_read
                    ? siege.send(name, Type::a,
                                 {.from = from, .channel = is_udp ? Channel::udp : Channel::tcp})
                    : 0);
            worked_ += is_cold ? cold : cached;
        }
    }

    void serve_greedy() {
        const Instant now = siege.clock.now();
        for (int i = 0; i < 50 && cpu_.may_read_at(from_text(greedy)) <= now; ++i) {
            for (int k = 0; k < 32 && !cpu_.is_turn_over(); ++k) {
                siege.send(fmt::format("g{}.atk.", greedy_asked_++), Type::a,
                           {.from = greedy, .channel = Channel::tcp});
                cpu_.moved(from_text(greedy), 40);
                worked_ += cold;
            }
        }
    }

    static IpAddress from_text(std::string_view endpoint) {
        return Endpoint::from_text(endpoint)->ip;
    }

    CpuShare cpu_;
    Duration busy_{};
    Duration worked_{};
    std::size_t greedy_asked_ = 0;
    std::vector<std::uint64_t> honest_;
};

constexpr auto seconds = 4;
// What the greedy client gets of a worker's whole time in that.
constexpr std::size_t whole = seconds * 1'000'000 / cold.count();

}  // namespace

TEST_CASE("of a worker's time a client of costly names over TCP has 60 % while others ask",
          "[defences][E13]") {
    Worker worker(policy::RateMode::enforce);
    worker.run(std::chrono::seconds(seconds));
    CHECK(worker.greedy_asked() <= whole * 62 / 100);  // 2 %: until a unit's worth is known
    CHECK(worker.greedy_asked() >= whole * 45 / 100);
    CHECK(worker.honest_asked() >= 6'300);
    CHECK(worker.honest_answered() == worker.honest_asked());
    CHECK(worker.siege.stats.get(Counter::reads_deferred) > 0);
    CHECK(worker.siege.stats.get(dns::Reason::cpu_share) ==
          worker.siege.stats.get(Counter::reads_deferred));
    CHECK(worker.siege.stats.get(dns::Rcode::servfail) == 0);
}

TEST_CASE("in shadow mode nobody is put off, and who would have been is counted",
          "[defences][E13]") {
    Worker worker(policy::RateMode::shadow);
    worker.run(100ms);
    CHECK(worker.greedy_asked() >= 50 * 32);
    CHECK(worker.siege.stats.get(Counter::reads_shadowed) > 0);
    CHECK(worker.siege.stats.get(Counter::reads_deferred) == 0);
    CHECK(worker.siege.stats.get(dns::Reason::cpu_share) == 0);
    CHECK(worker.honest_answered() == worker.honest_asked());
}
