#include "base/random.h"

#include <array>
#include <set>

#include <catch2/catch.hpp>

#include "base/hash.h"

using namespace wend;

TEST_CASE("a seed names its numbers on every compiler", "[base]") {
    SeededRandom random(42);
    CHECK(random.next() == 0xbdd732262feb6e95U);
    CHECK(random.next() == 0x28efe333b266f103U);
}

TEST_CASE("a draw below a bound stays below it and reaches every value", "[base]") {
    KernelRandom random;
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 2000; ++i) {
        const std::uint64_t draw = random.below(7);
        REQUIRE(draw < 7);
        seen.insert(draw);
    }
    CHECK(seen.size() == 7);
}

TEST_CASE("the keyed hash folds letters only where asked, and depends on key and tweak", "[base]") {
    constexpr std::array<std::uint8_t, 11> upper = {'E', 'X', 'A', 'M', 'P', 'L',
                                                    'E', '@', '[', 1,   'Z'};
    constexpr std::array<std::uint8_t, 11> lower = {'e', 'x', 'a', 'm', 'p', 'l',
                                                    'e', '@', '[', 1,   'z'};
    constexpr std::array<std::uint8_t, 11> other = {'e', 'x', 'a', 'm', 'p', 'l',
                                                    'e', '`', '[', 1,   'z'};
    const HashKey key{1, 2};
    CHECK(siphash(key, upper, 0, true) == siphash(key, lower, 0, true));
    CHECK(siphash(key, upper, 0, false) != siphash(key, lower, 0, false));
    CHECK(siphash(key, lower, 0, true) != siphash(key, other, 0, true));
    CHECK(siphash(key, lower, 0, true) != siphash(key, lower, 1, true));
    CHECK(siphash(key, lower, 0, true) != siphash(HashKey{1, 3}, lower, 0, true));
}
