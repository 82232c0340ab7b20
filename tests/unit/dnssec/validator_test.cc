#include "dnssec/validator.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using dns::Reason;
using dns::Security;
using dns::Type;
using dnssec::Algorithm;

namespace {

// . -> com (NSEC) -> example.com (NSEC), hashed.com (NSEC3), unsigned.com (none)
void add_tree(SignedWorld& world, Algorithm algorithm = Algorithm::ecdsap256sha256) {
    auto root = SignedWorld::times();
    root.algorithm = algorithm;
    root.seed = 1;
    auto com = root;
    com.seed = 2;
    auto example = root;
    example.seed = 3;
    auto hashed = root;
    hashed.seed = 4;
    hashed.nsec3 = true;
    hashed.iterations = 2;
    hashed.salt = {1, 2};
    world.add(".", "", root);
    world.add("com.", "", com);
    world.add("example.com.",
              "www A 192.0.2.1\nalias CNAME www\n*.wild TXT \"any\"\na.b.ent A 192.0.2.2\n"
              "tree DNAME example.com.\n",
              example);
    world.add("hashed.com.", "www A 192.0.2.1\n*.wild TXT \"any\"\na.b.ent A 192.0.2.2\n", hashed);
    world.add("unsigned.com.", "www A 192.0.2.1\n", std::nullopt);
    world.build();
}

}  // namespace

TEST_CASE("signed data is secure, with every algorithm", "[dnssec][rfc4035-5]") {
    for (const Algorithm algorithm : {Algorithm::ecdsap256sha256, Algorithm::ecdsap384sha384,
                                      Algorithm::ed25519, Algorithm::ed448}) {
        SignedWorld world;
        add_tree(world, algorithm);
        CAPTURE(dnssec::to_text(algorithm));
        for (const char* zone : {"example.com", "hashed.com"}) {
            const std::string at = zone;
            CAPTURE(at);
            CHECK(world.validate("www." + at, Type::a).security == Security::secure);
            CHECK(world.reply.answer.front().security() == Security::secure);
            CHECK(world.validate("www." + at, Type::mx).security == Security::secure);
            CHECK(world.validate("nothing." + at, Type::a).security == Security::secure);
            CHECK(world.validate("ent." + at, Type::a).security == Security::secure);
            CHECK(world.validate("x.wild." + at, Type::txt).security == Security::secure);
            CHECK(world.validate("x.wild." + at, Type::a).security == Security::secure);
            CHECK(world.validate(at, Type::ds).security == Security::secure);
            CHECK(world.validate(at, Type::dnskey).security == Security::secure);
        }
        CHECK(world.validate("alias.example.com", Type::a).security == Security::secure);
        CHECK(world.validate("www.tree.example.com", Type::a).security == Security::secure);
    }
}

TEST_CASE("below a delegation that is proved unsigned all is insecure", "[dnssec][rfc4035-5.2]") {
    SignedWorld world;
    add_tree(world);
    CHECK(world.validate("www.unsigned.com", Type::a).security == Security::insecure);
    CHECK(world.validate("nothing.unsigned.com", Type::a).security == Security::insecure);
    CHECK(world.validate("unsigned.com", Type::ds).security == Security::secure);
}

TEST_CASE("below a zone that is known to be insecure no DS is asked for", "[dnssec][rfc4035-4.3]") {
    SignedWorld world;
    world.add(".", "", SignedWorld::times());
    world.add("open.", "", std::nullopt);
    world.add("one.open.", "www A 192.0.2.1\n", std::nullopt);
    world.add("two.open.", "www A 192.0.2.2\n", std::nullopt);
    world.build();
    CHECK(world.validate("www.one.open", Type::a).security == Security::insecure);
    CHECK(world.validate("www.two.open", Type::a).security == Security::insecure);
    CHECK(world.fetches.contains({"one.open.", Type::ds}));  // nothing was known of open. yet
    CHECK_FALSE(world.fetches.contains({"two.open.", Type::ds}));
}

