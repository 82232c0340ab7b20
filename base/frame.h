// Where coroutine frames live: on the heap, and counted.
#pragma once
#include <cstddef>

namespace wend {

void* allocate_frame(std::size_t size);
void free_frame(void* frame, std::size_t size) noexcept;

// Coroutine frames alive on this thread. Tests expect 0 at the end.
std::size_t live_frames() noexcept;

}  // namespace wend
