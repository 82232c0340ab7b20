// What is kept in how many octets: counted, not measured.
#include <string>

#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "cache/region.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

constexpr std::size_t names = 50'000;

// n00012.example.com: 20 octets in wire form.
std::string numbered(std::size_t number) {
    const std::string digits = std::to_string(100'000 + number);
    return "n" + digits.substr(1) + ".example.com.";
}

// Of all names, in a cache with room for them.
template <class Store>
double octets_each(Store store) {
    Options options;
    options.key = {1, 2};
    options.shards = 4;
    Cache cache(options);
    const std::size_t before = cache.statistics().bytes;
    for (std::size_t i = 0; i < names; ++i) {
        store(cache, numbered(i));
    }
    REQUIRE(cache.statistics().entries >= names);
    return static_cast<double>(cache.statistics().bytes - before) / names;
}

TEST_CASE("a name with a plain A record takes 16 octets, its name, the address and 6 of index",
          "[cache][memory]") {
    const double each = octets_each([](Cache& cache, const std::string& name) {
        cache.store(make::a(name, 300), Rank::answer, make::at(0));
    });
    CHECK(each < 16 + 20 + 4 + 4 + 2);
}

TEST_CASE("a name that an unsigned zone denies takes hardly more than its name",
          "[cache][memory][rfc2308-5]") {
    const auto soa = make::soa("example.com.", 255, 255);
    const double each = octets_each([&soa](Cache& cache, const std::string& name) {
        cache.store_denial(make::denial(name, dns::Rcode::nxdomain, soa), dns::Type::a,
                           make::at(0));
    });
    CHECK(each < 16 + 20 + 2 + 4 + 2);
}

TEST_CASE("an empty cache is small, however large it may become", "[cache][memory]") {
    Options options;
    options.bytes_max = std::size_t{4} << 30;
    const Cache cache(options);
    CHECK(cache.statistics().bytes < 64 * (page_size() + 1024) + 4096);
}

}  // namespace
}  // namespace wend::cache
