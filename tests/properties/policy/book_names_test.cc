// The book says of every name what its rules say, in all small worlds and in large ones by chance.
#include <array>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "base/random.h"
#include "tests/properties/policy/name_oracle.h"

namespace wend::policy {
namespace {

// All names of at most `depth` labels from "a" and "b".
std::vector<dns::Name> small_names(std::size_t depth) {
    std::vector<dns::Name> names = {dns::Name()};
    for (std::size_t from = 0, level = 0; level < depth; ++level) {
        const std::size_t to = names.size();
        for (; from < to; ++from) {
            for (const std::uint8_t letter : {std::uint8_t{'a'}, std::uint8_t{'b'}}) {
                names.push_back(*names[from].with_label(std::array{letter}));
            }
        }
    }
    names.erase(names.begin());
    return names;
}

constexpr std::array all_covers = {Covers::name, Covers::below, Covers::subtree};

std::string text_of(const std::vector<SourceRules>& world, dns::NameView asked) {
    std::string text = "asked " + dns::to_text(asked) + " of";
    for (const SourceRules& source : world) {
        text += fmt::format(" [{}:", static_cast<int>(source.head.kind));
        for (const Rule& rule : source.rules) {
            text += fmt::format(" {}/{}{}", dns::to_text(rule.name), static_cast<int>(rule.covers),
                                rule.important ? "!" : "");
        }
        text += "]";
    }
    return text;
}

// Empty: the same. `found` is what the book gave of that source.
std::string complaint(const SourceRules& source, dns::NameView asked,
                      const std::vector<Match>& found, const Book& book) {
    if (source.head.kind == SourceKind::rpz) {
        const auto wanted = zone_says(source.rules, asked);
        if (found.size() != (wanted ? 1U : 0U)) {
            return fmt::format("{} matches of a zone", found.size());
        }
        if (wanted && !(*wanted == Verdictlet{false, found[0].is_below, found[0].labels,
                                              book.line_of(found[0])})) {
            return fmt::format("another rule: line {} for {}", book.line_of(found[0]),
                               wanted->line);
        }
        return {};
    }
    const auto wanted = list_says(source.rules, asked);
    bool important = false;
    for (const Match& match : found) {
        important = important || match.important;
    }
    const bool fits = wanted ? !found.empty() && important == *wanted : found.empty();
    return fits ? "" : "a list says otherwise";
}

std::size_t wrong(const std::vector<SourceRules>& world, const std::vector<dns::Name>& asked) {
    const auto book = book_of(world);
    REQUIRE(book);
    SourceMask all;
    all.set();
    Matches matches;
    std::size_t count = 0;
    for (const dns::Name& name : asked) {
        matches.clear();
        (*book)->find_name(Trigger::qname, name, all, matches);
        for (std::size_t i = 0; i < world.size(); ++i) {
            std::vector<Match> found;
            std::ranges::copy_if(matches.all(), std::back_inserter(found),
                                 [i](const Match& match) { return match.source == i; });
            const std::string what = complaint(world[i], name, found, **book);
            if (!what.empty() && count++ < 3) {
                WARN(text_of(world, name) << ": source " << i << ": " << what);
            }
        }
    }
    return count;
}

std::vector<SourceRules> two_sources(SourceKind first, SourceKind second) {
    return {{.head = {"first", first}, .rules = {}}, {.head = {"second", second}, .rules = {}}};
}

void add(SourceRules& to, const dns::Name& name, Covers covers, bool important) {
    const bool is_zone = to.head.kind == SourceKind::rpz;
    to.rules.push_back({.action = is_zone ? Action::nxdomain : Action::withhold,
                        .covers = covers,
                        .important = important && !is_zone,
                        .name = name,
                        .line = to.rules.size() + 1});
}

}  // namespace

TEST_CASE("all worlds of two rules of one or two sources say what their rules say",
          "[policy][rfc4592]") {
    const auto names = small_names(3);
    const auto asked = small_names(4);
    std::size_t worlds = 0;
    std::size_t differences = 0;
    for (const SourceKind kind : {SourceKind::rpz, SourceKind::block}) {
        for (std::size_t a = 0; a < names.size() * 3; ++a) {
            for (std::size_t b = a; b < names.size() * 3; ++b) {
                for (const std::size_t source : {std::size_t{0}, std::size_t{1}}) {
                    auto world = two_sources(kind, SourceKind::rpz);
                    add(world[0], names[a / 3], all_covers[a % 3], false);
                    add(world[source], names[b / 3], all_covers[b % 3], (a + b) % 2 == 0);
                    differences += wrong(world, asked);
                    ++worlds;
                }
            }
        }
    }
    CHECK(worlds > 3'000);
    CHECK(differences == 0);
}

TEST_CASE("worlds of up to eight rules by chance say what their rules say", "[policy][rfc4592]") {
    const auto names = small_names(3);
    const auto asked = small_names(4);
    SeededRandom chance(11);
    std::size_t differences = 0;
    for (int i = 0; i < 4'000; ++i) {
        auto world = two_sources(chance.chance(50) ? SourceKind::rpz : SourceKind::allow,
                                 chance.chance(50) ? SourceKind::rpz : SourceKind::block);
        for (std::uint64_t left = 1 + chance.below(8); left > 0; --left) {
            add(world[chance.below(2)], names[chance.below(names.size())],
                all_covers[chance.below(3)], chance.chance(30));
        }
        differences += wrong(world, asked);
    }
    CHECK(differences == 0);
}

TEST_CASE("a large list has its names and no others", "[policy]") {
    SeededRandom chance(12);
    const auto made_up = [&chance] {
        const std::uint64_t number = chance.below(60'000);
        std::string text =
            fmt::format("n{}.{}.", number % 1'000, number % 7 == 0 ? "example" : "test");
        if (number % 3 == 0) {
            text = fmt::format("x{}.{}", number / 1'000, text);
        }
        return dns::name_of(text);
    };
    SourceRules list{.head = {"large", SourceKind::block}, .rules = {}};
    std::set<dns::Name, dns::CanonicalLess> held;
    for (std::size_t i = 0; i < 30'000; ++i) {
        const dns::Name name = made_up();
        held.insert(name);
        list.rules.push_back({.name = name, .line = i + 1});
    }
    const auto book = book_of(std::array{list});
    REQUIRE(book);
    CHECK((*book)->names() == held.size());
    SourceMask all;
    all.set();
    Matches matches;
    std::size_t differences = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        const dns::Name name = made_up();
        matches.clear();
        (*book)->find_name(Trigger::qname, name, all, matches);
        differences += matches.empty() == held.contains(name) ? 1U : 0U;
    }
    CHECK(differences == 0);
}

}  // namespace wend::policy
