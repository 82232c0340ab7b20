// How often this program has asked the heap for memory.
#pragma once
#include <cstddef>

namespace wend {

std::size_t allocations_so_far();

}  // namespace wend
