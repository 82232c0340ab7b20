#include "server/answer/guarded_source.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/server/records.h"
#include "tests/unit/server/stand_ins.h"

using namespace wend;
using dns::Rcode;
using dns::Reason;
using dns::Security;

namespace {

class SetClock final : public Clock {
  public:
    Instant now() const override { return Instant{}; }

    WallTime wall_now() const override { return wall; }

    WallTime wall = clock_least + std::chrono::days(100);

  protected:
    void arm(Sleep&) override {}

    void disarm(Sleep&) noexcept override {}
};

struct GuardedWorld {
    explicit GuardedWorld(bool check_clock = true) : clock_watch(check_clock) {
        source.at_once = true;
        source.answer.rcode = Rcode::noerror;
        source.answer.reason = Reason::resolved;
        source.answer.security = Security::secure;
        source.answer.answer = {addresses_of("www.example.", 1)};
    }

    Answer ask(const std::string& name, bool checking_disabled = false,
               dns::Type type = dns::Type::a) {
        auto task = guarded.resolve({dns::name_of(name), type, dns::Class::in},
                                    {.checking_disabled = checking_disabled});
        task.start();
        REQUIRE(task.done());
        return task.result();
    }

    dnssec::CurrentAnchors anchors{
        std::make_shared<const dnssec::TrustAnchors>(dnssec::TrustAnchors::built_in())};
    ClockWatch clock_watch;
    std::vector<dns::Name> time_servers = {dns::name_of("pool.ntp.org.")};
    SetClock clock;
    StandInSource source;
    GuardedSource guarded{source, {anchors, clock_watch, time_servers, clock}};
};

}  // namespace

TEST_CASE("a clock is wrong before this program was written, or before a signature that verified",
          "[server]") {
    CHECK(clock_is_wrong(WallTime{}, std::nullopt));
    CHECK(clock_is_wrong(clock_least - std::chrono::seconds(1), std::nullopt));
    CHECK_FALSE(clock_is_wrong(clock_least, std::nullopt));
    const WallTime seen = clock_least + std::chrono::days(10);
    CHECK(clock_is_wrong(seen - std::chrono::seconds(3601), seen));
    CHECK_FALSE(clock_is_wrong(seen - std::chrono::seconds(3600), seen));
    CHECK_FALSE(clock_is_wrong(seen + std::chrono::days(4000), seen));
}

TEST_CASE("while the clock is right nothing is held back", "[server]") {
    GuardedWorld world;
    CHECK(world.ask("www.example.").security == Security::secure);
    CHECK(world.source.checking_disabled == std::vector<bool>{false});
}

TEST_CASE("while the clock is wrong only time servers are resolved, and not as secure",
          "[server]") {
    GuardedWorld world;
    world.clock.wall = WallTime{};
    const Answer refused = world.ask("www.example.");
    CHECK(refused.rcode == Rcode::servfail);
    CHECK(refused.reason == Reason::wrong_clock);
    CHECK(refused.detail == "the clock says 1970-01-01T00:00:00Z");
    CHECK(refused.answer.empty());
    CHECK(world.source.questions.empty());
    const Answer time = world.ask("0.debian.POOL.ntp.org.");
    CHECK(time.rcode == Rcode::noerror);
    CHECK(time.security == Security::insecure);
    CHECK(world.source.checking_disabled == std::vector<bool>{true});
    CHECK(world.ask("www.example.", true).rcode == Rcode::noerror);
    CHECK(world.ask("ntp.org.").rcode == Rcode::servfail);
}

TEST_CASE("the cache is no way around a wrong clock", "[server]") {
    GuardedWorld world;
    world.clock.wall = WallTime{};
    world.source.cached = world.source.answer;
    const dns::Question www{dns::name_of("www.example."), dns::Type::a, dns::Class::in};
    CHECK(world.guarded.from_cache(www, {})->reason == Reason::wrong_clock);
    const dns::Question time{dns::name_of("pool.ntp.org."), dns::Type::a, dns::Class::in};
    CHECK(world.guarded.from_cache(time, {})->security == Security::insecure);
    CHECK(world.guarded.from_cache(www, {.checking_disabled = true})->rcode == Rcode::noerror);
}

TEST_CASE("names that nothing vouches for need no clock, and none does where it is not checked",
          "[server]") {
    GuardedWorld world;
    world.clock.wall = WallTime{};
    auto anchors = std::make_shared<dnssec::TrustAnchors>();
    *anchors = dnssec::TrustAnchors::built_in();
    anchors->add_negative(dns::name_of("example."));
    world.anchors.replace(anchors);
    CHECK(world.ask("www.example.").rcode == Rcode::noerror);
    CHECK(world.ask("www.test.").rcode == Rcode::servfail);
    world.anchors.replace(nullptr);
    CHECK(world.ask("www.test.").rcode == Rcode::noerror);
    GuardedWorld unchecked(false);
    unchecked.clock.wall = WallTime{};
    CHECK(unchecked.ask("www.test.").rcode == Rcode::noerror);
}

TEST_CASE("a root key sentinel that does not hold is SERVFAIL", "[server][rfc8509-3.3]") {
    GuardedWorld world;
    const auto refused = [&world](const std::string& label, bool checking_disabled = false,
                                  dns::Type type = dns::Type::a) {
        return world.ask(label + ".example.", checking_disabled, type).rcode == Rcode::servfail;
    };
    CHECK_FALSE(refused("root-key-sentinel-is-ta-20326"));
    CHECK_FALSE(refused("root-key-sentinel-is-ta-38696"));
    CHECK(refused("root-key-sentinel-is-ta-19036"));
    CHECK(refused("root-key-sentinel-not-ta-20326"));
    CHECK_FALSE(refused("root-key-sentinel-not-ta-19036"));
    CHECK(refused("root-key-sentinel-not-ta-20326", false, dns::Type::aaaa));
    // Only addresses, validated and secure, tell anything (RFC 8509 3.1).
    CHECK_FALSE(refused("root-key-sentinel-not-ta-20326", false, dns::Type::txt));
    CHECK_FALSE(refused("root-key-sentinel-not-ta-20326", true));
    world.source.answer.security = Security::insecure;
    CHECK_FALSE(refused("root-key-sentinel-not-ta-20326"));
}