TEST_CASE("a zone above that came with a referral is looked at before a DS is asked for",
          "[dnssec][rfc4035-4.3]") {
    SignedWorld world;
    world.knows_zones = true;
    world.add(".", "", SignedWorld::times());
    world.add("open.", "", std::nullopt);
    world.add("one.open.", "www A 192.0.2.1\n", std::nullopt);
    world.add("signed.", "", SignedWorld::times());
    world.add("one.signed.", "www A 192.0.2.2\n", SignedWorld::times());
    world.build();
    CHECK(world.validate("www.one.open", Type::a).security == Security::insecure);
    CHECK(world.fetches.contains({"open.", Type::ds}));
    CHECK_FALSE(world.fetches.contains({"one.open.", Type::ds}));
    CHECK(world.validate("www.one.signed", Type::a).security == Security::secure);
    CHECK(world.fetches[{"one.signed.", Type::ds}] == 1);
    CHECK(world.fetches[{"signed.", Type::dnskey}] == 1);
}

TEST_CASE("only what was proved unsigned, and lies below no other anchor, is known to be insecure",
          "[dnssec][rfc4035-4.3]") {
    SignedWorld world;
    add_tree(world);
    const dns::Name unsigned_com = dns::name_of("unsigned.com.");
    const dns::Name www = dns::name_of("www.unsigned.com.");
    const auto is_known = [&](const dns::Name& zone, const dns::Name& name) {
        const dnssec::Validator validator(world.anchors, world.clock, world.memory);
        return validator.is_known_insecure(zone, name);
    };
    CHECK_FALSE(is_known(unsigned_com, www));  // nothing is known yet
    REQUIRE(world.validate("www.unsigned.com", Type::a).security == Security::insecure);
    CHECK(is_known(unsigned_com, www));
    CHECK(is_known(dns::name_of("sub.unsigned.com."), dns::name_of("a.sub.unsigned.com.")));
    CHECK_FALSE(is_known(dns::name_of("com."), www));
    const std::vector<std::uint8_t> ds = {0, 1, 13, 2, 9, 9, 9, 9};
    REQUIRE(world.anchors.add(www, Type::ds, ds));
    CHECK_FALSE(is_known(unsigned_com, www));
    CHECK(is_known(unsigned_com, dns::name_of("ftp.unsigned.com.")));
}

TEST_CASE("an anchor below an insecure zone is not passed by what lies above it", "[dnssec]") {
    SignedWorld world;
    world.add(".", "", SignedWorld::times());
    world.add("open.", "www A 192.0.2.1\n", std::nullopt);
    auto island = SignedWorld::times();
    island.seed = 9;
    world.add("island.open.", "www A 192.0.2.2\n", island);
    world.build();
    const auto ds = sim::ds_rdata(dns::name_of("island.open."), island);
    world.anchors.add(dns::name_of("island.open."), Type::ds, *ds);
    CHECK(world.validate("www.open", Type::a).security == Security::insecure);
    CHECK(world.validate("www.island.open", Type::a).security == Security::secure);
}

TEST_CASE("a signature that is known to hold is not verified again", "[dnssec]") {
    SignedWorld world;
    add_tree(world);
    dnssec::SignatureMemory memory;
    world.meter.known = &memory;
    CHECK(world.validate("www.hashed.com", Type::mx).security == Security::secure);
    const int first = world.meter.signatures;
    CHECK(world.validate("www.hashed.com", Type::txt).security == Security::secure);
    CHECK(world.meter.signatures == first);
    // Another name's proof shares the SOA, not the NSEC3 record.
    CHECK(world.validate("hashed.com", Type::mx).security == Security::secure);
    CHECK(world.meter.signatures == first + 1);
}

