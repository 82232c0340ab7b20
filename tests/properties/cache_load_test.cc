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

// CacheFlush (USENIX Security 2024): 8,000 questions a second fill a cache of 100 MB, each with the
// 64 KiB that its budget lets in, while a name is asked for once a second; here ten such names, at
// even distances. Of a hundred questions after the first of each, the hits.
unsigned hits_under_cache_flush(int seconds) {
    constexpr int questions = 8'000;
    constexpr int names = 10;
    constexpr int records = 16;  // of 4 KiB: five times the cache each second
    Options options;
    options.bytes_max = 100'000'000;
    options.key = {9, 10};
    Cache cache(options);
    std::array<std::uint8_t, 512> buffer{};
    std::uint64_t flood = 0;
    unsigned hits = 0;
    for (int i = 0; i < seconds * questions; ++i) {
        const Instant now = at(i / questions);
        if (i % (questions / names) == 0) {
            const int turn = i / (questions / names) % names;
            const dns::Name name = numbered("used", static_cast<unsigned>(turn));
            if (cache.find_packed(name, dns::Type::a, now, buffer)) {
                ++hits;
            } else {
                cache.store(rrset(name, dns::Type::a, 4, 3'600), Rank::answer, now);
            }
        }
        for (int record = 0; record < records; ++record) {
            cache.store(rrset(numbered("flush", flood++), dns::Type::txt, 4'050, 3'600),
                        Rank::answer, now);
        }
    }
    return 100 * hits / static_cast<unsigned>(names * (seconds - 1));
}

TEST_CASE("a name asked for once a second survives CacheFlush at 100 MB", "[cache][limits]") {
    CHECK(hits_under_cache_flush(6) >= 95);
}

}  // namespace
}  // namespace wend::cache
