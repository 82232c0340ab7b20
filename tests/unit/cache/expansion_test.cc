#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Security;
using dns::Type;
using make::at;

std::vector<dns::RRset> proofs(std::size_t count) {
    std::vector<dns::RRset> made;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string owner = std::string(1, static_cast<char>('a' + i)) + ".test.";
        made.push_back(make::rrset(owner, Type::nsec, 90, {{1}}, Security::secure, {{2}}));
    }
    return made;
}

TEST_CASE("an expansion's proofs come back, for its type alone and as long as it lives",
          "[cache][rfc4035-3.1.3.3]") {
    Cache cache(make::small_cache());
    cache.store_expansion(name_of("x.test."), Type::a, proofs(2), 40, at(0));
    const auto found = cache.find_expansion(name_of("X.test."), Type::a, at(39));
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK(found->front().owner() == name_of("a.test."));
    CHECK(found->back().owner() == name_of("b.test."));
    CHECK(found->back().security() == Security::secure);
    CHECK(found->back().signatures().size() == 1);
    CHECK_FALSE(cache.find_expansion(name_of("x.test."), Type::aaaa, at(1)));
    CHECK_FALSE(cache.find_expansion(name_of("y.test."), Type::a, at(1)));
    CHECK_FALSE(cache.find_expansion(name_of("x.test."), Type::a, at(40)));
}

TEST_CASE("an expansion denies nothing", "[cache]") {
    Cache cache(make::small_cache());
    cache.store_expansion(name_of("x.test."), Type::a, proofs(1), 40, at(0));
    CHECK_FALSE(cache.find_denial(name_of("x.test."), Type::a, at(1)));
    CHECK_FALSE(cache.find_name_error(name_of("x.test."), at(1)));
    CHECK_FALSE(cache.find(name_of("x.test."), Type::a, at(1)));
}

}  // namespace
}  // namespace wend::cache
