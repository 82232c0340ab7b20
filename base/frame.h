// Where coroutine frames live: a free list by size class for each thread, since frames never cross
// threads. Sanitizer builds go straight to the heap, so that a touch after free is seen.
#pragma once
#include <cstddef>

namespace wend {

void* allocate_frame(std::size_t size);
void free_frame(void* frame, std::size_t size) noexcept;

// Coroutine frames alive on this thread. Tests expect 0 at the end.
std::size_t live_frames() noexcept;

}  // namespace wend
