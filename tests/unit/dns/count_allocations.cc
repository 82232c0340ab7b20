#include "tests/unit/dns/count_allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations;

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) {
        std::abort();
    }
    return memory;
}

// The standard library's own would not pair with the operator delete below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace wend {

std::size_t allocations_so_far() {
    return allocations;
}

}  // namespace wend
