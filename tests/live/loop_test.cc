#include <csignal>
#include <thread>

#include <catch2/catch.hpp>

#include "tests/live/transport_world.h"

namespace wend::live {
namespace {

Task<void> sleep_and_note(Clock& clock, Instant until, int number, std::vector<int>& woken) {
    auto sleep = clock.sleep_until(until);
    co_await sleep;
    woken.push_back(number);
}

Task<void> sleep_in_a_loop(Clock& clock, int rounds, int& done) {
    for (; done < rounds; ++done) {
        auto sleep = clock.sleep_until(clock.now());
        co_await sleep;
    }
}

}  // namespace

TEST_CASE("sleeps end in the order of their instants and never early", "[transport]") {
    {
        World world;
        std::vector<int> woken;
        const Instant began = world.clock.now();
        auto late = sleep_and_note(world.clock, began + 20 * ms, 3, woken);
        auto early = sleep_and_note(world.clock, began + 5 * ms, 2, woken);
        auto past = sleep_and_note(world.clock, began - ms, 1, woken);
        late.start();
        early.start();
        past.start();
        CHECK(woken.empty());
        REQUIRE(world.run_until([&] { return woken.size() == 3; }));
        CHECK(woken == std::vector{1, 2, 3});
        CHECK(UvClock::precise_now() >= began + 20 * ms);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("a sleeper that is dropped is not woken, and nothing is left on the loop",
          "[transport]") {
    {
        World world;
        std::vector<int> woken;
        {
            auto dropped = sleep_and_note(world.clock, world.clock.now() + ms, 1, woken);
            dropped.start();
        }
        world.run_for(5 * ms);
        CHECK(woken.empty());
        CHECK_FALSE(world.loop.run_once());
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("one who always sleeps until now does not keep the sockets waiting", "[transport]") {
    World world;
    int rounds = 0;
    auto task = sleep_in_a_loop(world.clock, 1'000'000, rounds);
    task.start();
    UdpServer server(world,
                     [](const Bytes& query) { return std::vector<Bytes>(1, reply_to(query)); });
    UvNetwork network(world.loop, world.clock, world.random);
    Ask ask(world, network, query_to(server.address()));
    REQUIRE(world.run_until([&] { return ask.is_done(); }));
    CHECK(ask.is_accepted());
    CHECK(rounds < 1'000'000);
}

TEST_CASE("all that one turn of the loop handles sees the same instant", "[transport]") {
    World world;
    const Instant before = world.clock.now();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK(world.clock.now() == before);
    world.run_for(2 * ms);
    CHECK(world.clock.now() > before);
}

TEST_CASE("the time in which a loop works is counted, and its waiting is not", "[transport]") {
    struct Work final : Timer {
        void expire() override {
            began = UvClock::precise_now();
            while (UvClock::precise_now() < began + 20 * ms) {
            }
            ended = UvClock::precise_now();
        }

        Instant began{};
        Instant ended{};
    };

    World world;
    const bool counts = GENERATE(true, false);
    if (counts) {
        world.clock.count_busy();
    }
    Work work;
    const Instant start = UvClock::precise_now();
    world.clock.schedule(work, start + 40 * ms);
    REQUIRE(world.run_until([&] { return work.ended != Instant(); }));
    world.run_for(5 * ms);
    const Duration whole = UvClock::precise_now() - start;
    if (counts) {
        CHECK(world.clock.busy() >= 20 * ms);
        CHECK(world.clock.busy() < whole);
    } else {
        CHECK(world.clock.busy() == Duration(0));
    }
}

TEST_CASE("a signal reaches the loop", "[transport]") {
    World world;
    int caught = 0;
    const UvSignal signal(world.loop, SIGUSR1, [&] { ++caught; });
    CHECK_FALSE(world.loop.run_once());  // it does not keep the loop
    raise(SIGUSR1);
    CHECK(world.run_until([&] { return caught == 1; }));
}

TEST_CASE("a wake from another thread reaches the loop and can stop it", "[transport]") {
    UvLoop loop;
    int woken = 0;
    UvWake wake(loop, true, [&] {
        ++woken;
        loop.stop();
    });
    std::thread other([&] { wake.wake(); });
    loop.run();
    other.join();
    CHECK(woken >= 1);
}

}  // namespace wend::live
