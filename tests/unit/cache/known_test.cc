#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Rcode;
using dns::Type;
using make::a;
using make::at;
using make::denial;
using make::name_rdata;
using make::rrset;
using make::soa;

struct Case {
    const char* name;
    Type type;
    Instant now;
    bool data, alias, denied;
};

TEST_CASE("what is known at a name is told by type, and only while it is fresh", "[cache]") {
    Cache cache(make::small_cache());
    cache.store(a("a.test.", 60), Rank::answer, at(0));
    cache.store(rrset("c.test.", Type::cname, 60, {name_rdata("a.test.")}), Rank::answer, at(0));
    cache.store(a("glue.test.", 60), Rank::additional, at(0));
    cache.store_denial(denial("a.test.", Rcode::noerror, soa("test.", 60, 60)), Type::aaaa, at(0));
    cache.store_denial(denial("n.test.", Rcode::nxdomain, soa("test.", 60, 60)), Type::a, at(0));
    const auto each = GENERATE(Case{"A.test.", Type::a, at(59), true, false, false},
                               Case{"a.test.", Type::a, at(60), false, false, false},
                               Case{"a.test.", Type::aaaa, at(59), false, false, true},
                               Case{"a.test.", Type::mx, at(0), false, false, false},
                               Case{"c.test.", Type::a, at(0), false, true, false},
                               Case{"c.test.", Type::cname, at(0), true, true, false},
                               Case{"glue.test.", Type::a, at(0), false, false, false},
                               Case{"n.test.", Type::mx, at(0), false, false, true},
                               Case{"n.test.", Type::mx, at(60), false, false, false},
                               Case{"x.n.test.", Type::a, at(0), false, false, false});
    CAPTURE(each.name, dns::to_text(each.type));
    const Cache::Known known = cache.known_at(name_of(each.name), each.type, each.now);
    CHECK(known.data == each.data);
    CHECK(known.alias == each.alias);
    CHECK(known.denied == each.denied);
}

TEST_CASE("what speaks for all names below is a DNAME or a proved name error of exactly that name",
          "[cache][rfc6672-2.2][rfc8020-2]") {
    Cache cache(make::small_cache());
    cache.store(rrset("d.test.", Type::dname, 60, {name_rdata("a.test.")}), Rank::answer, at(0));
    Denial proved = denial("n.test.", Rcode::nxdomain, soa("test.", 60, 60));
    proved.security = dns::Security::secure;
    cache.store_denial(proved, Type::a, at(0));
    cache.store_denial(denial("u.test.", Rcode::nxdomain, soa("test.", 60, 60)), Type::a, at(0));
    cache.store_denial(denial("e.test.", Rcode::noerror, soa("test.", 60, 60)), Type::a, at(0));
    CHECK(cache.known_below(name_of("D.test."), at(59)).dname);
    CHECK_FALSE(cache.known_below(name_of("d.test."), at(59)).name_error);
    CHECK_FALSE(cache.known_below(name_of("d.test."), at(60)).dname);
    CHECK_FALSE(cache.known_below(name_of("x.d.test."), at(0)).dname);
    CHECK(cache.known_below(name_of("n.test."), at(59)).name_error);
    CHECK_FALSE(cache.known_below(name_of("n.test."), at(60)).name_error);
    CHECK_FALSE(cache.known_below(name_of("u.test."), at(0)).name_error);
    CHECK_FALSE(cache.known_below(name_of("e.test."), at(0)).name_error);
}

}  // namespace
}  // namespace wend::cache
