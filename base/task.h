// A lazily started coroutine that belongs to exactly one owner. Destroying a Task cancels it: the
// frame unwinds, and every awaiter in it takes back what it asked of the network or the clock.
// A task is destroyed only while it is suspended, and never from inside its own call chain.
//
// Failures are values, but for one: memory may run out anywhere. std::bad_alloc travels through
// tasks to whoever awaits them, and ends at the root that started the work.
#pragma once
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <new>
#include <optional>
#include <utility>

#include "base/frame.h"

#if defined(__clang__)
#define WEND_TASK [[nodiscard, clang::coro_return_type, clang::coro_lifetimebound]]
#define WEND_TASK_WRAPPER [[clang::coro_wrapper]]
#else
#define WEND_TASK [[nodiscard]]
#define WEND_TASK_WRAPPER
#endif

namespace wend {

// Inside a handler: any other exception than std::bad_alloc is our own mistake and ends the
// process.
inline void accept_only_bad_alloc() noexcept {
    try {
        throw;
    } catch (const std::bad_alloc&) {
    }
}

struct TaskPromiseBase {
    std::coroutine_handle<> continuation = std::noop_coroutine();
    bool out_of_memory = false;

    static void* operator new(std::size_t size) { return allocate_frame(size); }

    static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

    struct ResumeContinuation {
        bool await_ready() const noexcept { return false; }

        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> task) const noexcept {
            return task.promise().continuation;
        }

        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }

    ResumeContinuation final_suspend() const noexcept { return {}; }

    void unhandled_exception() noexcept {
        accept_only_bad_alloc();
        out_of_memory = true;
    }

    void rethrow() const {
        if (out_of_memory) {
            throw std::bad_alloc();
        }
    }
};

template <class Promise>
struct TaskAwaiterBase {
    std::coroutine_handle<Promise> frame;

    bool await_ready() const noexcept { return false; }

    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) const noexcept {
        frame.promise().continuation = waiter;
        return frame;
    }
};

template <class T>
class WEND_TASK Task {
  public:
    // NOLINTNEXTLINE(readability-identifier-naming): the language fixes the name
    struct promise_type : TaskPromiseBase {
        std::optional<T> value;

        Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }

        template <class U>
            requires std::constructible_from<T, U>
        void return_value(U&& result) {
            value.emplace(std::forward<U>(result));
        }
    };

    using Handle = std::coroutine_handle<promise_type>;

    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}

    Task& operator=(Task&&) = delete;

    ~Task() {
        if (frame_) {
            frame_.destroy();
        }
    }

    auto operator co_await() && noexcept {
        struct Awaiter : TaskAwaiterBase<promise_type> {
            T await_resume() const {
                this->frame.promise().rethrow();
                return std::move(*this->frame.promise().value);
            }
        };

        return Awaiter{{frame_}};
    }

    // For the one place that owns a root task (a test, a command): never from inside a coroutine.
    void start() { frame_.resume(); }

    bool done() const { return frame_.done(); }

    // Throws std::bad_alloc if that is how it ended.
    const T& result() const {
        frame_.promise().rethrow();
        return *frame_.promise().value;
    }

  private:
    explicit Task(Handle frame) noexcept : frame_(frame) {}

    Handle frame_;
};

template <>
class WEND_TASK Task<void> {
  public:
    // NOLINTNEXTLINE(readability-identifier-naming): the language fixes the name
    struct promise_type : TaskPromiseBase {
        Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }

        void return_void() const noexcept {}
    };

    using Handle = std::coroutine_handle<promise_type>;

    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}

    Task& operator=(Task&&) = delete;

    ~Task() {
        if (frame_) {
            frame_.destroy();
        }
    }

    auto operator co_await() && noexcept {
        struct Awaiter : TaskAwaiterBase<promise_type> {
            void await_resume() const { this->frame.promise().rethrow(); }
        };

        return Awaiter{{frame_}};
    }

    void start() { frame_.resume(); }

    bool done() const { return frame_.done(); }

  private:
    explicit Task(Handle frame) noexcept : frame_(frame) {}

    Handle frame_;
};

}  // namespace wend
