#include "server/keepers/anchor_keeper.h"

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/scope.h"
#include "sim/event_queue.h"
#include "sim/signer.h"
#include "sim/sim_clock.h"
#include "tests/unit/server/stand_ins.h"

using namespace wend;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr WallTime beginning{seconds(1'800'000'000)};

class FilesInMemory final : public FileStore {
  public:
    std::expected<std::optional<std::string>, std::string> read(const std::string& path,
                                                                std::size_t) override {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    }

    Outcome write_and_sync(const std::string& path, std::string_view text) override {
        files[path] = text;
        return {};
    }

    Outcome rename(const std::string& from, const std::string& to) override {
        files[to] = files.at(from);
        files.erase(from);
        return {};
    }

    Outcome sync_folder_of(const std::string&) override { return {}; }

    std::map<std::string, std::string> files;
};

std::vector<std::uint8_t> key(std::uint64_t seed) {
    return sim::dnskey_rdata(*dnssec::SigningKey::from_seed(dnssec::Algorithm::ed25519, seed));
}

// The zone's keys, signed by the first of them.
Answer keys_answer(const std::vector<std::uint64_t>& seeds, WallTime now,
                   dns::NameView zone = dns::NameView()) {
    dns::RRsetBuilder builder(zone, dns::Type::dnskey);
    for (const std::uint64_t seed : seeds) {
        builder.add(key(seed));
    }
    sim::SigningOptions options;
    options.inception = static_cast<std::uint32_t>((now - days(1)).time_since_epoch().count());
    options.expiration = static_cast<std::uint32_t>((now + days(20)).time_since_epoch().count());
    const auto signer = dnssec::SigningKey::from_seed(dnssec::Algorithm::ed25519, seeds.front());
    builder.add_signature(sim::rrsig_rdata(builder.finish(172'800), zone, *signer, options));
    Answer answer;
    answer.rcode = dns::Rcode::noerror;
    answer.answer = {builder.finish(172'800)};
    return answer;
}

// A keeper in virtual time whose root has these keys.
struct KeeperWorld {
    explicit KeeperWorld(Config configuration = following()) : config(std::move(configuration)) {
        source.at_once = true;
        configured.add(dns::NameView(), dns::Type::dnskey, key(1));
    }

    static Config following() {
        Config config;
        config.dnssec.anchors_state = "/state";
        return config;
    }

    // As if the process began again.
    void start() {
        keeper.emplace(config, configured, clock.wall_now(), files, current, clock_watch);
    }

    void root_has(const std::vector<std::uint64_t>& seeds) {
        source.answer = keys_answer(seeds, clock.wall_now());
    }

    void run(Duration time) {
        constexpr std::uint64_t events_max = 1'000;
        REQUIRE(queue.run_until(queue.now() + time, events_max));
    }

    Duration look(Instant at, std::size_t point = 0) {
        return keeper->look(point, source.answer, at, clock.wall_now());
    }

    bool trusts(std::uint64_t seed, dns::NameView zone = dns::NameView()) const {
        const auto anchors = current.get();
        const dnssec::TrustAnchor* anchor = anchors->closest(zone);
        return anchor != nullptr && anchor->zone == zone &&
               std::ranges::find(anchor->dnskeys, key(seed)) != anchor->dnskeys.end();
    }

    sim::EventQueue queue;
    sim::SimClock clock{queue, beginning};
    Config config;
    dnssec::TrustAnchors configured;
    FilesInMemory files;
    dnssec::CurrentAnchors current{nullptr};
    ClockWatch clock_watch{true};
    StandInSource source;
    std::optional<AnchorKeeper> keeper;
};

}  // namespace

TEST_CASE("the configured anchors hold from the start", "[server][rfc5011]") {
    KeeperWorld world{Config{}};
    world.start();
    CHECK(world.keeper->followed() == 0);
    CHECK(world.trusts(1));
    CHECK(world.files.files.empty());
}

TEST_CASE("a new key of the root is learned in thirty days of observation, over restarts",
          "[server][rfc5011-2.4.1]") {
    KeeperWorld world;
    world.root_has({1, 2});
    world.start();
    Instant now{};
    world.look(now);
    for (int day = 1; day <= 30; ++day) {
        if (day % 7 == 0) {
            now += days(5);  // of which nothing is known: they do not count
            world.start();
            world.look(now);
        }
        REQUIRE_FALSE(world.trusts(2));
        now += days(1);
        CHECK(world.look(now) == days(1));
    }
    CHECK(world.trusts(2));
    world.start();
    CHECK(world.trusts(2));
}

TEST_CASE("time in which the network was away does not count", "[server][rfc5011-2.4.1]") {
    KeeperWorld world;
    world.root_has({1, 2});
    world.start();
    world.look(Instant{});
    world.look(Instant{days(100)});
    CHECK_FALSE(world.trusts(2));
}

TEST_CASE("a damaged state file leaves the configured anchors", "[server][rfc5011]") {
    KeeperWorld world;
    world.root_has({1, 2});
    world.start();
    world.look(Instant{});
    std::string& text = world.files.files.at("/state");
    REQUIRE(dnssec::anchor_states_from_text(text));
    text[text.size() / 2] ^= 1;
    world.start();
    CHECK(world.trusts(1));
    CHECK_FALSE(world.trusts(2));
    world.look(Instant{});
    CHECK(dnssec::anchor_states_from_text(world.files.files.at("/state")));
}

TEST_CASE("an island's keys are followed as the root's are, apart from them and over restarts",
          "[server][rfc5011-2.4.1]") {
    const dns::Name island = dns::name_of("island.test.");
    KeeperWorld world;
    world.configured.add(island, dns::Type::dnskey, key(7));
    world.start();
    REQUIRE(world.keeper->followed() == 2);
    for (int day = 0; day <= 30; ++day) {
        REQUIRE_FALSE(world.trusts(8, island));
        world.source.answer = keys_answer({7, 8}, world.clock.wall_now(), island);
        CHECK(world.look(Instant(days(day)), 0) == (day == 0 ? minutes(5) : hours(1)));
        CHECK(world.look(Instant(days(day)), 1) == days(1));
        world.root_has({1});
        world.look(Instant(days(day)), 0);
    }
    CHECK(world.trusts(8, island));
    CHECK_FALSE(world.trusts(8));
    world.start();
    CHECK(world.trusts(7, island));
    CHECK(world.trusts(8, island));
    CHECK(world.trusts(1));
}

TEST_CASE("a failed look comes again soon at first, then in an hour", "[server][rfc5011-2.3]") {
    KeeperWorld world;
    world.start();
    CHECK(world.look(Instant{}) == minutes(5));
    world.root_has({1});
    CHECK(world.look(Instant{}) == days(1));
    world.source.answer = Answer{};
    CHECK(world.look(Instant{}) == hours(1));
    world.root_has({2});
    CHECK(world.look(Instant{}) == seconds(172'800 / 10));
    CHECK_FALSE(world.trusts(2));
}

TEST_CASE("the root's keys are asked for with CD, again and again", "[server][rfc5011-2.3]") {
    KeeperWorld world;
    world.root_has({1});
    world.start();
    Scope scope;
    scope.spawn(world.keeper->follow_keys(0, world.source, world.clock));
    world.run(days(3) - hours(1));
    REQUIRE(world.source.questions.size() == 3);
    CHECK(world.source.questions.front().qname.view().is_root());
    CHECK(world.source.questions.front().qtype == dns::Type::dnskey);
    CHECK(world.source.checking_disabled == std::vector<bool>{true, true, true});
}

TEST_CASE("each anchor's keys are asked for under its own name", "[server][rfc5011-2.3]") {
    KeeperWorld world;
    world.configured.add(dns::name_of("island.test."), dns::Type::dnskey, key(7));
    world.start();
    Scope scope;
    scope.spawn(world.keeper->follow_keys(1, world.source, world.clock));
    world.run(minutes(1));
    REQUIRE(world.source.questions.size() == 1);
    CHECK(world.source.questions.front().qname == dns::name_of("island.test."));
}

TEST_CASE("of more anchors than are followed the rest hold as they are given", "[server]") {
    KeeperWorld world;
    for (std::size_t i = 0; i < dnssec::trust_points_max; ++i) {
        world.configured.add(dns::name_of(std::to_string(i) + ".test."), dns::Type::dnskey, key(9));
    }
    world.start();
    CHECK(world.keeper->followed() == dnssec::trust_points_max);
    CHECK(world.trusts(9, dns::name_of("15.test.")));
    world.root_has({1});
    world.look(Instant{});
    CHECK(world.trusts(9, dns::name_of("15.test.")));
}

TEST_CASE("the root is told once a day which keys are trusted", "[server][rfc8145-5]") {
    KeeperWorld world{Config{}};
    world.configured = dnssec::TrustAnchors::built_in();
    world.start();
    Scope scope;
    scope.spawn(world.keeper->signal_key_tags(world.source, world.clock));
    CHECK(world.source.questions.empty());
    world.run(hours(25));
    REQUIRE(world.source.questions.size() == 2);
    CHECK(to_text(world.source.questions.front().qname.view()) == "_ta-4f66-9728.");
}

TEST_CASE("an island is told too, under its own name", "[server][rfc8145-5.1]") {
    KeeperWorld world{Config{}};
    world.configured = dnssec::TrustAnchors::built_in();
    const std::vector<std::uint8_t> ds = {0, 7, 8, 2, 1, 2, 3};
    world.configured.add(dns::name_of("island.test."), dns::Type::ds, ds);
    world.start();
    Scope scope;
    scope.spawn(world.keeper->signal_key_tags(world.source, world.clock));
    world.run(minutes(1));
    REQUIRE(world.source.questions.size() == 2);
    CHECK(to_text(world.source.questions.back().qname.view()) == "_ta-0007.island.test.");
}

TEST_CASE("a negative anchor ends while the process runs", "[server][rfc7646-2]") {
    Config config;
    config.dnssec.negative_anchors = {{dns::name_of("broken."), beginning + hours(1)}};
    KeeperWorld world{config};
    world.start();
    Scope scope;
    scope.spawn(world.keeper->end_negative_anchors(world.clock));
    world.run(minutes(58));
    CHECK(world.current.get()->closest(dns::name_of("www.broken.")) == nullptr);
    const auto before = world.current.get();
    world.run(minutes(3));
    CHECK(world.current.get()->closest(dns::name_of("www.broken.")) != nullptr);
    CHECK(world.current.get() != before);
}

TEST_CASE("what was signed lately says that a clock which shows less is wrong", "[server]") {
    KeeperWorld world;
    world.root_has({1});
    world.start();
    CHECK_FALSE(world.clock_watch.is_wrong(beginning));
    world.look(Instant{});
    CHECK_FALSE(world.clock_watch.is_wrong(beginning - days(1) - hours(1)));
    CHECK(world.clock_watch.is_wrong(beginning - days(1) - hours(1) - seconds(1)));
}
