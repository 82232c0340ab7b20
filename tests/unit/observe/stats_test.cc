#include "observe/stats.h"

#include <set>
#include <string>

#include <catch2/catch.hpp>

namespace wend {

TEST_CASE("every counter and every outcome has a word of its own") {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < place_of(Counter::count); ++i) {
        CHECK(words.insert(to_text(static_cast<Counter>(i))).second);
    }
    words.clear();
    for (std::size_t i = 0; i < place_of(UpstreamOutcome::count); ++i) {
        CHECK(words.insert(to_text(static_cast<UpstreamOutcome>(i))).second);
    }
    CHECK_FALSE(words.contains(""));
}

TEST_CASE("types are counted by name, and those without a name of ours together") {
    Stats stats;
    for (const dns::Type type : counted_types) {
        stats.add(type);
    }
    for (std::size_t i = 0; i < counted_types.size(); ++i) {
        CHECK(stats.type(i) == 1);
    }
    stats.add(dns::Type::hinfo);
    stats.add(dns::Type::resinfo);
    stats.add(static_cast<dns::Type>(0));
    stats.add(static_cast<dns::Type>(65'535));
    CHECK(stats.type(counted_types.size()) == 4);
    CHECK(stats.type(0) == 1);
}

TEST_CASE("a query that is dropped is counted, by its reason too") {
    Stats stats;
    stats.add_drop(dns::Reason::malformed_query);
    stats.add_reply(dns::Rcode::servfail, dns::Reason::deadline_passed);
    CHECK(stats.get(Counter::dropped) == 1);
    CHECK(stats.drops(dns::Reason::malformed_query) == 1);
    CHECK(stats.get(dns::Reason::malformed_query) == 1);
    CHECK(stats.drops(dns::Reason::deadline_passed) == 0);
}

}  // namespace wend
