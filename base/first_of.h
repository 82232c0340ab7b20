// Runs tasks together; the first to finish gives the value and the others are destroyed, which
// cancels them. One that runs out of memory finishes so.
#pragma once
#include <coroutine>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/task.h"

namespace wend {

// Awaited once, as a named object. At least one task.
template <class T>
class FirstOf {
  public:
    explicit FirstOf(std::vector<Task<T>> tasks) : tasks_(std::move(tasks)) {}

    FirstOf(const FirstOf&) = delete;
    FirstOf& operator=(const FirstOf&) = delete;
    FirstOf(FirstOf&&) = delete;
    FirstOf& operator=(FirstOf&&) = delete;
    ~FirstOf() = default;

    bool await_ready() const noexcept { return false; }

    bool await_suspend(std::coroutine_handle<> waiter) {
        watches_.reserve(tasks_.size());
        for (auto& task : tasks_) {
            watches_.push_back(watch(*this, task));
            watches_.back().frame.resume();
            if (value_ || out_of_memory_) {
                return false;  // finished at once: go on, start no more
            }
        }
        waiter_ = waiter;
        return true;
    }

    T await_resume() {
        watches_.clear();
        tasks_.clear();  // the losers end now, not when the race goes out of scope
        if (!value_) {
            throw std::bad_alloc();
        }
        return std::move(*value_);
    }

  private:
    struct Watch {
        // NOLINTNEXTLINE(readability-identifier-naming): the language fixes the name
        struct promise_type {
            FirstOf* race;

            promise_type(FirstOf& owner, Task<T>&) : race(&owner) {}

            static void* operator new(std::size_t size) { return allocate_frame(size); }

            static void operator delete(void* frame, std::size_t size) noexcept {
                free_frame(frame, size);
            }

            struct Finish {
                FirstOf* race;

                bool await_ready() const noexcept { return false; }

                std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept {
                    return race->waiter_ ? std::exchange(race->waiter_, {}) : std::noop_coroutine();
                }

                void await_resume() const noexcept {}
            };

            Watch get_return_object() {
                return Watch(std::coroutine_handle<promise_type>::from_promise(*this));
            }

            std::suspend_always initial_suspend() const noexcept { return {}; }

            Finish final_suspend() const noexcept { return Finish{race}; }

            void return_void() const noexcept {}

            void unhandled_exception() noexcept {
                accept_only_bad_alloc();
                race->out_of_memory_ = true;
            }
        };

        explicit Watch(std::coroutine_handle<promise_type> handle) : frame(handle) {}

        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

        Watch(Watch&& other) noexcept : frame(std::exchange(other.frame, {})) {}

        Watch& operator=(Watch&&) = delete;

        ~Watch() {
            if (frame) {
                frame.destroy();
            }
        }

        std::coroutine_handle<promise_type> frame;
    };

    static Watch watch(FirstOf& race, Task<T>& task) {
        T value = co_await std::move(task);
        if (!race.value_) {  // two losers may finish in one turn of the loop; the first counts
            race.value_.emplace(std::move(value));
        }
    }

    std::vector<Task<T>> tasks_;
    std::vector<Watch> watches_;
    std::optional<T> value_;
    bool out_of_memory_ = false;
    std::coroutine_handle<> waiter_;
};

}  // namespace wend
