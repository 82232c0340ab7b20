// What an operator disables is as if the provider lacked it (RFC 9905 2): in DS records, keys,
// signatures and anchors alike.
#include "dnssec/algorithm_policy.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dnssec/anchor_state.h"
#include "dnssec/keys.h"
#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using namespace wend::dnssec;
using dns::Reason;
using dns::Security;
using dns::Type;

namespace {

// RSASHA1 and RSASHA1-NSEC3-SHA1, as RFC 9905 2 has it.
AlgorithmPolicy without_sha1() {
    AlgorithmPolicy policy;
    policy.disable(5);
    policy.disable(7);
    return policy;
}

// . -> old. (RSASHA1), older. (RSASHA1-NSEC3-SHA1) -> modern.older., new. (ECDSA P-256)
void add_ages(SignedWorld& world) {
    const auto signing = [](Algorithm algorithm, std::uint64_t seed) {
        auto options = SignedWorld::times();
        options.algorithm = algorithm;
        options.seed = seed;
        options.nsec3 = algorithm == Algorithm::rsasha1_nsec3_sha1;
        return options;
    };
    world.add(".", "", signing(Algorithm::ecdsap256sha256, 1));
    world.add("old.", "www A 192.0.2.1\n", signing(Algorithm::rsasha1, 2));
    world.add("older.", "www A 192.0.2.1\n", signing(Algorithm::rsasha1_nsec3_sha1, 3));
    world.add("modern.older.", "www A 192.0.2.1\n", signing(Algorithm::ecdsap256sha256, 4));
    world.add("new.", "www A 192.0.2.1\n", signing(Algorithm::ecdsap256sha256, 5));
    world.build();
}

// One key of each age in a zone that is rolling from RSASHA1 to Ed25519.
struct Rolling {
    dns::Name zone = dns::name_of("rolling");
    WallTime now{std::chrono::seconds(world_time)};
    SigningKey old_key = *SigningKey::from_seed(Algorithm::rsasha1, 1);
    SigningKey new_key = *SigningKey::from_seed(Algorithm::ed25519, 1);

    // RRSIG of the key's own algorithm.
    std::vector<std::uint8_t> signature(const dns::RRset& rrset, const SigningKey& key) const {
        auto options = SignedWorld::times();
        options.algorithm = key.algorithm();
        return sim::rrsig_rdata(rrset, zone, key, options);
    }

    dns::RRset keys(const std::vector<const SigningKey*>& signers) const {
        dns::RRsetBuilder builder(zone, Type::dnskey);
        builder.add(sim::dnskey_rdata(old_key));
        builder.add(sim::dnskey_rdata(new_key));
        const dns::RRset bare = builder.finish(3600);
        for (const SigningKey* signer : signers) {
            builder.add_signature(signature(bare, *signer));
        }
        return builder.finish(3600);
    }

    dns::RRset ds() const {
        dns::RRsetBuilder builder(zone, Type::ds);
        builder.add(sim::ds_of_key(zone, sim::dnskey_rdata(old_key)));
        builder.add(sim::ds_of_key(zone, sim::dnskey_rdata(new_key)));
        return builder.finish(3600);
    }
};

}  // namespace

TEST_CASE("what only a disabled algorithm signs is insecure, and all below it",
          "[dnssec][rfc9905-2][rfc4035-5.2]") {
    SignedWorld world;
    add_ages(world);
    world.anchors.set_policy(without_sha1());
    for (const char* name : {"www.old", "nothing.old", "www.older", "nothing.older"}) {
        CAPTURE(name);
        CHECK(world.validate(name, Type::a).security == Security::insecure);
    }
    // Its DS is of no use to who does not believe the zone above.
    CHECK(world.validate("www.modern.older", Type::a).security == Security::insecure);
    CHECK(world.validate("www.new", Type::a).security == Security::secure);
    CHECK(world.validate("old", Type::ds).security == Security::secure);
    CHECK(world.meter.signatures > 0);
}

