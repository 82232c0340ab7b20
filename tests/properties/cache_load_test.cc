// Floods and ceilings: what the cache holds and keeps when somebody fills it on purpose.
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "cache/cache.h"

namespace wend::cache {
namespace {

Instant at(std::int64_t seconds) {
    return Instant(std::chrono::seconds(seconds));
}

dns::RRset rrset(const dns::Name& owner, dns::Type type, std::size_t size, std::uint32_t ttl) {
    dns::RRsetBuilder builder(owner, type);
    builder.add(std::vector<std::uint8_t>(size, 1));
    return builder.finish(ttl);
}

dns::Name numbered(const char* prefix, std::uint64_t number) {
    return dns::name_of(prefix + std::to_string(number) + ".test.");
}

TEST_CASE("entries of 50 octets to 60 KB never take the cache over its limit", "[cache][limits]") {
    const std::size_t bytes_max =
        GENERATE(std::size_t{128} << 10, std::size_t{1} << 20, std::size_t{6} << 20);
    Options options;
    options.bytes_max = bytes_max;
    options.key = {5, 6};
    Cache cache(options);
    SeededRandom random(bytes_max);
    std::size_t stored = 0;
    std::size_t over = 0;
    while (stored < 20 * bytes_max) {
        const std::size_t size = random.chance(30) ? random.below(60'000) : 20 + random.below(200);
        stored += size;
        cache.store(rrset(numbered("n", random.next()), dns::Type::txt, size, 300), Rank::answer,
                    at(static_cast<std::int64_t>(stored / bytes_max)));
        over += cache.statistics().bytes > bytes_max ? 1U : 0U;
    }
    CHECK(over == 0);
    CHECK(cache.statistics().bytes > bytes_max * 9 / 10);
    CHECK(cache.statistics().evictions > 0);
}

// 100 names are asked for once a second each, while 8,000 questions a second come that never come
// again and leave `records_each` entries. How many of a hundred questions for the names are hits.
unsigned hits_in_a_hundred(std::size_t bytes_max, std::size_t records_each) {
    constexpr int seconds = 40;
    constexpr std::uint64_t names = 100;
    Options options;
    options.bytes_max = bytes_max;
    options.key = {7, 8};
    Cache cache(options);
    std::array<std::uint8_t, 512> buffer{};
    std::uint64_t flood = 0;
    std::uint64_t hits = 0;
    for (int second = 0; second < seconds; ++second) {
        for (std::uint64_t i = 0; i < names; ++i) {
            const dns::Name name = numbered("used", i);
            if (cache.find_packed(name, dns::Type::a, at(second), buffer)) {
                ++hits;
            } else {
                cache.store(rrset(name, dns::Type::a, 4, 300), Rank::answer, at(second));
            }
            for (std::uint64_t other = 0; other < 8'000 / names * records_each; ++other) {
                cache.store(rrset(numbered("flood", flood++), dns::Type::a, 4, 300), Rank::answer,
                            at(second));
            }
        }
    }
    return static_cast<unsigned>(100 * hits / (names * seconds));
}

TEST_CASE("a name asked for each second stays through 8,000 new names a second",
          "[cache][limits]") {
    CHECK(hits_in_a_hundred(std::size_t{4} << 20, 1) >= 95);
    // What the flood leaves in a second is more than half of all memory.
    CHECK(hits_in_a_hundred(std::size_t{2} << 20, 3) >= 95);
}

}  // namespace
}  // namespace wend::cache
