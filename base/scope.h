// Owns root tasks that nobody awaits: a worker's resolutions, a connection's reader.
#pragma once
#include <coroutine>
#include <cstddef>
#include <unordered_set>
#include <vector>

#include "base/task.h"

namespace wend {

// One thread. A finished task is removed at the next spawn() or sweep(), never by itself;
// destroying the scope cancels all that still run. A task that runs out of memory ends, and no
// more.
class Scope {
  public:
    Scope() = default;
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    Scope(Scope&&) = delete;
    Scope& operator=(Scope&&) = delete;
    ~Scope();

    // Starts the task at once and owns it. May run it to its end before it returns. Throws
    // std::bad_alloc before the task has begun, or not at all.
    void spawn(Task<void> task);
    void sweep();

    // Tasks that have not finished.
    std::size_t running() const { return roots_.size() - finished_.size(); }

  private:
    struct Root;
    static Root run(Scope& scope, Task<void> task);

    std::unordered_set<void*> roots_;  // frame addresses; never iterated but to destroy
    std::vector<void*> finished_;
};

}  // namespace wend
