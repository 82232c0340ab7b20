#include "cache/arena.h"

#include <deque>
#include <set>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "cache/buckets.h"
#include "cache/ring.h"
#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;

constexpr HashKey hash_key{3, 4};

// Owns the name that a key refers to.
struct OwnedKey {
    explicit OwnedKey(const std::string& name, dns::Type type = dns::Type::a)
        : owner(name_of(name)), type_(type) {}

    Key key() const { return {owner, Kind::rrset, type_, dns::hash(hash_key, owner)}; }

    dns::Name owner;
    dns::Type type_;
};

OwnedKey numbered(std::size_t number) {
    return OwnedKey("n" + std::to_string(number) + ".test.");
}

bool put(Arena& arena, const OwnedKey& owned, std::size_t body, std::uint32_t now = 0) {
    Header fields;
    fields.expires = 1000;
    return arena.insert(owned.key(), body, fields, now).has_value();
}

bool has(const Arena& arena, const OwnedKey& owned) {
    return arena.find(owned.key()).has_value();
}

void use(const Arena& arena, const OwnedKey& owned) {
    if (const auto entry = arena.find(owned.key())) {
        Arena::note_use(*entry);
    }
}

TEST_CASE("runs in a ring never overlap, wrap around, or go past its end", "[cache]") {
    SeededRandom random(7);
    for (const std::uint32_t capacity : {64U, 1000U}) {
        Ring ring(capacity);
        std::deque<std::pair<std::uint32_t, std::uint32_t>> runs;  // start, end; oldest first
        for (int i = 0; i < 20'000; ++i) {
            const auto size = static_cast<std::uint32_t>(1 + random.below(capacity / 2));
            while (!ring.has_room(size)) {
                REQUIRE(ring.tail() == runs.front().first);
                ring.pop(runs.front().second - runs.front().first);
                runs.pop_front();
            }
            const std::uint32_t start = ring.push(size);
            REQUIRE(start + size <= capacity);
            for (const auto& [from, to] : runs) {
                REQUIRE((start + size <= from || to <= start));
            }
            runs.emplace_back(start, start + size);
            REQUIRE(ring.touched() >= start + size);
        }
        CHECK(ring.touched() <= capacity);
    }
}

TEST_CASE("a ring that is emptied begins anew", "[cache]") {
    Ring ring(10);
    CHECK(ring.empty());
    CHECK(ring.push(6) == 0);
    CHECK(ring.push(4) == 6);
    CHECK_FALSE(ring.has_room(1));
    ring.pop(6);
    CHECK(ring.tail() == 6);
    CHECK(ring.push(6) == 0);
    CHECK_FALSE(ring.has_room(1));
    ring.pop(4);
    CHECK(ring.tail() == 0);
    ring.pop(6);
    CHECK(ring.empty());
    CHECK(ring.push(10) == 0);
    CHECK(ring.touched() == 10);
}

TEST_CASE("growing by a bucket moves hashes from one bucket into the new one only", "[cache]") {
    SeededRandom random(1);
    std::vector<std::uint64_t> hashes(500);
    for (auto& hash : hashes) {
        hash = random.next();
    }
    Buckets buckets(300);
    while (buckets.can_grow()) {
        const Buckets before = buckets;
        const auto split = buckets.grow();
        CHECK(split.to == before.count());
        for (const auto hash : hashes) {
            const auto now = buckets.of(hash);
            REQUIRE(now < buckets.count());
            REQUIRE((now == before.of(hash) || (before.of(hash) == split.from && now == split.to)));
        }
    }
    CHECK(buckets.count() == 300);
}

TEST_CASE("all that fits stays, whatever is used", "[cache]") {
    Arena arena(std::size_t{1} << 20, hash_key);
    constexpr std::size_t count = 15'000;  // of 16 + 13 + 20 octets, and 4 of index
    for (std::size_t i = 0; i < count; ++i) {
        REQUIRE(put(arena, numbered(i), 20));
    }
    CHECK(arena.evictions() == 0);
    CHECK(arena.entries() == count);
    for (std::size_t i = 0; i < count; ++i) {
        REQUIRE(has(arena, numbered(i)));
    }
    CHECK(arena.octets() < count * (16 + 13 + 20 + 4) + 4 * page_size());
}

TEST_CASE("an arena that nobody wrote to has nothing resident but its first bucket", "[cache]") {
    const Arena arena(std::size_t{64} << 20, hash_key);
    CHECK(arena.octets() == page_size());
}

