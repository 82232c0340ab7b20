#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Security;
using dns::Type;
using make::at;

Delegation delegation(std::string_view zone, Instant expires_at) {
    Delegation made;
    made.zone = name_of(zone);
    made.servers = {{name_of("ns1.zone.test."),
                     {*IpAddress::from_text("192.0.2.1"), *IpAddress::from_text("2001:db8::1")}},
                    {name_of("ns.elsewhere."), {}}};
    made.expires_at = expires_at;
    return made;
}

TEST_CASE("a delegation comes back as the parent gave it", "[cache]") {
    Cache cache(make::small_cache());
    Delegation made = delegation("zone.test.", at(100));
    made.ds = make::rrset("zone.test.", Type::ds, 40, {{1, 2, 3, 4}}, Security::secure, {{5}});
    cache.store_delegation(made, at(0));
    const auto found = cache.find_delegation(name_of("ZONE.test."), at(10));
    REQUIRE(found);
    CHECK(dns::to_text(found->zone) == "zone.test.");
    REQUIRE(found->servers.size() == 2);
    CHECK(found->servers[0].name == name_of("ns1.zone.test."));
    CHECK(found->servers[0].glue == made.servers[0].glue);
    CHECK(found->servers[1].name == name_of("ns.elsewhere."));
    CHECK(found->servers[1].glue.empty());
    CHECK(dns::same_data(found->ds, made.ds));
    CHECK(found->ds.ttl() == 30);
    CHECK(found->ds.security() == Security::secure);
    CHECK_FALSE(found->ds_denied);
    CHECK(found->expires_at == at(100));
}

TEST_CASE("a denied DS has its proofs, until one of them runs out", "[cache]") {
    Cache cache(make::small_cache());
    Delegation made = delegation("zone.test.", at(100));
    made.ds_denied = true;
    made.ds_proofs = {make::rrset("a.test.", Type::nsec3, 40, {{1}}, Security::secure, {{2}}),
                      make::rrset("b.test.", Type::nsec3, 90, {{3}}, Security::secure, {{4}})};
    cache.store_delegation(made, at(0));
    auto found = cache.find_delegation(name_of("zone.test."), at(39));
    REQUIRE(found);
    CHECK(found->ds_denied);
    REQUIRE(found->ds_proofs.size() == 2);
    CHECK(found->ds_proofs[1].owner() == name_of("b.test."));
    CHECK(found->ds_proofs[1].ttl() == 51);
    found = cache.find_delegation(name_of("zone.test."), at(40));
    REQUIRE(found);
    CHECK_FALSE(found->ds_denied);
    CHECK(found->ds_proofs.empty());
    CHECK(found->servers.size() == 2);
}

TEST_CASE("a DS set that has run out is not known, nor denied", "[cache]") {
    Cache cache(make::small_cache());
    Delegation made = delegation("zone.test.", at(100));
    made.ds = make::rrset("zone.test.", Type::ds, 40, {{1, 2, 3, 4}});
    cache.store_delegation(made, at(0));
    const auto found = cache.find_delegation(name_of("zone.test."), at(40));
    REQUIRE(found);
    CHECK_FALSE(found->ds);
    CHECK_FALSE(found->ds_denied);
}

TEST_CASE("the deepest delegation at or above a name is the closest", "[cache][rfc1034-5.3.3]") {
    Cache cache(make::small_cache());
    cache.store_delegation(delegation("test.", at(100)), at(0));
    cache.store_delegation(delegation("zone.test.", at(50)), at(0));
    const auto closest = [&cache](std::string_view name, Instant now) {
        const auto found = cache.closest_delegation(name_of(name), now);
        return found ? dns::to_text(found->zone) : "none";
    };
    CHECK(closest("a.b.Zone.test.", at(0)) == "zone.test.");
    CHECK(closest("zone.test.", at(0)) == "zone.test.");
    CHECK(closest("other.test.", at(0)) == "test.");
    CHECK(closest("zone.test.", at(50)) == "test.");
    CHECK(closest("example.", at(0)) == "none");
    CHECK(closest(".", at(0)) == "none");
}

TEST_CASE("names of one zone share a mark, and those of others have another", "[cache]") {
    Cache cache(make::small_cache());
    cache.store_delegation(delegation("test.", at(100)), at(0));
    const auto mark = [&cache](std::string_view name, Instant now) {
        return cache.zone_mark(name_of(name), now);
    };
    // Below what is known the last two labels tell zones apart.
    CHECK(mark("a.zone.test.", at(0)) == mark("b.c.ZONE.test.", at(0)));
    CHECK(mark("a.zone.test.", at(0)) != mark("a.other.test.", at(0)));
    CHECK(mark("test.", at(0)) != mark(".", at(0)));
    cache.store_delegation(delegation("sub.zone.test.", at(50)), at(0));
    CHECK(mark("a.sub.zone.test.", at(0)) == mark("x.y.sub.zone.test.", at(0)));
    CHECK(mark("a.sub.zone.test.", at(0)) != mark("a.zone.test.", at(0)));
    CHECK(mark("a.sub.zone.test.", at(50)) == mark("a.zone.test.", at(50)));
}

