#include "server/keepers/root_watch.h"

#include <catch2/catch.hpp>

using namespace wend;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

namespace {

const Endpoint first = *Endpoint::from_text("192.0.2.1:53");
const Endpoint second = *Endpoint::from_text("192.0.2.2:53");

Answer failure(dns::Reason reason, const dns::Name& zone) {
    Answer answer;
    answer.reason = reason;
    answer.zone = zone;
    return answer;
}

}  // namespace

TEST_CASE("that no root server can be reached is news once, and that one can again", "[server]") {
    cache::ServerMemory memory(64, HashKey{1, 2});
    RootWatch watch({first, second});
    Instant now{1'000s};
    memory.note_reply(first, 20ms, now);
    CHECK(watch.look(memory, now) == RootNews::none);
    watch.note(failure(dns::Reason::no_server_answered, dns::name_of("example.")));
    watch.note(failure(dns::Reason::cached_failure, dns::Name()));
    CHECK(watch.look(memory, now) == RootNews::none);
    memory.note_timeout(second, now);
    watch.note(failure(dns::Reason::deadline_passed, dns::Name()));  // spent elsewhere, perhaps
    CHECK(watch.look(memory, now) == RootNews::none);
    watch.note(failure(dns::Reason::zone_silent, dns::Name()));
    CHECK(watch.look(memory, now) == RootNews::unreachable);
    watch.note(failure(dns::Reason::no_server_answered, dns::Name()));
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
    watch.note(failure(dns::Reason::no_reachable_server, dns::Name()));
    CHECK(watch.look(memory, now += 60s) == RootNews::unreachable);
}

TEST_CASE("roots that come and go are told of once a minute", "[server]") {
    cache::ServerMemory memory(64, HashKey{1, 2});
    RootWatch watch({first});
    Instant now{1'000s};
    int lines = 0;
    for (int second_of = 0; second_of < 120; ++second_of, now += 1s) {
        memory.note_reply(first, std::chrono::milliseconds(20 + second_of), now);
        lines += watch.look(memory, now) == RootNews::none ? 0 : 1;
        memory.note_timeout(first, now);
        watch.note(failure(dns::Reason::zone_silent, dns::Name()));
        lines += watch.look(memory, now) == RootNews::none ? 0 : 1;
    }
    CHECK(lines == 4);
}
