// The two tables of verbs: the doors' and the serving process's.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "control/verbs.h"
#include "server/verbs/verbs.h"

namespace wend {

TEST_CASE("each verb that a door passes on is one of the server's, and changes as that does") {
    std::set<std::string_view> passed_on;
    for (const VerbSpec& verb : verbs()) {
        if (verb.place == VerbPlace::server) {
            INFO(verb.name);
            passed_on.insert(verb.name);
            const Verb* const there = find_verb(verb.name);
            REQUIRE(there != nullptr);
            CHECK(there->changes == verb.changes);
        }
    }
    for (const Verb& verb : server_verbs()) {
        INFO(verb.name);
        // Its numbers are on the board.
        CHECK((passed_on.contains(verb.name) || verb.name == "stats"));
    }
}

}  // namespace wend
