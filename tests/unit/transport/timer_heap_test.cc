#include "transport/timer_heap.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"

namespace wend {
namespace {

Instant at_us(std::int64_t us) {
    return Instant(Duration(us));
}

struct TestTimer final : Timer {
    explicit TestTimer(std::function<void()> action) : on_expiry(std::move(action)) {}

    void expire() override { on_expiry(); }

    std::function<void()> on_expiry;
};

}  // namespace

TEST_CASE("timers run in order of their instants, equal ones as they were scheduled",
          "[transport]") {
    TimerHeap heap;
    std::vector<int> ran;
    TestTimer a([&] { ran.push_back(1); });
    TestTimer b([&] { ran.push_back(2); });
    TestTimer c([&] { ran.push_back(3); });
    heap.schedule(a, at_us(20));
    heap.schedule(b, at_us(10));
    heap.schedule(c, at_us(20));
    CHECK(heap.next() == at_us(10));
    heap.expire_due(at_us(9));
    CHECK(ran.empty());
    heap.expire_due(at_us(20));
    CHECK(ran == std::vector{2, 1, 3});
    CHECK(heap.empty());
    CHECK_FALSE(heap.next());
}

TEST_CASE("a timer that is cancelled does not run, and one scheduled again runs once",
          "[transport]") {
    TimerHeap heap;
    int cancelled = 0;
    int moved = 0;
    TestTimer a([&] { ++cancelled; });
    TestTimer b([&] { ++moved; });
    heap.schedule(a, at_us(1));
    heap.schedule(b, at_us(1));
    heap.cancel(a);
    heap.cancel(a);
    heap.schedule(b, at_us(5));
    CHECK(heap.size() == 1);
    heap.expire_due(at_us(4));
    CHECK(moved == 0);
    heap.expire_due(at_us(5));
    CHECK(moved == 1);
    CHECK(cancelled == 0);
    CHECK_FALSE(b.is_scheduled());
}

TEST_CASE("what a timer schedules waits for the next turn", "[transport]") {
    TimerHeap heap;
    int runs = 0;
    TestTimer again([&] {
        ++runs;
        heap.schedule(again, at_us(0));
    });
    heap.schedule(again, at_us(0));
    heap.expire_due(at_us(100));
    CHECK(runs == 1);
    heap.expire_due(at_us(100));
    CHECK(runs == 2);
    heap.cancel(again);
}

TEST_CASE("a timer may cancel and destroy another that is due", "[transport]") {
    TimerHeap heap;
    int ran = 0;
    auto victim = std::make_unique<TestTimer>([&] { ++ran; });
    TestTimer killer([&] {
        heap.cancel(*victim);
        victim.reset();
    });
    heap.schedule(killer, at_us(1));
    heap.schedule(*victim, at_us(2));
    heap.expire_due(at_us(3));
    CHECK(ran == 0);
    CHECK(heap.empty());
}

TEST_CASE("the heap agrees with a sorted list over random schedules and cancels", "[transport]") {
    SeededRandom random(11);
    TimerHeap heap;
    std::vector<std::int64_t> ran;
    std::vector<std::unique_ptr<TestTimer>> timers;
    std::vector<std::int64_t> due(300, -1);
    for (std::size_t i = 0; i < due.size(); ++i) {
        timers.push_back(std::make_unique<TestTimer>([&, i] { ran.push_back(due[i]); }));
    }
    for (int step = 0; step < 5000; ++step) {
        const auto i = static_cast<std::size_t>(random.below(timers.size()));
        if (random.chance(40)) {
            heap.cancel(*timers[i]);
            due[i] = -1;
        } else {
            due[i] = static_cast<std::int64_t>(random.below(1000));
            heap.schedule(*timers[i], at_us(due[i]));
        }
    }
    auto expected = due;
    std::erase(expected, -1);
    std::ranges::sort(expected);
    CHECK(heap.size() == expected.size());
    heap.expire_due(at_us(1000));
    CHECK(heap.empty());
    CHECK(ran == expected);
}

}  // namespace wend
