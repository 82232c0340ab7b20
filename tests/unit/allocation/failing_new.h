// An operator new that fails when told to, for the whole program.
#pragma once
#include <cstddef>
#include <new>

namespace wend {

// The `nth` allocation of this thread from now fails with std::bad_alloc, once; 0: none does.
void fail_allocation(std::size_t nth);

// Whether that allocation is still to come.
bool is_failure_ahead();

// The same for the thread that has called be_victim(), from any thread.
void be_victim();
void fail_victims_allocation(std::size_t nth);
bool is_victims_failure_ahead();

// Runs `work` again and again, each time with the next allocation failing, until it gets through
// without a failure. `after` is called in between. Returns how many allocations failed.
template <class Work, class After>
std::size_t fail_each_allocation(const Work& work, const After& after) {
    constexpr std::size_t allocations_max = 10'000;
    for (std::size_t nth = 1; nth < allocations_max; ++nth) {
        bool failed = false;
        fail_allocation(nth);
        try {
            work();
        } catch (const std::bad_alloc&) {
            failed = true;
        }
        fail_allocation(0);
        after();
        if (!failed) {
            return nth - 1;
        }
    }
    return allocations_max;
}

}  // namespace wend