TEST_CASE("a signature that is known to hold is held to its dates", "[dnssec][rfc4035-5.3.1]") {
    SignedWorld world;
    add_tree(world);
    dnssec::SignatureMemory memory;
    world.meter.known = &memory;
    CHECK(world.validate("www.example.com", Type::a).security == Security::secure);
    world.clock.wall += std::chrono::days(3);
    const dnssec::Verdict verdict = world.validate("www.example.com", Type::a);
    CHECK(verdict.security == Security::bogus);
    CHECK(verdict.reason == Reason::bogus_expired);
}

TEST_CASE("keys of a zone are fetched and checked once", "[dnssec]") {
    SignedWorld world;
    add_tree(world);
    world.validate("www.example.com", Type::a);
    const int first = world.meter.signatures;
    world.validate("alias.example.com", Type::txt);
    CHECK(world.fetches[{"example.com.", Type::dnskey}] == 1);
    CHECK(world.fetches[{"com.", Type::ds}] == 1);
    // Root, com and example.com: keys; com and example.com: DS; and the answer.
    CHECK(first == 6);
}

TEST_CASE("a signature that is not right makes data bogus, with the reason",
          "[dnssec][rfc4035-5.3]") {
    SignedWorld world;
    add_tree(world);
    const auto rebuild = [](const dns::RRset& rrset, auto change) {
        dns::RRsetBuilder builder(rrset.owner(), rrset.type());
        for (const Octets rdata : rrset.rdatas()) {
            builder.add(rdata);
        }
        for (const Octets rdata : rrset.signatures()) {
            std::vector<std::uint8_t> changed(rdata.begin(), rdata.end());
            if (change(changed)) {
                builder.add_signature(changed);
            }
        }
        return builder.finish(rrset.ttl());
    };
    using Rdata = std::vector<std::uint8_t>;
    const auto verdict_after = [&](auto change) {
        world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
            if (question.qtype == Type::a) {
                reply.answer[0] = rebuild(reply.answer[0], change);
            }
        };
        return world.validate("www.example.com", Type::a);
    };
    CHECK(verdict_after([](Rdata&) { return true; }).security == Security::secure);
    auto verdict = verdict_after([](Rdata& rdata) { return rdata.back() ^= 1, true; });
    CHECK(verdict.security == Security::bogus);
    CHECK(verdict.reason == Reason::bogus_signature);
    CHECK(verdict.link == dns::name_of("www.example.com").view());
    verdict = verdict_after([](Rdata&) { return false; });
    CHECK(verdict.security == Security::bogus);
    CHECK(verdict.reason == Reason::bogus_no_signature);
    verdict = verdict_after([](Rdata& rdata) { return rdata[17] ^= 1, true; });  // key tag
    CHECK(verdict.reason == Reason::bogus_no_key);
    verdict = verdict_after([](Rdata& rdata) { return rdata[2] = 250, true; });  // algorithm
    CHECK(verdict.security == Security::bogus);
    verdict = verdict_after([](Rdata& rdata) { return rdata[3] = 4, true; });  // labels
    CHECK(verdict.security == Security::bogus);
    verdict = verdict_after([](Rdata& rdata) { return rdata[3] = 1, true; });  // above the signer
    CHECK(verdict.security == Security::bogus);
}

TEST_CASE("signatures outside their dates are bogus and say so", "[dnssec][rfc4035-5.3.1]") {
    SignedWorld world;
    add_tree(world);
    world.clock.wall += std::chrono::days(2);
    auto verdict = world.validate("www.example.com", Type::a);
    CHECK(verdict.security == Security::bogus);
    CHECK(verdict.reason == Reason::bogus_expired);
    world.memory.clear();
    world.clock.wall -= std::chrono::days(4);
    verdict = world.validate("www.example.com", Type::a);
    CHECK(verdict.reason == Reason::bogus_not_yet_valid);
}

