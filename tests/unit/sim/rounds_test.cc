#include "base/rounds.h"

#include <chrono>
#include <new>

#include <catch2/catch.hpp>

#include "base/scope.h"
#include "sim/event_queue.h"
#include "sim/sim_clock.h"

using namespace wend;

TEST_CASE("a round that there is no memory for is not the last", "[base]") {
    sim::EventQueue queue{Instant(std::chrono::hours(1))};
    sim::SimClock clock{queue, WallTime(std::chrono::hours(24))};
    int rounds = 0;
    Scope scope;
    scope.spawn(in_rounds(clock, std::chrono::seconds(1), [&rounds] {
        if (++rounds % 2 == 1) {
            throw std::bad_alloc();
        }
    }));
    CHECK(queue.run_until(clock.now() + std::chrono::milliseconds(5'500), 1'000));
    CHECK(rounds == 5);
}
