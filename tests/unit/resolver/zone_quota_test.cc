#include "resolver/zone_quota.h"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "test_world.h"

using namespace wend;
using namespace wend::test;
using namespace std::chrono_literals;
using dns::Rcode;
using dns::Reason;

namespace {

constexpr sim::Manners silent{.silent = true};

// Questions side by side, each a task of its own.
class Crowd {
  public:
    explicit Crowd(TestWorld& world) : world_(world) {}

    void ask(const std::string& name) {
        tasks_.push_back(world_.resolver().resolve(question_of(name, dns::Type::a), {}));
        tasks_.back().start();
    }

    std::size_t failed_with(Reason reason) const {
        std::size_t count = 0;
        for (const Task<Answer>& task : tasks_) {
            count += task.done() && task.result().reason == reason ? 1U : 0U;
        }
        return count;
    }

    const Task<Answer>& last() const { return tasks_.back(); }

  private:
    TestWorld& world_;
    std::vector<Task<Answer>> tasks_;
};

}  // namespace

TEST_CASE("a zone has 4,000 queries under way and no more", "[resolver][limits]") {
    SeededRandom random(1);
    ZoneQuota quota(random);
    const dns::Name dead = dns::name_of("dead.example.");
    const dns::Name other = dns::name_of("other.example.");
    std::vector<ZoneQuota::Place> places;
    for (std::size_t i = 0; i < zone_queries_max; ++i) {
        auto place = quota.enter(dead);
        REQUIRE(place);
        places.push_back(std::move(*place));
    }
    CHECK(!quota.enter(dead));
    CHECK(!quota.enter(dns::name_of("DEAD.example.")));
    CHECK(quota.enter(other));
    places.pop_back();
    CHECK(quota.enter(dead));
    places.clear();
    CHECK(quota.zones() == 0);
}

TEST_CASE("timeouts take a zone's places away down to 10, replies give them back",
          "[resolver][limits]") {
    SeededRandom random(1);
    ZoneQuota quota(random);
    const dns::Name zone = dns::name_of("slow.example.");
    auto place = quota.enter(zone);
    REQUIRE(place);
    place->note_timeout();
    CHECK(quota.limit(zone) < zone_queries_max);
    for (int i = 0; i < 200; ++i) {
        place->note_timeout();
    }
    CHECK(quota.limit(zone) == zone_queries_min);
    for (int i = 0; i < 5; ++i) {
        place->note_reply();
    }
    CHECK(quota.limit(zone) == zone_queries_min + 5);
    for (std::size_t i = 0; i < zone_queries_max; ++i) {
        place->note_reply();
    }
    CHECK(quota.limit(zone) == zone_queries_max);
}

TEST_CASE("a flood below a dead zone fails at once, and other zones do not feel it",
          "[resolver][limits]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "test NS ns.test.\nns.test. A 10.0.0.2\n");
    world.zone("10.0.0.2", "test.",
               "dead NS ns.dead\nns.dead A 10.0.1.1\nlive NS ns.live\nns.live A 10.0.1.2\n");
    world.zone("10.0.1.1", "dead.test.", "");
    world.zone("10.0.1.2", "live.test.", "www 60 A 192.0.2.80\n");
    CHECK(world.ask("first.dead.test.").rcode == Rcode::nxdomain);
    world.servers.internet.add_server(ip("10.0.1.1"), silent);
    Crowd crowd(world);
    for (std::size_t i = 0; i < zone_queries_max + 2'000; ++i) {
        crowd.ask(fmt::format("n{}.dead.test.", i));
    }
    CHECK(world.network.in_flight() <= zone_queries_max);
    CHECK(crowd.failed_with(Reason::zone_overloaded) >= 2'000);
    crowd.ask("www.live.test.");
    world.pass(1s);
    CHECK(crowd.last().done());
    CHECK(crowd.last().result().rcode == Rcode::noerror);
    world.pass(10s);
    CHECK(world.network.in_flight() == 0);
    // Not remembered: once the flood is over its names are asked for like any other.
    CHECK(world.ask("n5999.dead.test.").reason != Reason::cached_failure);
    CHECK(world.packets_to("10.0.1.1") > 0);
}
