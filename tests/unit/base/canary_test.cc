// Each shape of coroutine that the house allows, cancelled at every suspension in turn: a compiler
// that miscompiles one of them is found here and not in a resolver.
#include <algorithm>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "base/task.h"
#include "tests/unit/base/noisy.h"
#include "tests/unit/base/parking.h"

using wend::Task;

namespace {

constexpr int wakes_max = 16;

Parking parking;

Task<int> later(int value) {
    co_await parking.wait();
    co_return value;
}

class Base {
  public:
    Base() = default;
    Base(const Base&) = delete;
    Base& operator=(const Base&) = delete;
    Base(Base&&) = delete;
    Base& operator=(Base&&) = delete;
    virtual ~Base() = default;
    virtual Task<int> add(Noisy to) = 0;
};

class Derived final : public Base {
  public:
    Task<int> add(Noisy to) override {
        co_await parking.wait();
        co_return to.use() + mine_.use();
    }

  private:
    Noisy mine_{2};
};

Task<int> virtual_call() {
    const std::unique_ptr<Base> base = std::make_unique<Derived>();
    Noisy three(3);
    const int sum = co_await base->add(std::move(three));
    co_return sum;
}

Task<int> loop_with_continue_and_break() {
    std::vector<Noisy> values;
    values.reserve(3);
    for (int i = 0; i < 3; ++i) {
        values.emplace_back(i);
    }
    int sum = 0;
    for (const auto& value : values) {
        const int one = co_await later(1);
        if (value.use() == 1) {
            continue;
        }
        sum += one;
        if (sum == 2) {
            break;
        }
    }
    co_return sum;
}

Task<int> loop_over_a_map() {
    std::map<int, Noisy> values;
    values.emplace(1, Noisy(1));
    values.emplace(2, Noisy(2));
    int sum = 0;
    for (const auto& [key, value] : values) {
        const int again = co_await later(key);
        sum += again + value.use();
    }
    co_return sum;
}

Task<int> capturing_lambda_beside_an_await() {
    std::vector<int> values{3, 1, 2};
    const int pivot = 2;
    std::ranges::sort(values, [&](int a, int b) { return a + pivot < b + pivot; });
    const int smallest = co_await later(values[0]);
    co_return smallest;
}

Task<int> early_return_inside_scopes() {
    const Noisy one(1);
    if (one.use() == 1) {
        const Noisy two(2);
        const int value = co_await later(two.use());
        if (value == 2) {
            co_return value;
        }
    }
    co_return 0;
}

Task<std::expected<int, int>> maybe(Noisy which) {
    co_await parking.wait();
    if (which.use() == 1) {
        co_return std::unexpected(3);
    }
    co_return 4;
}

Task<int> expected_tested_on_the_next_line() {
    Noisy one(1);
    const std::expected<int, int> result = co_await maybe(std::move(one));
    if (!result) {
        const int error = co_await later(result.error());
        co_return error;
    }
    co_return *result;
}

Task<int> tasks_kept_in_a_vector() {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 3; ++i) {
        tasks.push_back(later(i));
    }
    int sum = 0;
    for (auto& task : tasks) {
        const int value = co_await std::move(task);
        sum += value;
    }
    co_return sum;
}

Task<int> strings_on_the_heap() {
    const std::string text = "a string that is long enough for the heap";
    const std::string longer = text + "!";
    const int size = co_await later(static_cast<int>(longer.size()));
    co_return size;
}

Task<int> recursion(int depth) {
    const Noisy level(depth);
    if (depth == 0) {
        co_return 0;
    }
    const int below = co_await recursion(depth - 1);
    co_await parking.wait();
    co_return below + (level.use() > 0 ? 1 : 0);
}

Task<int> switch_over_a_named_result() {
    const int chosen = co_await later(2);
    switch (chosen) {
        case 1: {
            const Noisy one(1);
            const int value = co_await later(one.use());
            co_return value;
        }
        case 2: {
            const Noisy two(2);
            const int value = co_await later(two.use());
            co_return value;
        }
        default:
            co_return 0;
    }
}

Task<int> either_branch(bool first) {
    int value = 0;
    if (first) {
        value = co_await later(5);
    } else {
        value = co_await later(6);
    }
    co_return value;
}

Task<Noisy> gives_an_object() {
    const auto owned = std::make_unique<Noisy>(4);
    const int one = co_await later(1);
    Noisy result(one + owned->use());
    co_return result;
}

Task<int> takes_an_object() {
    const Noisy object = co_await gives_an_object();
    co_return object.use();
}

// Wakes at most `wakes` times, then drops the task; checks the value if it came to its end.
void run_and_drop(Task<int> task, int wakes, int wanted) {
    task.start();
    for (int i = 0; i < wakes && parking.waiting() > 0; ++i) {
        parking.wake(0);
    }
    if (wakes == wakes_max) {
        REQUIRE(task.done());
        CHECK(task.result() == wanted);
    }
}

template <class Make, class... Arguments>
void at_every_suspension(Make make, int wanted, Arguments... arguments) {
    for (int wakes = 0; wakes <= wakes_max; ++wakes) {
        run_and_drop(make(arguments...), wakes, wanted);
        CHECK(parking.waiting() == 0);
        CHECK(wend::live_frames() == 0);
        CHECK(Noisy::live.empty());
        CHECK(Noisy::faults == 0);
    }
}

}  // namespace

TEST_CASE("this compiler runs and cancels every shape of coroutine that we write", "[base][task]") {
    at_every_suspension(virtual_call, 5);
    at_every_suspension(loop_with_continue_and_break, 2);
    at_every_suspension(loop_over_a_map, 6);
    at_every_suspension(capturing_lambda_beside_an_await, 1);
    at_every_suspension(early_return_inside_scopes, 2);
    at_every_suspension(expected_tested_on_the_next_line, 3);
    at_every_suspension(tasks_kept_in_a_vector, 3);
    at_every_suspension(strings_on_the_heap, 42);
    at_every_suspension(recursion, 5, 5);
    at_every_suspension(switch_over_a_named_result, 2);
    at_every_suspension(either_branch, 5, true);
    at_every_suspension(either_branch, 6, false);
    at_every_suspension(takes_an_object, 5);
}
