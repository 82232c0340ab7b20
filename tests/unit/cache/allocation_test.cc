#include <cstdlib>
#include <new>

#include <catch2/catch.hpp>

#include "cache/cache.h"
#include "tests/unit/cache/make.h"

namespace {

thread_local std::size_t allocations = 0;

void* counted(std::size_t size) noexcept {
    ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}

void* counted_or_throw(std::size_t size) {
    if (void* memory = counted(size)) {
        return memory;
    }
    throw std::bad_alloc();
}

}  // namespace

// Every allocation of this program is counted, for the one test that wants to know. All the forms
// are replaced: a sanitizer's own would not go with ours.
void* operator new(std::size_t size) {
    return counted_or_throw(size);
}

void* operator new[](std::size_t size) {
    return counted_or_throw(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return counted(size);
}

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return counted(size);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete[](void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

void operator delete(void* memory, const std::nothrow_t&) noexcept {
    std::free(memory);
}

void operator delete[](void* memory, const std::nothrow_t&) noexcept {
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
