// What the validator leaves of a reply's proofs, and what one query's limits do to others.
#include "dnssec/reply_proofs.h"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using dns::Reason;
using dns::Security;
using dns::Type;

namespace {

void add_example(SignedWorld& world) {
    auto options = SignedWorld::times();
    world.add(".", "", options);
    options.seed = 2;
    world.add("example.", "www A 192.0.2.1\n*.wild TXT \"any\"\n", options);
    world.build();
}

// Changes replies to this question only, not those that bring keys.
template <class Change>
void mangle(SignedWorld& world, const char* name, Change change) {
    world.mangle = [name, change](const dns::Question& question, dnssec::Reply& reply) {
        if (question.qname == dns::name_of(name) && question.qtype != Type::ds) {
            change(reply);
        }
    };
}

bool all_secure(const std::vector<dns::RRset>& rrsets) {
    return std::ranges::all_of(
        rrsets, [](const dns::RRset& rrset) { return rrset.security() == Security::secure; });
}

}  // namespace

TEST_CASE("a record that came beside a verified proof is none the better for it",
          "[dnssec][hickory-123590][cve-2026-13204]") {
    SignedWorld world;
    add_example(world);
    mangle(world, "nothing.example", [](dnssec::Reply& reply) {
        reply.authority.push_back(nsec("zz.example", "example", "A RRSIG NSEC"));
    });
    CHECK(world.validate("nothing.example", Type::a).security == Security::secure);
    CHECK(all_secure(world.reply.authority));
    CHECK(world.reply.authority.size() >= 2);
    CHECK(std::ranges::none_of(world.reply.authority, [](const dns::RRset& rrset) {
        return rrset.owner() == dns::name_of("zz.example").view();
    }));
}

TEST_CASE("a wildcard's answer keeps its proof, each record secure by itself",
          "[dnssec][rfc4035-3.1.3.3]") {
    SignedWorld world;
    add_example(world);
    CHECK(world.validate("x.wild.example", Type::txt).security == Security::secure);
    CHECK(world.reply.authority.size() == 1);
    CHECK(all_secure(world.reply.authority));
}

TEST_CASE("what an alias brought along is passed on only if its zone signed it",
          "[dnssec][rfc4035-3.1]") {
    SignedWorld world;
    add_example(world);
    const auto of = [&](const char* name, Type type) {
        return world.ask({dns::name_of(name), type});
    };
    REQUIRE(world.validate("www.example", Type::a).security == Security::secure);
    dnssec::Reply reply = world.reply;  // what the answer is makes no difference
    reply.authority = of("nothing.example", Type::a).authority;
    const std::size_t signed_ones = reply.authority.size() - 1;  // the SOA proves nothing
    reply.authority.push_back(nsec("zz.example", "example", "A RRSIG NSEC"));
    dnssec::Validator validator(world.anchors, world.clock, world.memory);
    dnssec::ChainContext context{world, world.meter};
    auto task = validator.verify_extra_proofs(reply, context);
    task.start();
    REQUIRE(task.done());
    CHECK(reply.authority.size() == signed_ones);
    CHECK(all_secure(reply.authority));
    // Proofs of another zone cost nothing.
    reply.authority = of("nothing", Type::a).authority;
    world.fetches.clear();
    auto other = validator.verify_extra_proofs(reply, context);
    other.start();
    CHECK(reply.authority.empty());
    CHECK(world.fetches.empty());
}

TEST_CASE("proofs live no longer than their signatures allow", "[dnssec][rfc4035-5.3.3]") {
    SignedWorld world;
    add_example(world);
    world.clock.wall = WallTime{std::chrono::seconds(world_time + 86'400 - 10)};
    mangle(world, "nothing.example", [](dnssec::Reply& reply) {
        for (auto& rrset : reply.authority) {
            rrset = rrset.with_ttl(1'000'000);
        }
    });
    CHECK(world.validate("nothing.example", Type::a).security == Security::secure);
    REQUIRE(world.reply.authority.size() >= 2);
    for (const auto& rrset : world.reply.authority) {
        CHECK(rrset.ttl() <= 10);
    }
}

TEST_CASE("the SOA of a denial is the zone's own", "[dnssec][rfc2308-5]") {
    SignedWorld world;
    add_example(world);
    mangle(world, "nothing.example", [](dnssec::Reply& reply) {
        for (auto& rrset : reply.authority) {
            if (rrset.type() == Type::soa) {
                rrset = rrset.with_owner(dns::name_of("nothing.example"));
            }
        }
    });
    CHECK(world.validate("nothing.example", Type::a).security == Security::bogus);
}

TEST_CASE("a query whose signatures are spent makes no zone bogus for the next",
          "[dnssec][defence-d1]") {
    SignedWorld world;
    add_example(world);
    for (int spent = 0; spent < 4; ++spent) {
        CAPTURE(spent);
        world.memory.clear();
        world.meter.signatures = 0;
        world.meter.signatures_max = spent;
        const auto verdict = world.validate("www.example", Type::a);
        CHECK(verdict.security == Security::bogus);
        CHECK(verdict.reason == Reason::budget_signatures);
        world.meter.signatures = 0;
        world.meter.signatures_max = 32;
        CHECK(world.validate("www.example", Type::a).security == Security::secure);
    }
}

TEST_CASE("one reply takes half of a query's signatures at most",
          "[dnssec][defence-d1][defence-d3][cve-2026-11605]") {
    SignedWorld world;
    add_example(world);
    REQUIRE(world.validate("www.example", Type::a).security == Security::secure);
    world.meter.signatures = 0;
    // Each of 500 NSEC has two signatures that fail.
    mangle(world, "nothing.example", [](dnssec::Reply& reply) {
        const dns::RRset good = reply.authority.back();
        std::vector<std::uint8_t> bad(good.signatures().front().begin(),
                                      good.signatures().front().end());
        dns::RRsetBuilder builder(good.owner(), Type::nsec);
        builder.add(good.rdatas().front());
        for (int i = 0; i < 2; ++i) {
            ++bad.back();
            builder.add_signature(bad);
        }
        reply.authority.assign(500, builder.finish(3600));
    });
    CHECK(world.validate("nothing.example", Type::a).security == Security::bogus);
    CHECK(world.meter.signatures == dnssec::signatures_per_reply_max);
    // Of 500 good ones eight are looked at.
    mangle(world, "nothing.example", [](dnssec::Reply& reply) {
        const dns::RRset good = reply.authority.back();
        reply.authority.assign(500, good);
    });
    world.meter.signatures = 0;
    world.validate("nothing.example", Type::a);
    CHECK(world.meter.signatures == 8);
}
