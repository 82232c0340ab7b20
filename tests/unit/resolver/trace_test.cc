#include <catch2/catch.hpp>

#include "resolver/trace_text.h"
#include "test_world.h"

using namespace wend;
using namespace wend::test;

namespace {

std::string trace_of(TestWorld& world, std::string_view name) {
    std::string text;
    TextTrace trace([&](const std::string& line) { text += line + '\n'; });
    world.ask(name, dns::Type::a, &trace);
    return text;
}

}  // namespace

TEST_CASE("a walk is told as a tree of zones, servers and replies", "[resolver][trace]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "com NS ns.com.\nns.com. A 10.0.1.1\n");
    world.zone("10.0.1.1", "com.", "www 60 A 192.0.2.80\nalias CNAME www\n",
               {.truncating = true, .round_trip = std::chrono::milliseconds(10)});
    CHECK(trace_of(world, "alias.com.") ==
          R"(     0.0  ? alias.com. A
     0.0    zone . (from hints), served by 10.0.0.1
     0.0      -> com. A to 10.0.0.1 over UDP, minimised
    10.0      <- NOERROR in 10.0 ms, 68 octets: referral to com., 1 server, 1 address
    10.0    zone com. (from referral), served by ns.com. (10.0.1.1)
    10.0      -> alias.com. A to ns.com. (10.0.1.1) over UDP
    20.0      <- NOERROR in 10.0 ms, 38 octets: truncated
    20.0      .. the reply was cut short: the same over TCP
    20.0      -> alias.com. A to ns.com. (10.0.1.1) over TCP
    40.0      <- NOERROR in 20.0 ms, 75 octets: answer, 1 record
    40.0  = NOERROR, 2 RRsets in the answer, 3 queries sent, 40.0 ms
)");
    CHECK(trace_of(world, "www.com.") ==
          R"(     0.0  ? www.com. A
     0.0    cache: www.com. A, 60 s left
     0.0  = NOERROR, 1 RRset in the answer, 0 queries sent, 0.0 ms: answered from the cache
)");
}

TEST_CASE("a failure that is remembered is told as such", "[resolver][trace]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "", {.failing = true});
    world.ask("www.com.");
    CHECK_THAT(
        trace_of(world, "www.com."),
        Catch::Contains("cache: www.com. A failed a moment ago (server-failure): not tried") &&
            Catch::Contains("= SERVFAIL, 0 RRsets in the answer, 0 queries sent"));
}

TEST_CASE("silence is told with how long it lasted", "[resolver][trace]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "", {.silent = true});
    CHECK_THAT(trace_of(world, "www.com."), Catch::Contains("nothing from 10.0.0.1:53 over UDP"));
}