TEST_CASE("nothing is disabled unless somebody says so", "[dnssec][rfc9905-2]") {
    SignedWorld world;
    add_ages(world);
    for (const char* name :
         {"www.old", "nothing.old", "www.older", "www.modern.older", "www.new"}) {
        CAPTURE(name);
        CHECK(world.validate(name, Type::a).security == Security::secure);
    }
}

TEST_CASE("a signature of a disabled algorithm is passed over for one that counts",
          "[dnssec][rfc9905-2][rfc6840-5.11]") {
    const Rolling rolling;
    const dns::RRset ds = rolling.ds();
    const std::vector<Ds> named = usable(ds.packed(), without_sha1());
    REQUIRE(named.size() == 1);
    CHECK(named.front().algorithm == 15);
    CHECK(usable(ds.packed(), {}).size() == 2);

    const dns::RRset both = rolling.keys({&rolling.old_key, &rolling.new_key});
    CountingMeter meter;
    const auto set = establish(both.packed(), named, without_sha1(), rolling.now, meter);
    REQUIRE(set);
    REQUIRE(set->keys.size() == 1);  // so that no data is secure by the old key either
    CHECK(set->keys.front().key.algorithm() == Algorithm::ed25519);
    CHECK(meter.signatures == 1);

    const dns::RRset old_only = rolling.keys({&rolling.old_key});
    CHECK_FALSE(establish(old_only.packed(), named, without_sha1(), rolling.now, meter));
}

TEST_CASE("an anchor of a disabled algorithm vouches for nothing, beside others that do",
          "[dnssec][rfc9905-2]") {
    const Rolling rolling;
    const dns::RRset both = rolling.keys({&rolling.old_key, &rolling.new_key});
    const auto old_rdata = sim::dnskey_rdata(rolling.old_key);
    const std::vector<Octets> keys = {old_rdata};
    CountingMeter meter;
    CHECK(establish_from_keys(both.packed(), keys, {}, rolling.now, meter));
    CHECK_FALSE(establish_from_keys(both.packed(), keys, without_sha1(), rolling.now, meter));

    TrustAnchor anchor{rolling.zone, {}, {old_rdata}};
    CHECK(is_usable(anchor, {}));
    CHECK_FALSE(is_usable(anchor, without_sha1()));
    anchor.ds.push_back(sim::ds_of_key(rolling.zone, sim::dnskey_rdata(rolling.new_key)));
    CHECK(is_usable(anchor, without_sha1()));

    SignedWorld world;
    add_ages(world);
    AlgorithmPolicy policy;
    policy.disable(13);
    world.anchors.set_policy(policy);
    CHECK(world.validate("www.new", Type::a).security == Security::insecure);
    CHECK(world.meter.signatures == 0);
}

TEST_CASE("a disabled digest names no key: in a DS set, and in an anchor", "[dnssec]") {
    SignedWorld world;
    add_ages(world);
    AlgorithmPolicy policy;
    policy.disable_digest(2);
    const Rolling rolling;
    const dns::RRset ds = rolling.ds();
    CHECK(usable(ds.packed(), policy).empty());
    world.anchors.set_policy(policy);
    CHECK(world.validate("www.new", Type::a).security == Security::insecure);
    const dns::RRset both = rolling.keys({&rolling.old_key, &rolling.new_key});
    CountingMeter meter;
    CHECK_FALSE(establish(both.packed(), usable(ds.packed(), {}), policy, rolling.now, meter));
}

TEST_CASE("a key of a disabled algorithm brings in no other key", "[dnssec][rfc5011][rfc9905-2]") {
    const Rolling rolling;
    const TrustAnchor configured{rolling.zone, {}, {sim::dnskey_rdata(rolling.old_key)}};
    const dns::RRset both = rolling.keys({&rolling.old_key, &rolling.new_key});
    for (const bool disabled : {false, true}) {
        CAPTURE(disabled);
        AnchorState state{.zone = rolling.zone};
        CountingMeter meter;
        const Observed observed =
            observe(state, both, &configured, disabled ? without_sha1() : AlgorithmPolicy{},
                    rolling.now, std::chrono::seconds(0), meter);
        CHECK(observed.trusted == !disabled);
        CHECK(state.keys.empty() == disabled);
    }
}
