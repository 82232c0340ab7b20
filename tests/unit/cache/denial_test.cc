#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Rcode;
using dns::Security;
using dns::Type;
using make::a;
using make::at;
using make::denial;
using make::soa;

Denial proved_name_error(std::string_view name) {
    Denial said = denial(name, Rcode::nxdomain, soa("test.", 60, 60, Security::secure));
    said.security = Security::secure;
    return said;
}

TEST_CASE("NODATA is for its type and name, NXDOMAIN for all types of its name",
          "[cache][rfc2308-2]") {
    Cache cache(make::small_cache());
    cache.store_denial(denial("a.test.", Rcode::noerror, soa("test.", 60, 60)), Type::aaaa, at(0));
    cache.store_denial(denial("b.test.", Rcode::nxdomain, soa("test.", 60, 60)), Type::aaaa, at(0));
    const auto no_data = cache.find_denial(name_of("A.test."), Type::aaaa, at(1));
    REQUIRE(no_data);
    CHECK(no_data->rcode == Rcode::noerror);
    CHECK(no_data->name == name_of("a.test."));
    CHECK_FALSE(cache.find_denial(name_of("a.test."), Type::a, at(1)));
    CHECK_FALSE(cache.find_denial(name_of("x.a.test."), Type::aaaa, at(1)));
    const auto no_name = cache.find_denial(name_of("b.test."), Type::mx, at(1));
    REQUIRE(no_name);
    CHECK(no_name->rcode == Rcode::nxdomain);
    CHECK(no_name->proofs.empty());
    CHECK(dns::same_data(no_name->soa, soa("test.", 60, 60)));
}

TEST_CASE("a denial lives for the least of the SOA's TTL, its MINIMUM and our limit",
          "[cache][rfc2308-5]") {
    struct Row {
        std::uint32_t ttl;
        std::uint8_t minimum;
        std::uint32_t own, lives;
    };

    const auto row = GENERATE(Row{100, 50, 0, 50}, Row{30, 50, 0, 30}, Row{200, 200, 0, 120},
                              Row{100, 50, 7, 7}, Row{100, 0, 0, 0}, Row{0, 50, 0, 0});
    Options options = make::small_cache();
    options.negative_ttl_max = 120;
    Cache cache(options);
    Denial said = denial("b.test.", Rcode::nxdomain, soa("test.", row.ttl, row.minimum));
    said.ttl = row.own;
    cache.store_denial(said, Type::a, at(10));
    const auto found = cache.find_denial(name_of("b.test."), Type::a, at(10));
    CHECK((found ? found->ttl : 0) == row.lives);
    if (found) {
        CHECK(found->soa.ttl() == row.lives);
        CHECK(cache.find_denial(name_of("b.test."), Type::a, at(10 + row.lives - 1))->ttl == 1);
    }
    CHECK_FALSE(cache.find_denial(name_of("b.test."), Type::a, at(10 + row.lives)));
}

TEST_CASE("a denial without SOA has its own TTL", "[cache][rfc2308-5]") {
    Cache cache(make::small_cache());
    Denial said = denial("b.test.", Rcode::nxdomain, {});
    cache.store_denial(said, Type::a, at(0));
    CHECK_FALSE(cache.find_denial(name_of("b.test."), Type::a, at(0)));
    said.ttl = 9;
    cache.store_denial(said, Type::a, at(0));
    const auto found = cache.find_denial(name_of("b.test."), Type::a, at(4));
    REQUIRE(found);
    CHECK(found->ttl == 5);
    CHECK_FALSE(found->soa);
}

TEST_CASE("a name error that is proved holds for all names below it", "[cache][rfc8020-2]") {
    Cache cache(make::small_cache());
    cache.store_denial(proved_name_error("b.test."), Type::a, at(0));
    CHECK(cache.find_name_error(name_of("b.test."), at(0)));
    const auto found = cache.find_name_error(name_of("x.y.B.test."), at(0));
    REQUIRE(found);
    CHECK(found->name == name_of("b.test."));
    CHECK_FALSE(cache.find_name_error(name_of("test."), at(0)));
    CHECK_FALSE(cache.find_name_error(name_of("bb.test."), at(0)));
    CHECK_FALSE(cache.find_name_error(name_of("."), at(0)));
    CHECK_FALSE(cache.find_denial(name_of("x.b.test."), Type::a, at(0)));
    CHECK_FALSE(cache.find_name_error(name_of("x.b.test."), at(60)));
}