TEST_CASE("a proof that is missing one record is no proof", "[dnssec][rfc4035-5.4][rfc5155-8]") {
    SignedWorld world;
    add_tree(world);
    for (const char* name :
         {"nothing.example.com", "nothing.hashed.com", "x.wild.example.com", "x.wild.hashed.com",
          "deep.down.example.com", "deep.down.hashed.com"}) {
        const bool wildcard = std::string(name).find("wild") != std::string::npos;
        const Type type = wildcard ? Type::txt : Type::a;
        world.mangle = nullptr;
        CAPTURE(name);
        REQUIRE(world.validate(name, type).security == Security::secure);
        const auto whole = world.reply.authority;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            if (whole[i].type() == Type::soa) {
                continue;
            }
            world.mangle = [&](const dns::Question& question, dnssec::Reply& reply) {
                if (question.qname == dns::name_of(name) && question.qtype == type) {
                    reply.authority.erase(reply.authority.begin() + static_cast<std::ptrdiff_t>(i));
                }
            };
            CAPTURE(i);
            CHECK(world.validate(name, type).security == Security::bogus);
        }
    }
}

TEST_CASE("a denial or a wildcard may not be passed off as another", "[dnssec]") {
    SignedWorld world;
    add_tree(world);
    // NXDOMAIN turned into NODATA and back.
    world.mangle = [](const dns::Question& question, dnssec::Reply& reply) {
        if (question.qtype == Type::a) {
            reply.rcode =
                reply.rcode == dns::Rcode::nxdomain ? dns::Rcode::noerror : dns::Rcode::nxdomain;
        }
    };
    CHECK(world.validate("nothing.example.com", Type::a).security == Security::bogus);
    CHECK(world.validate("nothing.hashed.com", Type::a).security == Security::bogus);
    for (const std::string name : {"ent.example.com", "ent.hashed.com"}) {
        CHECK(world.validate(name, Type::a).security == Security::secure);
        CHECK(world.reply.rcode == dns::Rcode::noerror);  // what its proof says
    }
}

TEST_CASE("a DS set of unsupported algorithms makes the zone insecure, one stripped makes it bogus",
          "[dnssec][rfc4035-5.2]") {
    SignedWorld world;
    add_tree(world);
    world.mangle = [](const dns::Question& question, dnssec::Reply& reply) {
        if (question.qtype == Type::ds && question.qname == dns::name_of("example.com")) {
            reply.answer.clear();
            reply.authority.clear();
        }
    };
    const auto verdict = world.validate("www.example.com", Type::a);
    CHECK(verdict.security == Security::bogus);
    CHECK(verdict.link == dns::name_of("example.com").view());
}

TEST_CASE("without an anchor, or below a negative one, nothing is looked at", "[dnssec][rfc7646]") {
    SignedWorld world;
    add_tree(world);
    world.anchors.add_negative(dns::name_of("example.com"));
    CHECK(world.validate("www.example.com", Type::a).security == Security::insecure);
    CHECK(world.meter.signatures == 0);
    CHECK(world.validate("www.hashed.com", Type::a).security == Security::secure);
}

TEST_CASE("an alias at a negative anchor is not validated, whatever type it answers for",
          "[dnssec][rfc7646-2]") {
    const Type type = GENERATE(Type::ds, Type::a, Type::cname);
    SignedWorld world;
    add_tree(world);
    world.anchors.add_negative(dns::name_of("alias.example.com"));
    CAPTURE(to_text(type));
    CHECK(world.validate("alias.example.com", type).security == Security::insecure);
    REQUIRE(world.reply.answer.front().type() == Type::cname);
    CHECK(world.reply.answer.front().security() == Security::insecure);
    CHECK(world.validate("www.example.com", Type::a).security == Security::secure);
}

TEST_CASE("when the signatures are spent the answer is bogus for that reason", "[dnssec]") {
    SignedWorld world;
    add_tree(world);
    world.meter.signatures_max = 4;
    const auto verdict = world.validate("www.example.com", Type::a);
    CHECK(verdict.security == Security::bogus);
    CHECK(verdict.reason == Reason::budget_signatures);
}
