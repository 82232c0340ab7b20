#include "policy/book/book.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/random.h"
#include "policy/book/name_key.h"
#include "policy/build/write_book.h"
#include "policy/rule_records.h"

namespace wend::policy {
namespace {

using dns::name_of;

Rule name_rule(std::string_view name, Covers covers, Action action, std::size_t line) {
    return {.action = action, .covers = covers, .name = name_of(name), .line = line};
}

Rule prefix_rule(std::string_view prefix, Trigger trigger, Action action, std::size_t line) {
    return {
        .trigger = trigger, .action = action, .prefix = *Prefix::from_text(prefix), .line = line};
}

BookPtr book_with(const std::vector<SourceRules>& sources) {
    auto book = book_of(sources);
    REQUIRE(book);
    return *book;
}

SourceMask all_sources() {
    SourceMask all;
    return all.set();
}

// "1:nxdomain-3" for source 1, the action, and the line; below with "*".
std::string text_of(const Book& book, const Matches& matches) {
    static constexpr std::array actions = {"withhold", "nxdomain", "nodata", "passthru",
                                           "drop",     "tcp",      "records"};
    std::string text;
    for (const Match& match : matches.all()) {
        text += fmt::format("{}{}:{}{}-{}", text.empty() ? "" : " ", match.source,
                            match.is_below ? "*" : "",
                            actions[static_cast<std::size_t>(match.action)], book.line_of(match));
    }
    return text;
}

std::string names(const Book& book, std::string_view name, Trigger trigger = Trigger::qname,
                  const SourceMask& of = all_sources()) {
    Matches matches;
    book.find_name(trigger, name_of(name), of, matches);
    return text_of(book, matches);
}

std::string addresses(const Book& book, std::string_view address, Trigger trigger = Trigger::ip) {
    Matches matches;
    book.find_address(trigger, *IpAddress::from_text(address), all_sources(), matches);
    return text_of(book, matches);
}

SourceRules zone() {
    return {.head = {"rpz.example", SourceKind::rpz},
            .rules = {name_rule("bad.test.", Covers::name, Action::nxdomain, 3),
                      name_rule("bad.test.", Covers::below, Action::nodata, 4),
                      name_rule("good.bad.test.", Covers::name, Action::passthru, 5),
                      name_rule("a.ent.bad.test.", Covers::name, Action::drop, 6),
                      prefix_rule("192.0.2.0/24", Trigger::ip, Action::nxdomain, 7),
                      prefix_rule("192.0.2.64/26", Trigger::ip, Action::passthru, 8),
                      prefix_rule("10.0.0.0/8", Trigger::client_ip, Action::drop, 9)}};
}

SourceRules list() {
    return {.head = {"ads", SourceKind::block},
            .rules = {name_rule("test.", Covers::subtree, Action::withhold, 1),
                      name_rule("deep.bad.test.", Covers::name, Action::withhold, 2)}};
}

}  // namespace

TEST_CASE("a name is found with its source, action and line, in any letter case", "[book]") {
    const BookPtr book = book_with({zone(), list()});
    CHECK(names(*book, "BAD.Test.") == "0:nxdomain-3 1:*withhold-1");
    CHECK(names(*book, "test.") == "1:withhold-1");
    CHECK(names(*book, "bad.example.").empty());
    CHECK(names(*book, ".").empty());
    CHECK(book->sources()[1].name == "ads");
    CHECK(book->has(0, Trigger::client_ip));
    CHECK_FALSE(book->has(1, Trigger::ip));
}

TEST_CASE("a zone's closest encloser shadows what lies above it", "[book][rfc4592]") {
    const BookPtr book = book_with({zone()});
    CHECK(names(*book, "www.bad.test.") == "0:*nodata-4");
    CHECK(names(*book, "a.b.www.bad.test.") == "0:*nodata-4");
    CHECK(names(*book, "good.bad.test.") == "0:passthru-5");
    CHECK(names(*book, "x.good.bad.test.").empty());
    CHECK(names(*book, "ent.bad.test.").empty());
    CHECK(names(*book, "x.ent.bad.test.").empty());
    CHECK(names(*book, "a.ent.bad.test.") == "0:drop-6");
}

TEST_CASE("what a list covers with all below is kept once", "[book]") {
    const BookPtr book = book_with({list()});
    CHECK(book->names() == 1);
    CHECK(names(*book, "deep.bad.test.") == "0:*withhold-1");
}

TEST_CASE("only the sources that are asked for answer", "[book]") {
    const BookPtr book = book_with({zone(), list()});
    SourceMask second;
    second.set(1);
    CHECK(names(*book, "bad.test.", Trigger::qname, second) == "1:*withhold-1");
    CHECK(names(*book, "bad.test.", Trigger::nsdname).empty());
}

TEST_CASE("the longest prefix of each source holds for an address", "[book]") {
    SourceRules other = zone();
    other.rules = {prefix_rule("192.0.0.0/16", Trigger::ip, Action::nodata, 1),
                   prefix_rule("2001:db8::/32", Trigger::ip, Action::nodata, 2),
                   prefix_rule("::/0", Trigger::nsip, Action::drop, 3)};
    const BookPtr book = book_with({zone(), other});
    CHECK(addresses(*book, "192.0.2.1") == "0:nxdomain-7 1:nodata-1");
    CHECK(addresses(*book, "192.0.2.64") == "0:passthru-8 1:nodata-1");
    CHECK(addresses(*book, "192.0.2.128") == "0:nxdomain-7 1:nodata-1");
    CHECK(addresses(*book, "192.0.3.0") == "1:nodata-1");
    CHECK(addresses(*book, "192.1.0.0").empty());
    CHECK(addresses(*book, "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff") == "1:nodata-2");
    CHECK(addresses(*book, "2001:db9::").empty());
    CHECK(addresses(*book, "10.1.2.3").empty());
    CHECK(addresses(*book, "10.1.2.3", Trigger::client_ip) == "0:drop-9");
    CHECK(addresses(*book, "ffff::1", Trigger::nsip) == "1:drop-3");
}

TEST_CASE("the records of a name add up in the order of the text", "[book]") {
    std::vector<std::uint8_t> first;
    append_record(first, {dns::Type::a, 60, std::array<std::uint8_t, 4>{192, 0, 2, 1}});
    std::vector<std::uint8_t> second;
    append_record(second, {dns::Type::txt, 5, std::array<std::uint8_t, 2>{1, 'x'}});
    Rule later = name_rule("w.test.", Covers::name, Action::records, 9);
    later.records = second;
    Rule sooner = later;
    sooner.records = first;
    sooner.line = 8;
    const BookPtr book = book_with({{.head = {"z", SourceKind::rpz}, .rules = {later, sooner}}});
    Matches matches;
    book->find_name(Trigger::qname, name_of("w.test."), all_sources(), matches);
    REQUIRE(matches.all().size() == 1);
    Octets records = book->records_of(matches.all()[0]);
    CHECK(take_record(records)->type == dns::Type::a);
    CHECK(take_record(records)->ttl == 5);
    CHECK_FALSE(take_record(records));
}

TEST_CASE("labels with the octets 0 and 1 and of 63 octets are told apart", "[book]") {
    const std::string longest(63, 'x');
    SourceRules odd{.head = {"odd", SourceKind::block}, .rules = {}};
    for (const std::string& name : {std::string("\\000.t."), std::string("\\001.t."),
                                    std::string("\\001\\002.t."), longest + ".t."}) {
        odd.rules.push_back(name_rule(name, Covers::name, Action::withhold, odd.rules.size() + 1));
    }
    const BookPtr book = book_with({odd});
    CHECK(book->names() == 4);
    CHECK(names(*book, "\\000.t.") == "0:withhold-1");
    CHECK(names(*book, "\\001.t.") == "0:withhold-2");
    CHECK(names(*book, "\\001\\002.t.") == "0:withhold-3");
    CHECK(names(*book, longest + ".T.") == "0:withhold-4");
    CHECK(names(*book, "\\002.t.").empty());
}

TEST_CASE("every octet in a label is found, and letters in either case", "[book]") {
    SourceRules octets{.head = {"octets", SourceKind::block}, .rules = {}};
    const auto name_with = [](unsigned octet) {
        return *name_of("t.").with_label(std::array{static_cast<std::uint8_t>(octet)});
    };
    for (unsigned octet = 0; octet < 256; ++octet) {
        octets.rules.push_back({.name = name_with(octet), .line = octet + 1});
    }
    const BookPtr book = book_with({octets});
    CHECK(book->names() == 256 - 26);
    for (unsigned octet = 0; octet < 256; ++octet) {
        const bool is_upper = octet >= 'A' && octet <= 'Z';
        Matches matches;
        book->find_name(Trigger::qname, name_with(octet | (is_upper ? 0x20U : 0U)), all_sources(),
                        matches);
        REQUIRE(matches.all().size() == 1);
        matches.clear();
        book->find_name(Trigger::qname, name_with(octet), all_sources(), matches);
        CHECK(matches.all().size() == 1);
    }
}

TEST_CASE("keys lie in canonical order", "[book][rfc4034-6.1]") {
    SeededRandom chance(3);
    const auto drawn = [&chance] {
        dns::Name name;
        for (std::uint64_t labels = chance.below(4); labels > 0; --labels) {
            std::vector<std::uint8_t> label(1 + chance.below(3));
            for (std::uint8_t& octet : label) {
                octet = static_cast<std::uint8_t>(chance.chance(50) ? chance.below(4)
                                                                    : 'A' + chance.below(40));
            }
            name = *name.with_label(label);
        }
        return name;
    };
    for (int i = 0; i < 20'000; ++i) {
        const dns::Name a = drawn();
        const dns::Name b = drawn();
        const NameKey key_a(a);
        const NameKey key_b(b);
        const Octets first = key_a.of(key_a.labels());
        const Octets second = key_b.of(key_b.labels());
        const auto order = std::lexicographical_compare_three_way(first.begin(), first.end(),
                                                                  second.begin(), second.end());
        REQUIRE(order == dns::canonical_order(a, b));
    }
}

TEST_CASE("the rules of 200 sources at one name keep their lines", "[book]") {
    std::vector<SourceRules> sources;
    for (std::size_t i = 0; i < 200; ++i) {
        sources.push_back({.head = {fmt::format("list {}", i), SourceKind::block}, .rules = {}});
        for (const bool important : {true, false}) {
            Rule rule = name_rule("bad.test.", Covers::name, Action::withhold, i + 1'000);
            rule.important = important;
            sources.back().rules.push_back(rule);
        }
    }
    const BookPtr book = book_with(sources);
    Matches matches;
    book->find_name(Trigger::qname, name_of("bad.test."), all_sources(), matches);
    REQUIRE(matches.all().size() == 400);
    for (const Match& match : matches.all()) {
        CHECK(book->line_of(match) == match.source + 1'000U);
    }
}

namespace {

std::vector<std::uint8_t> file_of(const std::vector<Rule>& rules, std::size_t memory) {
    auto writer = RunWriter::make({"list", SourceKind::block}, memory);
    REQUIRE(writer);
    for (const Rule& rule : rules) {
        writer->add(rule);
    }
    std::vector<Run> runs;
    runs.push_back(*writer->finish());
    const auto file = write_book(runs, {.configuration = 7});
    REQUIRE(file);
    std::vector<std::uint8_t> octets(std::size_t{1} << 20);
    octets.resize((*file)->read_at(0, octets));
    return octets;
}

std::vector<Rule> many_rules() {
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < 500; ++i) {
        rules.push_back(name_rule(fmt::format("n{}.x{}.test.", i, i % 9), Covers::name,
                                  Action::withhold, i + 1));
    }
    return rules;
}

std::expected<BookPtr, std::string> opened(Octets octets) {
    const int fd = memfd_create("book", MFD_CLOEXEC);
    REQUIRE(write(fd, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()));
    auto book = Book::open(fd);
    close(fd);
    return book;
}

}  // namespace

TEST_CASE("the same rules make the same octets in any order and in any pieces", "[book]") {
    std::vector<Rule> rules = many_rules();
    const auto expected = file_of(rules, run_memory);
    std::ranges::reverse(rules);
    CHECK(file_of(rules, run_memory) == expected);
    std::ranges::rotate(rules, rules.begin() + 123);
    CHECK(file_of(rules, 500) == expected);
}

TEST_CASE("more names than may be are refused in one sentence", "[book]") {
    auto writer = RunWriter::make({"list", SourceKind::block});
    for (const Rule& rule : many_rules()) {
        writer->add(rule);
    }
    std::vector<Run> runs;
    runs.push_back(*writer->finish());
    const auto file = write_book(runs, {.names_max = 499});
    REQUIRE_FALSE(file);
    CHECK(file.error() ==
          "the lists and zones have over 499 names: raise policy.max-names, or use fewer lists");
}

TEST_CASE("any octets of a book are refused or safe to look up in", "[book]") {
    const auto sound = file_of(many_rules(), run_memory);
    REQUIRE(opened(sound));
    CHECK((*opened(sound))->configuration() == 7);
    CHECK_FALSE(opened(Octets(sound).first(sound.size() - 1)));
    CHECK_FALSE(opened(Octets(sound).first(10)));
    SeededRandom chance(5);
    std::size_t read = 0;
    for (int i = 0; i < 3'000; ++i) {
        auto damaged = sound;
        for (std::uint64_t left = 1 + chance.below(4); left > 0; --left) {
            damaged[chance.below(damaged.size())] = static_cast<std::uint8_t>(chance.below(256));
        }
        const auto book = opened(damaged);
        for (int j = 0; book && j < 20; ++j) {
            read += names(**book, fmt::format("n{}.x{}.test.", j * 25, j * 25 % 9)).size();
        }
    }
    CHECK(read > 0);
}

}  // namespace wend::policy
