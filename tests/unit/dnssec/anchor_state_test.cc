#include "dnssec/anchor_state.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/signer.h"
#include "tests/unit/dnssec/records.h"

using namespace wend;
using namespace wend::dnssec;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

constexpr std::uint32_t start = 1'700'000'000;

SigningKey key(std::uint64_t seed) {
    return *SigningKey::from_seed(Algorithm::ed25519, seed);
}

std::vector<std::uint8_t> rdata_of(std::uint64_t seed, bool revoked = false) {
    auto rdata = sim::dnskey_rdata(key(seed));
    rdata[1] = revoked ? 0x81 : 0x01;
    return rdata;
}

struct Member {
    std::uint64_t seed = 0;
    bool revoked = false;
    bool signs = true;
};

// The root's DNSKEY set with these keys, signed by those that sign it, a revoked one by its new
// tag.
dns::RRset set_of(const std::vector<Member>& members, WallTime now) {
    dns::RRsetBuilder builder(dns::NameView(), dns::Type::dnskey);
    for (const Member& member : members) {
        builder.add(rdata_of(member.seed, member.revoked));
    }
    const dns::RRset bare = builder.finish(172'800);
    sim::SigningOptions options;
    options.inception = static_cast<std::uint32_t>((now - days(1)).time_since_epoch().count());
    options.expiration = static_cast<std::uint32_t>((now + days(20)).time_since_epoch().count());
    for (const Member& member : members) {
        options.revoked = member.revoked;
        if (member.signs) {
            builder.add_signature(
                sim::rrsig_rdata(bare, dns::NameView(), key(member.seed), options));
        }
    }
    return builder.finish(172'800);
}

// A trust point that is looked at once a day.
struct TrustPoint {
    explicit TrustPoint(std::uint64_t configured_seed) {
        configured.dnskeys.push_back(rdata_of(configured_seed));
    }

    Observed look(const std::vector<Member>& members, seconds elapsed = days(1)) {
        now += elapsed;
        return observe(state, set_of(members, now), &configured, {}, now, elapsed, meter);
    }

    bool trusts(std::uint64_t seed) const {
        const auto anchor = trusted(state, &configured);
        return anchor &&
               std::ranges::find(anchor->dnskeys, rdata_of(seed)) != anchor->dnskeys.end();
    }

    std::optional<KeyState> state_of(std::uint64_t seed) const {
        for (const TrackedKey& tracked : state.keys) {
            if (tracked.rdata == rdata_of(seed)) {
                return tracked.state;
            }
        }
        return std::nullopt;
    }

    TrustAnchor configured;
    AnchorState state;
    WallTime now{seconds(start)};
    CountingMeter meter;
};

}  // namespace

TEST_CASE("a configured key is valid as soon as it signs the set", "[dnssec][rfc5011-4]") {
    TrustPoint point(1);
    const Observed observed = point.look({{1}}, seconds(0));
    CHECK(observed.trusted);
    CHECK(point.state_of(1) == KeyState::valid);
    CHECK(observed.next == days(1));
    CHECK(point.state.last_signed == point.now - days(1));
}

TEST_CASE("a new key is trusted after thirty days of observation and not before",
          "[dnssec][rfc5011-2.4.1]") {
    TrustPoint point(1);
    point.look({{1}, {2}}, seconds(0));
    CHECK(point.state_of(2) == KeyState::add_pending);
    for (int day = 1; day <= 29; ++day) {
        point.look({{1}, {2}});
        REQUIRE_FALSE(point.trusts(2));
    }
    point.look({{1}, {2}}, hours(23));
    CHECK_FALSE(point.trusts(2));
    const Observed observed = point.look({{1}, {2}}, hours(1));
    CHECK(point.trusts(2));
    CHECK(point.state_of(2) == KeyState::valid);
    REQUIRE(observed.changes.size() == 1);
    CHECK(observed.changes.front().to == KeyState::valid);
    // It alone vouches for the set from now on.
    CHECK(point.look({{2}}).trusted);
}

TEST_CASE("a jump of the wall clock makes no key older", "[dnssec][rfc5011-2.4.1]") {
    TrustPoint point(1);
    point.look({{1}, {2}}, seconds(0));
    point.now += days(400);
    point.look({{1}, {2}}, seconds(1));
    CHECK(point.state_of(2) == KeyState::add_pending);
    CHECK(point.state.keys.back().held == seconds(1));
}

TEST_CASE("a pending key that is missing once starts again", "[dnssec][rfc5011-4]") {
    TrustPoint point(1);
    point.look({{1}, {2}}, seconds(0));
    for (int day = 0; day < 29; ++day) {
        point.look({{1}, {2}});
    }
    point.look({{1}});
    CHECK_FALSE(point.state_of(2));
    point.look({{1}, {2}});
    point.look({{1}, {2}});
    CHECK(point.state_of(2) == KeyState::add_pending);
    CHECK(point.state.keys.back().held == days(1));
}

TEST_CASE("a set that no trusted key signed teaches nothing", "[dnssec][rfc5011-2.2]") {
    TrustPoint point(1);
    point.look({{1}}, seconds(0));
    const AnchorState before = point.state;
    const Observed forged = point.look({{2}, {3}});
    CHECK_FALSE(forged.trusted);
    CHECK(forged.next == seconds(172'800 / 10));
    CHECK(point.state == before);
    // The trusted key in it does not help where it did not sign.
    CHECK_FALSE(point.look({{1, false, false}, {2}}).trusted);
    CHECK(point.state == before);
}

TEST_CASE("a valid key that is not seen stays trusted", "[dnssec][rfc5011-4]") {
    TrustPoint point(1);
    point.configured.dnskeys.push_back(rdata_of(2));
    point.look({{1}, {2}}, seconds(0));
    point.look({{1}});
    CHECK(point.state_of(2) == KeyState::missing);
    CHECK(point.trusts(2));
    point.look({{2}});
    CHECK(point.state_of(2) == KeyState::valid);
    CHECK(point.state_of(1) == KeyState::missing);
}

TEST_CASE("a revoked key is never trusted again, and removed after thirty days",
          "[dnssec][rfc5011-2.1]") {
    TrustPoint point(1);
    point.configured.dnskeys.push_back(rdata_of(2));
    point.look({{1}, {2}}, seconds(0));
    point.look({{1, true}, {2}});
    CHECK(point.state_of(1) == KeyState::revoked);
    CHECK_FALSE(point.trusts(1));
    CHECK(point.trusts(2));
    CHECK_FALSE(point.look({{1}}).trusted);  // though the configuration still names it
    for (int day = 0; day < 29; ++day) {
        point.look({{1, true}, {2}});
        REQUIRE(point.state_of(1) == KeyState::revoked);
    }
    point.look({{1, true}, {2}});
    CHECK(point.state_of(1) == KeyState::removed);
    point.look({{1}, {2}});
    CHECK(point.state_of(1) == KeyState::removed);
    CHECK_FALSE(point.trusts(1));
}

TEST_CASE("a key must sign its own revocation", "[dnssec][rfc5011-2.1]") {
    TrustPoint point(1);
    point.configured.dnskeys.push_back(rdata_of(2));
    point.look({{1}, {2}}, seconds(0));
    point.look({{1, true, false}, {2}});
    CHECK(point.state_of(1) == KeyState::missing);
    CHECK(point.trusts(1));
}

TEST_CASE("the only key may revoke itself, which ends the trust point", "[dnssec][rfc5011-5]") {
    TrustPoint point(1);
    point.look({{1}}, seconds(0));
    CHECK_FALSE(point.look({{1, true}}).trusted);
    CHECK(point.state_of(1) == KeyState::revoked);
    CHECK_FALSE(trusted(point.state, &point.configured));
    CHECK_FALSE(point.look({{1}}).trusted);
}

TEST_CASE("a set with a key and its revocation is not vouched for by that key",
          "[dnssec][rfc5011-2.1]") {
    TrustPoint point(1);
    point.look({{1}}, seconds(0));
    CHECK_FALSE(point.look({{1}, {1, true}, {3}}).trusted);
    CHECK_FALSE(point.state_of(3));
}

TEST_CASE("a configured key that was revoked before it was ever seen is not trusted",
          "[dnssec][rfc5011-2.1]") {
    TrustPoint point(1);
    point.configured.dnskeys.push_back(rdata_of(2));
    point.look({{1, true}, {2}}, seconds(0));
    CHECK(point.state_of(1) == KeyState::revoked);
    CHECK_FALSE(point.trusts(1));
    CHECK(point.trusts(2));
}

TEST_CASE("a key that arrives revoked is not followed", "[dnssec][rfc5011-4]") {
    TrustPoint point(1);
    point.look({{1}, {2, true}}, seconds(0));
    CHECK(point.state.keys.size() == 1);
    CHECK_FALSE(point.state_of(2));
}

TEST_CASE("no more keys are tracked than the limit", "[dnssec]") {
    TrustPoint point(1);
    std::vector<Member> members = {{1}};
    for (std::uint64_t seed = 2; seed < 40; ++seed) {
        members.push_back({seed, false, false});
    }
    point.look(members, seconds(0));
    CHECK(point.state.keys.size() == tracked_keys_max);
    CHECK(point.state_of(1) == KeyState::valid);
}

TEST_CASE("the next look comes after half of the least time, within an hour and fifteen days",
          "[dnssec][rfc5011-2.3]") {
    CHECK(query_interval(seconds(172'800), days(20)) == days(1));
    CHECK(query_interval(days(100), days(100)) == days(15));
    CHECK(query_interval(seconds(60), days(100)) == hours(1));
    CHECK(query_interval(days(10), days(4)) == days(2));
    CHECK(retry_interval(days(100), days(100)) == days(1));
    CHECK(retry_interval(seconds(0), seconds(0)) == hours(1));
}

TEST_CASE("the states' text is read back as it was, and nothing else is read", "[dnssec]") {
    TrustPoint point(1);
    point.look({{1}, {2}}, seconds(0));
    point.look({{1}, {2}});
    AnchorState island = point.state;
    island.zone = dns::name_of("island.test.");
    island.last_signed.reset();
    const std::vector<AnchorState> states = {point.state, island};
    const std::string text = to_text(states);
    const auto read = anchor_states_from_text(text);
    REQUIRE(read);
    CHECK(*read == states);
    for (std::size_t size = 0; size < text.size(); ++size) {
        REQUIRE_FALSE(anchor_states_from_text(text.substr(0, size)));
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const int bit : {0, 3, 5}) {
            std::string damaged = text;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            REQUIRE_FALSE(anchor_states_from_text(damaged));
        }
    }
    CHECK_FALSE(anchor_states_from_text(text + text));
    CHECK_FALSE(anchor_states_from_text(""));
}

TEST_CASE("a text without a zone, with one twice or with too many is not read", "[dnssec]") {
    std::vector<AnchorState> states(1);
    CHECK(anchor_states_from_text(to_text(states)));
    CHECK_FALSE(anchor_states_from_text(to_text(std::vector<AnchorState>())));
    states.push_back(states.front());
    CHECK_FALSE(anchor_states_from_text(to_text(states)));
    states.clear();
    for (std::size_t i = 0; i < trust_points_max; ++i) {
        states.push_back({.zone = dns::name_of(std::to_string(i) + ".test.")});
    }
    CHECK(anchor_states_from_text(to_text(states)));
    states.push_back({.zone = dns::name_of("one.too.many.")});
    CHECK_FALSE(anchor_states_from_text(to_text(states)));
}
