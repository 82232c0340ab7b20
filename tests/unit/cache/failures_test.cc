#include "cache/failures.h"

#include <catch2/catch.hpp>

#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using dns::Reason;
using dns::Type;
using make::at;

// How long the failure noted at that instant is remembered, in seconds; 0 if it is not.
std::int64_t note(Failures& failures, std::int64_t now, Reason reason = Reason::server_failure) {
    failures.note(name_of("a.test."), Type::a, false, reason, at(now));
    const auto found = failures.find(name_of("a.test."), Type::a, false, at(now));
    return found ? std::chrono::floor<std::chrono::seconds>(found->until - at(now)).count() : 0;
}

TEST_CASE("a failure is remembered for 5 s, for its name, type and CD bit",
          "[cache][rfc9520-3.2]") {
    Failures failures(100, {1, 2});
    failures.note(name_of("a.test."), Type::a, false, Reason::lame_delegation, at(10));
    const auto found = failures.find(name_of("A.Test."), Type::a, false, at(14));
    REQUIRE(found);
    CHECK(found->reason == Reason::lame_delegation);
    CHECK(found->until == at(15));
    CHECK_FALSE(failures.find(name_of("a.test."), Type::a, false, at(15)));
    CHECK_FALSE(failures.find(name_of("a.test."), Type::a, true, at(14)));
    CHECK_FALSE(failures.find(name_of("a.test."), Type::aaaa, false, at(14)));
    CHECK_FALSE(failures.find(name_of("b.test."), Type::a, false, at(14)));
}

TEST_CASE("the failures of errands and of clients are apart", "[cache][rfc9520-3.2]") {
    using Errand = Failures::Errand;
    const dns::Name name = name_of("a.test.");
    Failures failures(100, {1, 2});
    failures.note_errand(Errand::own_need, name, Type::a, Reason::lame_delegation, at(10));
    CHECK(failures.find_errand(Errand::own_need, name, Type::a, at(14)));
    CHECK_FALSE(failures.find_errand(Errand::own_need, name, Type::a, at(15)));
    CHECK_FALSE(failures.find_errand(Errand::of_parent, name, Type::a, at(14)));
    CHECK_FALSE(failures.find(name, Type::a, false, at(14)));
    CHECK_FALSE(failures.find(name, Type::a, true, at(14)));
    failures.note(name, Type::aaaa, false, Reason::lame_delegation, at(10));
    failures.note(name, Type::aaaa, true, Reason::lame_delegation, at(10));
    CHECK_FALSE(failures.find_errand(Errand::own_need, name, Type::aaaa, at(14)));
}

TEST_CASE("a failure that comes again doubles its time up to 300 s", "[cache][rfc9520-3.2]") {
    Failures failures(100, {1, 2});
    std::int64_t now = 0;
    for (const std::int64_t seconds : {5, 10, 20, 40, 80, 160, 300, 300}) {
        CHECK(note(failures, now) == seconds);
        now += seconds;
    }
    CHECK(note(failures, now + 300) == 5);  // not within its time once more
}

TEST_CASE("many failures at once count as one", "[cache][rfc9520-3.2]") {
    Failures failures(100, {1, 2});
    for (int i = 0; i < 100; ++i) {
        CHECK(note(failures, 0) == 5);
    }
    CHECK(note(failures, 3) == 2);
    CHECK(note(failures, 5) == 10);
}

TEST_CASE("what failed validation is remembered for 60 s", "[cache][rfc9520-3.2]") {
    Failures failures(100, {1, 2});
    CHECK(note(failures, 0, Reason::bogus_expired) == 60);
    CHECK(note(failures, 60, Reason::bogus_signature) == 60);
}

TEST_CASE("a success forgets the failure and its doublings", "[cache]") {
    Failures failures(100, {1, 2});
    CHECK(note(failures, 0) == 5);
    CHECK(note(failures, 5) == 10);
    failures.forget(name_of("A.test."), Type::a, false);
    CHECK_FALSE(failures.find(name_of("a.test."), Type::a, false, at(5)));
    CHECK(note(failures, 6) == 5);
    failures.clear();
    CHECK_FALSE(failures.find(name_of("a.test."), Type::a, false, at(6)));
}

TEST_CASE("failures are bounded, and the one in use stays", "[cache][limits]") {
    const std::size_t entries_max = GENERATE(1U, 50U, 5000U);
    Failures failures(entries_max, {1, 2});
    failures.note(name_of("used.test."), Type::a, false, Reason::bad_response, at(0));
    std::vector<dns::Name> names;
    for (int i = 0; i < 20'000; ++i) {
        names.push_back(name_of("n" + std::to_string(i) + ".test."));
        failures.note(names.back(), Type::a, false, Reason::bad_response, at(0));
        static_cast<void>(failures.find(name_of("used.test."), Type::a, false, at(0)));
    }
    std::size_t kept = 0;
    for (const dns::Name& name : names) {
        kept += failures.find(name, Type::a, false, at(0)) ? 1U : 0U;
    }
    CHECK(kept <= entries_max);
    CHECK(kept >= entries_max * 9 / 10);
    CHECK((entries_max == 1 || failures.find(name_of("used.test."), Type::a, false, at(0))));
}

}  // namespace
}  // namespace wend::cache
