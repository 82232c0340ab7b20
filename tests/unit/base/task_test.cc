#include "base/task.h"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/first_of.h"
#include "base/scope.h"
#include "tests/unit/base/parking.h"

using namespace wend;

namespace {

Task<int> park_then(Parking& parking, int value) {
    co_await parking.wait();
    co_return value;
}

Task<int> at_once(int value) {
    co_return value;
}

Task<int> sum(Parking& parking) {
    const int a = co_await park_then(parking, 1);
    const int b = co_await park_then(parking, 2);
    co_return a + b;
}

Task<void> add_to(Parking& parking, int& total) {
    const int value = co_await sum(parking);
    total += value;
}

Task<int> race_of(std::vector<Task<int>> tasks) {
    FirstOf<int> race(std::move(tasks));
    const int value = co_await race;
    co_return value;
}

}  // namespace

TEST_CASE("a task gives its value to the one who awaits it", "[base][task]") {
    Parking parking;
    {
        auto task = sum(parking);
        task.start();
        parking.wake(0);
        CHECK_FALSE(task.done());
        parking.wake(0);
        REQUIRE(task.done());
        CHECK(task.result() == 3);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("destroying a task withdraws what it waits for, at every suspension", "[base][task]") {
    for (int wakes = 0; wakes < 2; ++wakes) {
        Parking parking;
        {
            auto task = sum(parking);
            task.start();
            for (int i = 0; i < wakes; ++i) {
                parking.wake(0);
            }
            CHECK(parking.waiting() == 1);
        }
        CHECK(parking.waiting() == 0);
        CHECK(live_frames() == 0);
    }
}

TEST_CASE("of several tasks the first gives the value and the rest are cancelled", "[base][task]") {
    Parking parking;
    {
        std::vector<Task<int>> tasks;
        tasks.push_back(park_then(parking, 10));
        tasks.push_back(park_then(parking, 20));
        tasks.push_back(park_then(parking, 30));
        auto race = race_of(std::move(tasks));
        race.start();
        REQUIRE(parking.waiting() == 3);
        parking.wake(1);
        REQUIRE(race.done());
        CHECK(race.result() == 20);
        CHECK(parking.waiting() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("a task that finishes at once wins and later ones are not started", "[base][task]") {
    Parking parking;
    {
        std::vector<Task<int>> tasks;
        tasks.push_back(park_then(parking, 10));
        tasks.push_back(at_once(20));
        tasks.push_back(park_then(parking, 30));
        auto race = race_of(std::move(tasks));
        race.start();
        REQUIRE(race.done());
        CHECK(race.result() == 20);
        CHECK(parking.waiting() == 0);
    }
    CHECK(live_frames() == 0);
}

TEST_CASE("a scope owns its tasks and cancels those that still run", "[base][task]") {
    Parking parking;
    int total = 0;
    {
        Scope scope;
        scope.spawn(add_to(parking, total));
        scope.spawn(add_to(parking, total));
        CHECK(scope.running() == 2);
        parking.wake(0);  // now the first waits behind the second
        parking.wake(1);
        CHECK(total == 3);
        CHECK(scope.running() == 1);
        scope.sweep();
        CHECK(scope.running() == 1);
    }
    CHECK(total == 3);
    CHECK(parking.waiting() == 0);
    CHECK(live_frames() == 0);
}
