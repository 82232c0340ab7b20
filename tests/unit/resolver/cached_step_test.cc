// What of the cache answers which question.
#include "resolver/cached_step.h"

#include <catch2/catch.hpp>

#include "test_world.h"
#include "tests/unit/dnssec/records.h"

using namespace wend;
using namespace wend::test;
using cache::Rank;
using dns::Rcode;
using dns::Security;
using dns::Type;

namespace {

struct Known {
    cache::Cache cache{small_cache()};
    Instant now{};
    bool checked_only = false;

    void data(std::string_view text) {
        cache.store(rrset_of(text).with_security(Security::secure), Rank::answer_from_aa, now);
    }

    void denial(std::string_view name, Rcode rcode, std::string_view soa,
                Security security = Security::secure, Type type = Type::a) {
        cache::Denial said;
        said.name = dns::name_of(name);
        said.rcode = rcode;
        said.soa = rrset_of(soa).with_security(security);
        said.security = security;
        cache.store_denial(said, type, now);
    }

    std::optional<Step> ask(std::string_view name, Type type = Type::a) const {
        const CacheView view{.cache = cache, .floor = {}, .checked_only = checked_only, .now = now};
        return step_from_cache(view, question_of(name, type));
    }
};

constexpr std::string_view soa_of_test = "test. 300 IN SOA ns. host. 1 2 3 4 300\n";
constexpr std::string_view soa_of_child = "shop.test. 300 IN SOA ns. host. 1 2 3 4 300\n";

}  // namespace

TEST_CASE("a known alias answers no question for DS, nor for what may stand beside it",
          "[resolver][cache][rfc4035-2.4][rfc4035-2.5]") {
    Known known;
    known.data("shop.test. 300 IN CNAME edge.test.\n");
    REQUIRE(known.ask("shop.test."));
    CHECK(known.ask("shop.test.")->kind == Step::Kind::alias);
    CHECK(known.ask("shop.test.", Type::cname)->kind == Step::Kind::answer);
    for (const Type type : {Type::ds, Type::nsec, Type::rrsig}) {
        CHECK_FALSE(known.ask("shop.test.", type));
    }
    known.denial("shop.test.", Rcode::noerror, soa_of_test, Security::secure, Type::ds);
    REQUIRE(known.ask("shop.test.", Type::ds));
    CHECK(known.ask("shop.test.", Type::ds)->kind == Step::Kind::no_data);
    CHECK(known.ask("shop.test.")->kind == Step::Kind::alias);
}

TEST_CASE("an alias that answered a question for DS answers it again", "[resolver][cache]") {
    Known known;
    const dns::RRset alias =
        rrset_of("a.test. 300 IN CNAME b.test.\n").with_security(Security::secure);
    known.cache.store(alias, Rank::answer_from_aa, known.now, cache::Side::parent);
    REQUIRE(known.ask("a.test.", Type::ds));
    CHECK(known.ask("a.test.", Type::ds)->end == dns::name_of("b.test."));
    CHECK_FALSE(known.ask("a.test.", Type::nsec));
}

TEST_CASE("a known DNAME leads what is below it on, DS too, and nothing at its own name",
          "[resolver][cache][rfc6672-2.2]") {
    Known known;
    known.data("shop.test. 300 IN DNAME edge.test.\n");
    for (const Type type : {Type::a, Type::ds}) {
        CHECK_FALSE(known.ask("shop.test.", type));
        REQUIRE(known.ask("www.shop.test.", type));
        CHECK(known.ask("www.shop.test.", type)->end == dns::name_of("www.edge.test."));
    }
}

TEST_CASE("that its apex is not there is no word of a child's about its DS",
          "[resolver][cache][rfc4035-3.1.4]") {
    Known known;
    known.denial("shop.test.", Rcode::nxdomain, soa_of_child);
    CHECK(known.ask("shop.test.", Type::mx));
    CHECK_FALSE(known.ask("shop.test.", Type::ds));
    known.denial("gone.test.", Rcode::nxdomain, soa_of_test);
    CHECK(known.ask("gone.test.", Type::ds));
}

TEST_CASE("a name error is for all types of its name, and for names below it if it is proved",
          "[resolver][cache][rfc8020-2][rfc8020-5]") {
    for (const bool checked_only : {true, false}) {
        for (const Security security :
             {Security::secure, Security::insecure, Security::unchecked, Security::indeterminate}) {
            Known known;
            known.checked_only = checked_only;
            known.denial("gone.test.", Rcode::nxdomain, soa_of_test, security);
            const bool is_fit = !checked_only || security != Security::unchecked;
            CHECK(known.ask("gone.test.", Type::mx).has_value() == is_fit);
            const auto below = known.ask("deep.below.gone.test.", Type::mx);
            CHECK(below.has_value() == (security == Security::secure));
            if (below) {
                CHECK(below->kind == Step::Kind::name_error);
                CHECK(below->end == dns::name_of("deep.below.gone.test."));
            }
        }
    }
}

TEST_CASE("an unproved name error between does not hide a proved one above",
          "[resolver][cache][rfc8020-2]") {
    Known known;
    known.denial("gone.test.", Rcode::nxdomain, soa_of_test);
    known.denial("b.gone.test.", Rcode::nxdomain, "gone.test. 300 IN SOA ns. host. 1 2 3 4 300\n",
                 Security::insecure);
    const auto below = known.ask("a.b.gone.test.");
    REQUIRE(below);
    REQUIRE(below->authority.size() == 1);
    CHECK(below->authority.front().owner() == dns::name_of("test."));
}
