#include <cstdlib>
#include <new>

#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "tests/unit/cache/make.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

// Every allocation of this program is counted, for the one test that wants to know.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace wend::cache {
namespace {

TEST_CASE("a packed hit or miss allocates nothing", "[cache]") {
    Cache cache(make::small_cache());
    cache.store(make::a("a.test.", 60), Rank::answer, make::at(0));
    const dns::Name known = dns::name_of("A.test.");
    const dns::Name unknown = dns::name_of("b.test.");
    std::array<std::uint8_t, 512> buffer{};
    const std::size_t before = allocations;
    const auto hit = cache.find_packed(known, dns::Type::a, make::at(1), buffer);
    const auto miss = cache.find_packed(unknown, dns::Type::a, make::at(1), buffer);
    const std::size_t made = allocations - before;
    CHECK(hit);
    CHECK_FALSE(miss);
    CHECK(made == 0);
    // The counter counts.
    const std::size_t earlier = allocations;
    const auto found = cache.find(known, dns::Type::a, make::at(1));
    CHECK(allocations > earlier);
    CHECK(found);
}

}  // namespace
}  // namespace wend::cache