TEST_CASE("a name error that nothing proves holds for its own name alone", "[cache][rfc8020-5]") {
    for (const Security security :
         {Security::unchecked, Security::bogus, Security::indeterminate, Security::insecure}) {
        Cache cache(make::small_cache());
        cache.store_denial(proved_name_error("n.test."), Type::a, at(0));
        Denial said = denial("b.n.test.", Rcode::nxdomain, soa("test.", 60, 60));
        said.security = security;
        cache.store_denial(said, Type::a, at(0));
        CHECK(cache.find_denial(name_of("b.n.test."), Type::mx, at(0)));
        CHECK_FALSE(cache.known_below(name_of("b.n.test."), at(0)).name_error);
        // The nearest that is proved.
        const auto found = cache.find_name_error(name_of("x.b.n.test."), at(0));
        REQUIRE(found);
        CHECK(found->name == name_of("n.test."));
    }
}

TEST_CASE("a least negative TTL holds for a SOA with a MINIMUM of 0 too", "[cache][rfc2308-5]") {
    Options options = make::small_cache();
    options.negative_ttl_min = 7;
    Cache cache(options);
    cache.store_denial(denial("a.test.", Rcode::nxdomain, soa("test.", 60, 0)), Type::a, at(0));
    cache.store_denial(denial("b.test.", Rcode::noerror, soa("test.", 0, 60)), Type::a, at(0));
    for (const char* name : {"a.test.", "b.test."}) {
        const auto found = cache.find_denial(name_of(name), Type::a, at(2));
        REQUIRE(found);
        CHECK(found->ttl == 5);
        CHECK(found->soa.ttl() == 5);
        CHECK_FALSE(cache.find_denial(name_of(name), Type::a, at(7)));
    }
}

TEST_CASE("all denials of a zone share one SOA", "[cache]") {
    Cache cache(make::small_cache());
    for (int i = 0; i < 100; ++i) {
        const std::string name = "n" + std::to_string(i) + ".test.";
        cache.store_denial(denial(name, Rcode::nxdomain, soa("test.", 60, 60)), Type::a,
                           at(i / 10));
    }
    CHECK(cache.statistics().entries == 101);
    CHECK(cache.find_denial(name_of("n99.test."), Type::a, at(65)));
    // It is no answer to a question for the SOA.
    CHECK_FALSE(cache.find(name_of("test."), Type::soa, at(9), Rank::hint));
}

TEST_CASE("a shorter SOA does not take back what an earlier one granted", "[cache]") {
    Cache cache(make::small_cache());
    cache.store_denial(denial("a.test.", Rcode::nxdomain, soa("test.", 60, 60)), Type::a, at(0));
    cache.store_denial(denial("b.test.", Rcode::nxdomain, soa("test.", 5, 60)), Type::a, at(0));
    CHECK_FALSE(cache.find_denial(name_of("b.test."), Type::a, at(30)));
    const auto found = cache.find_denial(name_of("a.test."), Type::a, at(30));
    REQUIRE(found);
    CHECK(found->soa.ttl() == 30);
}

Denial signed_denial(std::string_view name, std::uint8_t span) {
    Denial said = denial(name, Rcode::nxdomain, soa("test.", 100, 100, Security::secure));
    said.security = Security::secure;
    said.proofs = {make::rrset("a.test.", Type::nsec, 80, {{span, 2, 3}}, Security::secure, {{1}}),
                   make::rrset("test.", Type::nsec, 90, {{4, 5, 6}}, Security::secure, {{2}})};
    return said;
}

TEST_CASE("proofs come back whole, in order and no older than the denial", "[cache][rfc9077-3]") {
    Cache cache(make::small_cache());
    cache.store_denial(signed_denial("b.test.", 1), Type::a, at(0));
    const auto found = cache.find_denial(name_of("b.test."), Type::a, at(10));
    REQUIRE(found);
    CHECK(found->ttl == 70);
    CHECK(found->security == Security::secure);
    REQUIRE(found->proofs.size() == 2);
    CHECK(found->proofs[0].owner() == name_of("a.test."));
    CHECK(found->proofs[0].ttl() == 70);
    CHECK(found->proofs[0].security() == Security::secure);
    CHECK(found->proofs[0].signatures().size() == 1);
    CHECK(found->proofs[1].owner() == name_of("test."));
    CHECK(found->proofs[1].ttl() == 70);
}

TEST_CASE("a denial whose proof has changed is not found", "[cache][rfc4035-5.4]") {
    Cache cache(make::small_cache());
    cache.store_denial(signed_denial("b.test.", 1), Type::a, at(0));
    cache.store_denial(signed_denial("c.test.", 1), Type::a, at(0));
    CHECK(cache.find_denial(name_of("b.test."), Type::a, at(1)));
    cache.store_denial(signed_denial("d.test.", 2), Type::a, at(1));
    CHECK_FALSE(cache.find_denial(name_of("b.test."), Type::a, at(1)));
    CHECK(cache.find_denial(name_of("d.test."), Type::a, at(1)));
}

