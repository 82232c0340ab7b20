// Numbers that one thread writes and any thread, of any process that maps them, reads.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace wend {

using Number = std::atomic<std::uint64_t>;
static_assert(Number::is_always_lock_free, "numbers are shared between processes");

// One writer: a load and a store, no locked instruction.
inline void bump(Number& number, std::uint64_t amount = 1) {
    constexpr auto relaxed = std::memory_order_relaxed;
    number.store(number.load(relaxed) + amount, relaxed);
}

// Of an enumeration's values, where they stand in an array.
template <class Enum>
constexpr std::size_t place_of(Enum value) {
    return static_cast<std::size_t>(value);
}

}  // namespace wend
