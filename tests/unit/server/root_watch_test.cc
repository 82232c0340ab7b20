#include "server/keepers/root_watch.h"

#include <catch2/catch.hpp>

using namespace wend;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

namespace {

const Endpoint first = *Endpoint::from_text("192.0.2.1:53");
const Endpoint second = *Endpoint::from_text("192.0.2.2:53");

Answer failure(dns::Reason reason, std::string detail) {
    Answer answer;
    answer.reason = reason;
    answer.detail = std::move(detail);
    return answer;
}

}  // namespace

TEST_CASE("that no root server can be reached is news once, and that one can again", "[server]") {
    cache::ServerMemory memory(64, HashKey{1, 2});
    RootWatch watch({first, second});
    Instant now{1'000s};
    memory.note_reply(first, 20ms, now);
    CHECK(watch.look(memory, now) == RootNews::none);
    watch.note(failure(dns::Reason::no_server_answered, "servers of example."));
    watch.note(failure(dns::Reason::cached_failure, "servers of ."));
    CHECK(watch.look(memory, now) == RootNews::none);
    memory.note_timeout(second, now);
    watch.note(failure(dns::Reason::deadline_passed, "servers of ."));  // spent elsewhere, perhaps
    CHECK(watch.look(memory, now) == RootNews::none);
    watch.note(failure(dns::Reason::zone_silent, "servers of ."));
    CHECK(watch.look(memory, now) == RootNews::unreachable);
    watch.note(failure(dns::Reason::no_server_answered, "servers of ."));
    CHECK(watch.look(memory, now) == RootNews::none);
    memory.note_timeout(second, now += 5s);
    CHECK(watch.look(memory, now) == RootNews::none);
    SECTION("one that was silent is heard") {
        memory.note_reply(second, 20ms, now);
    }
    SECTION("one that had not been asked is heard") {
        memory.note_reply(first, 30ms, now);
    }
    CHECK(watch.look(memory, now) == RootNews::reachable_again);
    CHECK(watch.look(memory, now) == RootNews::none);
    watch.note(failure(dns::Reason::no_reachable_server, "servers of ."));
    CHECK(watch.look(memory, now) == RootNews::unreachable);
}