TEST_CASE("data and denials of one name: the newest holds", "[cache]") {
    Cache cache(make::small_cache());
    const auto no_name = denial("a.test.", Rcode::nxdomain, soa("test.", 60, 60));
    const auto no_data = denial("a.test.", Rcode::noerror, soa("test.", 60, 60));
    const auto alias = make::rrset("a.test.", Type::cname, 60, {make::name_rdata("b.test.")});
    const auto has = [&cache](Type type) {
        return cache.find(name_of("a.test."), type, at(0), Rank::hint).has_value();
    };
    const auto denied = [&cache](Type type) {
        const auto found = cache.find_denial(name_of("a.test."), type, at(0));
        return found ? std::optional(found->rcode) : std::nullopt;
    };

    cache.store_denial(no_name, Type::a, at(0));
    cache.store(a("a.test.", 60), Rank::answer, at(0));
    CHECK(has(Type::a));
    CHECK_FALSE(denied(Type::mx));

    cache.store_denial(no_data, Type::a, at(0));
    CHECK_FALSE(has(Type::a));
    CHECK(denied(Type::a) == Rcode::noerror);

    cache.store(a("a.test.", 60), Rank::answer, at(0));
    CHECK(has(Type::a));
    CHECK_FALSE(denied(Type::a));

    cache.store(alias, Rank::answer, at(0));
    cache.store_denial(no_data, Type::aaaa, at(0));
    CHECK(has(Type::cname));
    cache.store_denial(no_name, Type::aaaa, at(0));
    CHECK_FALSE(has(Type::cname));
    CHECK(has(Type::a));  // of another type than was asked for: it lives out its TTL
    CHECK(denied(Type::aaaa) == Rcode::nxdomain);

    cache.store_denial(no_data, Type::mx, at(0));
    CHECK(denied(Type::mx) == Rcode::noerror);
    CHECK_FALSE(denied(Type::txt));
}

TEST_CASE("glue does not unsay a denial", "[cache][rfc2181-5.4.1]") {
    Cache cache(make::small_cache());
    cache.store_denial(denial("a.test.", Rcode::nxdomain, soa("test.", 60, 60)), Type::a, at(0));
    cache.store(a("a.test.", 60), Rank::additional, at(0));
    CHECK(cache.find_denial(name_of("a.test."), Type::a, at(0)));
    CHECK_FALSE(cache.find(name_of("a.test."), Type::a, at(0)));
}

TEST_CASE("what was proved holds against its denial, and a proved denial against data",
          "[cache][rfc4035-4.3]") {
    Cache cache(make::small_cache());
    cache.store(a("a.test.", 60, 1, Security::secure), Rank::answer, at(0));
    const auto code = GENERATE(Rcode::noerror, Rcode::nxdomain);
    cache.store_denial(denial("a.test.", code, soa("test.", 60, 60)), Type::a, at(0));
    CHECK(cache.find(name_of("a.test."), Type::a, at(0)));
    CHECK_FALSE(cache.find_denial(name_of("a.test."), Type::a, at(0)));

    cache.store_denial(signed_denial("b.test.", 1), Type::a, at(0));
    cache.store(a("b.test.", 60), Rank::answer_from_aa, at(1));
    CHECK_FALSE(cache.find(name_of("b.test."), Type::a, at(1)));
    cache.store_denial(denial("b.test.", code, soa("test.", 60, 60)), Type::a, at(1));
    CHECK(cache.find_denial(name_of("b.test."), Type::a, at(1))->security == Security::secure);
    cache.store(a("b.test.", 60, 1, Security::secure), Rank::answer, at(1));
    CHECK(cache.find(name_of("b.test."), Type::a, at(1)));
}

TEST_CASE("a proved denial needs a proved SOA", "[cache]") {
    Cache cache(make::small_cache());
    Denial said = denial("b.test.", Rcode::nxdomain, soa("test.", 60, 60));
    said.security = Security::secure;
    cache.store_denial(said, Type::a, at(0));
    CHECK_FALSE(cache.find_denial(name_of("b.test."), Type::a, at(0)));
}

TEST_CASE("an SOA that is none, or too many proofs, is not kept", "[cache][limits]") {
    Cache cache(make::small_cache());
    Denial said = denial("b.test.", Rcode::nxdomain, a("test.", 60));
    cache.store_denial(said, Type::a, at(0));
    said.soa = make::rrset("test.", Type::soa, 60, {{1, 2, 3}});
    cache.store_denial(said, Type::a, at(0));
    said = signed_denial("b.test.", 1);
    said.proofs.resize(17, said.proofs.front());
    cache.store_denial(said, Type::a, at(0));
    CHECK(cache.statistics().entries == 0);
}

}  // namespace
}  // namespace wend::cache