TEST_CASE("a child's NS set prolongs no delegation; the parent's next word counts",
          "[cache][ghost-domains]") {
    Cache cache(make::small_cache());
    cache.store_delegation(delegation("zone.test.", at(100)), at(0));
    cache.store(make::ns("zone.test.", 86'400, "ns1.zone.test."), Rank::answer_from_aa, at(50));
    CHECK(cache.find_delegation(name_of("zone.test."), at(99))->expires_at == at(100));
    CHECK_FALSE(cache.find_delegation(name_of("zone.test."), at(100)));
    cache.store_delegation(delegation("zone.test.", at(80)), at(60));
    CHECK_FALSE(cache.find_delegation(name_of("zone.test."), at(80)));
}

TEST_CASE("a delegation's life is limited, an empty one's to seconds", "[cache][limits]") {
    Options options = make::small_cache();
    options.ttl_max = 1000;
    Cache cache(options);
    cache.store_delegation(delegation("zone.test.", at(5000)), at(0));
    CHECK(cache.find_delegation(name_of("zone.test."), at(0))->expires_at == at(1000));
    Delegation empty = delegation("empty.test.", at(500));
    empty.servers.clear();
    cache.store_delegation(empty, at(0));
    CHECK(cache.find_delegation(name_of("empty.test."), at(4)));
    CHECK_FALSE(cache.find_delegation(name_of("empty.test."), at(5)));
    cache.store_delegation(delegation("past.test.", at(7)), at(7));
    CHECK_FALSE(cache.find_delegation(name_of("past.test."), at(7)));
}

TEST_CASE("of many servers and addresses 13 and 16 are kept", "[cache][limits]") {
    Cache cache(make::small_cache());
    Delegation made = delegation("zone.test.", at(100));
    made.servers[0].glue.resize(100, made.servers[0].glue[0]);
    made.servers.resize(1500, made.servers[0]);
    cache.store_delegation(made, at(0));
    const auto found = cache.find_delegation(name_of("zone.test."), at(0));
    REQUIRE(found);
    CHECK(found->servers.size() == 13);
    CHECK(found->servers[0].glue.size() == 16);
}

TEST_CASE("proofs that are too many or too large are left out, not the delegation",
          "[cache][limits]") {
    Cache cache(make::small_cache());
    Delegation made = delegation("zone.test.", at(100));
    made.ds_denied = true;
    const auto proof = make::rrset("a.test.", Type::nsec3, 40, {make::Rdata(60'000, 1)});
    made.ds_proofs.assign(GENERATE(2U, 9U), proof);
    cache.store_delegation(made, at(0));
    const auto found = cache.find_delegation(name_of("zone.test."), at(0));
    REQUIRE(found);
    CHECK(found->servers.size() == 2);
    CHECK_FALSE(found->ds_denied);
    CHECK(found->ds_proofs.empty());
}

TEST_CASE("a delegation is forgotten when told so, or when the parent denies its name",
          "[cache][rfc8020-2]") {
    Cache cache(make::small_cache());
    const auto name_error = [](std::string_view zone) {
        return make::denial("zone.test.", dns::Rcode::nxdomain, make::soa(zone, 60, 60));
    };
    cache.store_delegation(delegation("zone.test.", at(100)), at(0));
    cache.forget_delegation(name_of("Zone.test."));
    CHECK_FALSE(cache.find_delegation(name_of("zone.test."), at(0)));

    cache.store_delegation(delegation("zone.test.", at(100)), at(0));
    cache.store_denial(name_error("zone.test."), Type::a, at(0));
    CHECK(cache.find_delegation(name_of("zone.test."), at(0)));
    cache.store_denial(name_error("test."), Type::a, at(0));
    CHECK_FALSE(cache.find_delegation(name_of("zone.test."), at(0)));
    CHECK(cache.find_denial(name_of("zone.test."), Type::a, at(0)));

    cache.store_delegation(delegation("zone.test.", at(100)), at(1));
    CHECK_FALSE(cache.find_denial(name_of("zone.test."), Type::a, at(1)));
}

}  // namespace
}  // namespace wend::cache
