#include <catch2/catch.hpp>

#include "test_world.h"

using namespace wend;
using namespace wend::test;

namespace {

void add_zones(TestWorld& world) {
    world.options.prime = true;
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\n"
               "net NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.1", "com.", "glueless NS ns1.net.\nglueless NS ns2.net.\n");
    world.zone("10.0.1.2", "net.", "ns1 A 10.0.2.1\nns2 A 10.0.2.1\nweb A 192.0.2.1\n");
    world.zone("10.0.2.1", "glueless.com.", "www CNAME web.net.\n",
               {.truncating = true, .round_trip = std::chrono::milliseconds(10)});
}

// Drops the resolution after so many events; false if it had ended before.
bool drop_after(int events) {
    TestWorld world;
    add_zones(world);
    bool dropped = false;
    {
        auto task = world.resolver().resolve(question_of("www.glueless.com."), {});
        task.start();
        for (int i = 0; i < events && !task.done(); ++i) {
            world.queue.step();
        }
        dropped = !task.done();
    }
    CHECK(world.network.in_flight() == 0);
    CHECK(live_frames() == 0);
    return dropped;
}

}  // namespace

TEST_CASE("a resolution that is dropped leaves nothing, at every suspension",
          "[resolver][cancel]") {
    int events = 0;
    while (drop_after(events)) {
        ++events;
    }
    CHECK(events >= 9);  // priming, com., net., ns, glueless over UDP and TCP, and the alias
}
