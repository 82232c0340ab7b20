#include "failing_new.h"

#include <atomic>
#include <cstdlib>

namespace {

thread_local std::size_t until_failure = 0;
thread_local bool is_victim = false;
std::atomic<std::size_t> until_victims_failure{0};

bool must_fail() {
    if (until_failure > 0) {
        return --until_failure == 0;
    }
    return is_victim && until_victims_failure > 0 && until_victims_failure.fetch_sub(1) == 1;
}

void* allocate(std::size_t size) {
    if (must_fail()) {
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

bool is_failure_ahead() {
    return until_failure > 0;
}

void be_victim() {
    is_victim = true;
}

void fail_victims_allocation(std::size_t nth) {
    until_victims_failure = nth;
}

bool is_victims_failure_ahead() {
    return until_victims_failure > 0;
}

}  // namespace wend
