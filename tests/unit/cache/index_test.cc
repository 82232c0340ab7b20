#include "cache/index.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"

namespace wend::cache {
namespace {

using dns::Type;

constexpr HashKey hash_key{5, 6};
constexpr std::size_t entry_size = 64;

// An index over memory of its own, whose entries have an owner and no body.
class World {
  public:
    explicit World(std::uint32_t lines_max, std::size_t entries_max)
        : lines_(lines_max * index_line_octets),
          entries_(entries_max * entry_size),
          index_(lines_.data(), lines_max, entries_.data(), entries_.size(), hash_key) {}

    static Key key_of(const dns::Name& owner, Kind kind, Type type) {
        return {owner, kind, type, dns::hash(hash_key, owner)};
    }

    // In the number-th place of memory.
    void link(std::size_t number, const dns::Name& owner, Kind kind, Type type) {
        const Entry entry(entries_.data() + number * entry_size);
        Header header;
        header.size = entry_size;
        header.type = static_cast<std::uint16_t>(type);
        header.owner_size = static_cast<std::uint8_t>(owner.wire().size());
        header.kind = static_cast<std::uint8_t>(kind) & 7U;
        entry.set_header(header);
        std::ranges::copy(owner.wire(), entry.octets() + sizeof header);
        index_.link(entry, dns::hash(hash_key, owner));
    }

    void unlink(std::size_t number) { index_.unlink(Entry(entries_.data() + number * entry_size)); }

    // The place in memory of what is found; -1 for nothing.
    std::ptrdiff_t find(const dns::Name& owner, Kind kind, Type type) const {
        const auto entry = index_.find(key_of(owner, kind, type));
        return entry ? (entry->octets() - entries_.data()) / static_cast<std::ptrdiff_t>(entry_size)
                     : -1;
    }

    const Index& index() const { return index_; }

  private:
    std::vector<std::uint8_t> lines_;
    std::vector<std::uint8_t> entries_;
    Index index_;
};

dns::Name nth_name(std::size_t number) {
    return dns::name_of("n" + std::to_string(number) + ".test.");
}

TEST_CASE("an index finds what a map finds, however full its lines are", "[cache][index]") {
    constexpr std::size_t count = 600;
    const auto lines_max = GENERATE(1U, 7U, 200U);
    CAPTURE(lines_max);
    World world(lines_max, count);
    std::map<std::size_t, std::size_t> linked;  // number of the name -> place in memory
    std::vector<std::size_t> free_places(count);
    for (std::size_t i = 0; i < count; ++i) {
        free_places[i] = i;
    }
    SeededRandom random(11);
    for (int step = 0; step < 20'000; ++step) {
        const std::size_t name = random.below(count);
        const auto known = linked.find(name);
        if (known == linked.end()) {
            world.link(free_places.back(), nth_name(name), Kind::rrset, Type::a);
            linked[name] = free_places.back();
            free_places.pop_back();
        } else {
            world.unlink(known->second);
            free_places.push_back(known->second);
            linked.erase(known);
        }
        const std::size_t asked = random.below(count);
        const auto wanted = linked.find(asked);
        REQUIRE(world.find(nth_name(asked), Kind::rrset, Type::a) ==
                (wanted == linked.end() ? -1 : static_cast<std::ptrdiff_t>(wanted->second)));
    }
    CHECK(world.index().size() == linked.size());
    for (const auto& [name, place] : linked) {
        REQUIRE(world.find(nth_name(name), Kind::rrset, Type::a) ==
                static_cast<std::ptrdiff_t>(place));
    }
}

TEST_CASE("what an entry says is part of its key, and letter case is not", "[cache][index]") {
    World world(4, 8);
    const dns::Name name = dns::name_of("www.test.");
    world.link(0, name, Kind::rrset, Type::a);
    world.link(1, name, Kind::nodata, Type::aaaa);
    world.link(2, name, Kind::delegation, Type{});
    CHECK(world.find(dns::name_of("WWW.test."), Kind::rrset, Type::a) == 0);
    CHECK(world.find(name, Kind::nodata, Type::aaaa) == 1);
    CHECK(world.find(name, Kind::delegation, Type{}) == 2);
    CHECK(world.find(name, Kind::rrset, Type::aaaa) == -1);
    CHECK(world.find(name, Kind::nodata, Type::a) == -1);
    CHECK(world.find(name, Kind::name_error, Type{}) == -1);
    CHECK(world.find(dns::name_of("vww.test."), Kind::rrset, Type::a) == -1);
}

TEST_CASE("an index grows by a line for every twelve entries, as far as it may", "[cache][index]") {
    World world(50, 1'000);
    for (std::size_t i = 0; i < 1'000; ++i) {
        world.link(i, nth_name(i), Kind::rrset, Type::a);
        const std::size_t lines = std::clamp<std::size_t>(i / index_line_entries + 1, 1, 50);
        REQUIRE(world.index().octets() == lines * index_line_octets);
    }
    CHECK(world.index().longest_chain() > 1);  // 20 for each line of 16 places
}

TEST_CASE("types of one name do not fill one line", "[cache][index][limits]") {
    constexpr std::size_t count = 10'000;
    World world(2'000, count);
    const dns::Name name = dns::name_of("many-types.test.");
    for (std::size_t i = 0; i < count; ++i) {
        world.link(i, name, Kind::rrset, static_cast<Type>(1'000 + i));
    }
    CHECK(world.index().longest_chain() <= 12);
}

}  // namespace
}  // namespace wend::cache
