#include "failing_new.h"

#include <cstdlib>

namespace {

thread_local std::size_t until_failure = 0;

void* allocate(std::size_t size) {
    if (until_failure > 0 && --until_failure == 0) {
        throw std::bad_alloc();
    }
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size == 0 ? 1 : size);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace wend {

void fail_allocation(std::size_t nth) {
    until_failure = nth;
}

}  // namespace wend
