#include <chrono>

#include <catch2/catch.hpp>

#include "replay/scenario/macros.h"

using namespace wend;
using namespace wend::sim;

namespace {

std::string expand(std::string_view text) {
    MacroContext context{.variables = {{"x", "1"}, {"y", "2"}, {"bla", "ZZ"}, {"sum", "$x + $y"}},
                         .time = WallTime(std::chrono::seconds(1251100000)),
                         .next_timer = 42};
    const auto expanded = expand_macros(text, context);
    return expanded ? *expanded : "error: " + expanded.error();
}

}  // namespace

TEST_CASE("sums are taken strictly from left to right", "[sim][macros]") {
    CHECK(expand("${32 / $y + $x + $y}") == "19");
    CHECK(expand("${32 / ${$y+$y} + ${${100*3}/3}}") == "108");
    CHECK(expand("${2 + 3 * 4}") == "20");
    CHECK(expand("${7 - 2.5}") == "4.5");
    CHECK(expand("${123 3 + 5}") == "123 8");
}

TEST_CASE("text outside of brackets is copied", "[sim][macros]") {
    CHECK(expand("a $x 1 + 1 {b}") == "a $x 1 + 1 {b}");
    CHECK(expand("1${$bla}2") == "1ZZ2");
    CHECK(expand("${$sum}") == "3");
}

TEST_CASE("the clock and the next timer can be read", "[sim][macros]") {
    CHECK(expand("${time}") == "1251100000");
    CHECK(expand("${timeout}") == "42");
    CHECK(expand("${ctime ${time}}") == "Mon Aug 24 07:46:40 2009");
    CHECK(expand("${range 1 ${timeout} 50}") == "42");
}

TEST_CASE("a macro that cannot be expanded says why", "[sim][macros]") {
    CHECK(expand("${$unknown}") == "error: the variable \"unknown\" is not set");
    CHECK(expand("${range 1 ${timeout} 2}") == "error: 42 is not between 1 and 2");
    CHECK(expand("${1 + 1") == "error: a \"${\" has no \"}\"");
}
