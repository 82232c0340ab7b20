#include "sim/event_queue.h"

#include <chrono>
#include <coroutine>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/frame.h"
#include "base/task.h"
#include "sim/sim_clock.h"

using namespace wend;
using namespace std::chrono_literals;
using sim::EventQueue;
using sim::SimClock;

namespace {

Task<void> sleep_and_note(Clock& clock, Duration length, std::string& notes, char what) {
    const Instant until = clock.now() + length;
    co_await clock.sleep_until(until);
    notes += what;
}

}  // namespace

TEST_CASE("events run by time, and equal times in the order asked for", "[sim][event-queue]") {
    EventQueue queue;
    std::string order;
    const Instant start = queue.now();
    queue.at(start + 2s, [&] { order += 'c'; });
    queue.at(start + 1s, [&] { order += 'a'; });
    queue.at(start + 1s, [&] { order += 'b'; });
    while (queue.step()) {
    }
    CHECK(order == "abc");
    CHECK(queue.now() == start + 2s);
    CHECK(queue.events() == 3);
}

TEST_CASE("a cancelled event neither runs nor moves the time", "[sim][event-queue]") {
    EventQueue queue;
    bool ran = false;
    const sim::TimerId id = queue.at(queue.now() + 1h, [&] { ran = true; });
    queue.cancel(id);
    CHECK(queue.size() == 0);
    CHECK_FALSE(queue.step());
    CHECK_FALSE(ran);
    CHECK(queue.now() == Instant{});
}

TEST_CASE("an event asked for in the past runs at the present", "[sim][event-queue]") {
    EventQueue queue(Instant{} + 10s);
    std::optional<Instant> ran;
    queue.at(Instant{}, [&] { ran = queue.now(); });
    CHECK_FALSE(ran.has_value());
    CHECK(queue.step());
    CHECK(ran == Instant{} + 10s);
}

TEST_CASE("an event asked for by an event of the same instant runs after those that wait",
          "[sim][event-queue]") {
    EventQueue queue;
    std::string order;
    queue.at(queue.now(), [&] {
        order += 'a';
        queue.at(queue.now(), [&] { order += 'c'; });
    });
    queue.at(queue.now(), [&] { order += 'b'; });
    while (queue.step()) {
    }
    CHECK(order == "abc");
}

TEST_CASE("run_until runs what is due, leaves the rest and ends at its time",
          "[sim][event-queue]") {
    EventQueue queue;
    int ran = 0;
    queue.at(queue.now() + 1s, [&] { ++ran; });
    queue.at(queue.now() + 5s, [&] { ++ran; });
    CHECK(queue.run_until(Instant{} + 3s, 10));
    CHECK(ran == 1);
    CHECK(queue.now() == Instant{} + 3s);
    CHECK(queue.next_time() == Instant{} + 5s);
}

TEST_CASE("run_until gives up on a world that does not come to rest", "[sim][event-queue]") {
    struct Endless {
        EventQueue queue{};
        int runs = 0;

        void again() {
            ++runs;
            queue.at(queue.now(), [this] { again(); });
        }
    };

    Endless world;
    world.again();
    CHECK_FALSE(world.queue.run_until(Instant{} + 1s, 100));
    CHECK(world.runs == 101);
}

TEST_CASE("sleeps on a simulated clock end in order of time and the wall follows", "[sim][clock]") {
    EventQueue queue;
    SimClock clock(queue, WallTime{1'000'000s});
    std::string notes;
    Task<void> late = sleep_and_note(clock, 2500ms, notes, 'b');
    Task<void> early = sleep_and_note(clock, 1s, notes, 'a');
    late.start();
    early.start();
    CHECK(notes.empty());
    while (queue.step()) {
    }
    CHECK(notes == "ab");
    CHECK(late.done());
    CHECK(clock.now() == Instant{} + 2500ms);
    CHECK(clock.wall_now() == WallTime{1'000'002s});
}

TEST_CASE("a sleeper that is destroyed is disarmed", "[sim][clock]") {
    EventQueue queue;
    SimClock clock(queue, WallTime{});
    std::string notes;
    {
        Task<void> sleeper = sleep_and_note(clock, 1s, notes, 'x');
        sleeper.start();
        CHECK(queue.size() == 1);
    }
    CHECK(queue.size() == 0);
    CHECK_FALSE(queue.step());
    CHECK(notes.empty());
    CHECK(live_frames() == 0);
}
