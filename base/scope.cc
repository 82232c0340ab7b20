#include "base/scope.h"

#include <utility>

#include "base/room.h"
#include "base/undo.h"

namespace wend {

struct Scope::Root {
    // NOLINTNEXTLINE(readability-identifier-naming): the language fixes the name
    struct promise_type {
        Scope* scope;

        promise_type(Scope& owner, Task<void>&) : scope(&owner) {}

        static void* operator new(std::size_t size) { return allocate_frame(size); }

        static void operator delete(void* frame, std::size_t size) noexcept {
            free_frame(frame, size);
        }

        struct Report {
            bool await_ready() const noexcept { return false; }

            void await_suspend(std::coroutine_handle<promise_type> root) const noexcept {
                root.promise().scope->finished_.push_back(root.address());
            }

            void await_resume() const noexcept {}
        };

        Root get_return_object() noexcept {
            return Root{std::coroutine_handle<promise_type>::from_promise(*this)};
        }

        std::suspend_always initial_suspend() const noexcept { return {}; }

        Report final_suspend() const noexcept { return {}; }

        void return_void() const noexcept {}

        void unhandled_exception() const noexcept { accept_only_bad_alloc(); }
    };

    std::coroutine_handle<promise_type> frame;
};

// The scope is a parameter only so that the promise can see it.
Scope::Root Scope::run([[maybe_unused]] Scope& scope, Task<void> task) {
    co_await std::move(task);
}

void Scope::spawn(Task<void> task) {
    sweep();
    make_room(finished_, roots_.size() + 1);  // so that a root can report without memory
    const Root root = run(*this, std::move(task));
    Undo drop([&root] { root.frame.destroy(); });
    roots_.insert(root.frame.address());
    drop.keep();
    root.frame.resume();
}

void Scope::sweep() {
    // Destroying a root runs destructors that must not spawn; a finished frame holds none that do.
    for (void* address : std::exchange(finished_, {})) {
        roots_.erase(address);
        std::coroutine_handle<>::from_address(address).destroy();
    }
}

Scope::~Scope() {
    for (void* address : std::exchange(roots_, {})) {
        std::coroutine_handle<>::from_address(address).destroy();
    }
}

}  // namespace wend