TEST_CASE("an arena holds no more than it may, whatever comes", "[cache][limits]") {
    for (const std::size_t octets_max : {arena_octets_min, std::size_t{1} << 20}) {
        Arena arena(octets_max, hash_key);
        SeededRandom random(octets_max);
        for (std::size_t i = 0; i < 30'000; ++i) {
            const std::size_t body = random.chance(10) ? random.below(65'000) : random.below(300);
            const OwnedKey owned = numbered(random.below(5'000));
            const bool kept = put(arena, owned, body, static_cast<std::uint32_t>(i / 20));
            REQUIRE(has(arena, owned) == kept);
            REQUIRE(arena.octets() <= octets_max);
            use(arena, numbered(random.below(5'000)));
            if (random.chance(5)) {
                arena.erase(numbered(random.below(5'000)).key());
            }
        }
        CHECK(arena.evictions() > 0);
        CHECK(arena.octets() > octets_max * 9 / 10);
    }
}

TEST_CASE("a body is its entry's own, through every move", "[cache]") {
    Arena arena(arena_octets_min, hash_key);
    SeededRandom random(5);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < 50'000; ++i) {
        const std::size_t number = random.below(2'000);
        const OwnedKey owned = numbered(number);
        if (const auto entry = arena.find(owned.key())) {
            ++seen;
            Arena::note_use(*entry);
            REQUIRE(entry->owner() == owned.owner);
            for (const std::uint8_t octet : entry->body().first(entry->header().count)) {
                REQUIRE(octet == static_cast<std::uint8_t>(number));
            }
        }
        Header fields;
        fields.expires = 1000;
        fields.count = static_cast<std::uint8_t>(random.below(200));
        const auto entry = arena.insert(owned.key(), fields.count, fields, 0);
        REQUIRE(entry);
        std::ranges::fill(entry->body(), static_cast<std::uint8_t>(number));
    }
    CHECK(seen > 1'000);
}

TEST_CASE("a flood of names asked for once displaces nothing that is used", "[cache][limits]") {
    Arena arena(std::size_t{1} << 20, hash_key);
    for (std::size_t i = 0; i < 1'000; ++i) {
        put(arena, numbered(i), 100);
    }
    for (std::size_t i = 0; i < 200'000; ++i) {
        put(arena, numbered(1'000 + i), 100);
        if (i % 200 == 0) {
            for (std::size_t used = 0; used < 1'000; ++used) {
                use(arena, numbered(used));
            }
        }
    }
    for (std::size_t i = 0; i < 1'000; ++i) {
        REQUIRE(has(arena, numbered(i)));
    }
    CHECK(arena.evictions() > 180'000);
}

TEST_CASE("what people no longer use gives way to what they use", "[cache]") {
    Arena arena(std::size_t{1} << 20, hash_key);
    for (std::size_t i = 0; i < 6'000; ++i) {
        put(arena, numbered(i), 100);
        for (unsigned uses = 0; uses <= uses_max; ++uses) {
            use(arena, numbered(i));
        }
    }
    std::size_t kept = 0;
    for (std::size_t i = 10'000; i < 80'000; ++i) {
        put(arena, numbered(i), 100);
        use(arena, numbered(i));
    }
    for (std::size_t i = 0; i < 6'000; ++i) {
        kept += has(arena, numbered(i)) ? 1U : 0U;
    }
    CHECK(kept == 0);
}

TEST_CASE("what is stored again soon after it was thrown away is kept longer", "[cache]") {
    Arena arena(std::size_t{1} << 20, hash_key);
    std::size_t next = 0;
    const auto flood = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            put(arena, numbered(1'000'000 + next++), 100);
        }
    };
    flood(20'000);
    const OwnedKey once = numbered(1);
    put(arena, once, 100);
    flood(3'000);
    CHECK_FALSE(has(arena, once));
    put(arena, once, 100);
    flood(3'000);
    CHECK(has(arena, once));
}

TEST_CASE("an expired entry makes room before a fresh one", "[cache]") {
    Arena arena(std::size_t{1} << 20, hash_key);
    Header fields;
    fields.expires = 10;
    for (std::size_t i = 0; i < 5'000; ++i) {
        arena.insert(numbered(i).key(), 100, fields, 0);
    }
    for (std::size_t i = 5'000; i < 11'000; ++i) {
        put(arena, numbered(i), 100, 10);
    }
    CHECK(arena.evictions() == 0);
    for (std::size_t i = 5'000; i < 11'000; ++i) {
        REQUIRE(has(arena, numbered(i)));
    }
}

TEST_CASE("names of an attacker's choice do not gather in one chain", "[cache][limits]") {
    Arena arena(std::size_t{64} << 20, hash_key);
    for (std::size_t i = 0; i < 300'000; ++i) {
        put(arena, numbered(i), 4);
    }
    for (std::uint16_t type = 1; type <= 10'000; ++type) {
        put(arena, OwnedKey("many-types.test.", dns::Type{type}), 4);
    }
    CHECK(arena.entries() == 310'000);
    CHECK(arena.longest_chain() <= 12);
}

TEST_CASE("an arena that was cleared is as new", "[cache]") {
    Arena arena(arena_octets_min, hash_key);
    for (std::size_t i = 0; i < 5'000; ++i) {
        put(arena, numbered(i), 100);
    }
    arena.clear();
    CHECK(arena.entries() == 0);
    CHECK(arena.octets() == page_size());
    CHECK_FALSE(has(arena, numbered(4'999)));
    CHECK(put(arena, numbered(1), 10));
    CHECK(has(arena, numbered(1)));
}

}  // namespace
}  // namespace wend::cache
