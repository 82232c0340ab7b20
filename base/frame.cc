#include "base/frame.h"

#include <new>

namespace wend {
namespace {

thread_local std::size_t frames_alive = 0;

}  // namespace

void* allocate_frame(std::size_t size) {
    void* const frame = ::operator new(size);
    ++frames_alive;
    return frame;
}

void free_frame(void* frame, std::size_t size) noexcept {
    --frames_alive;
    ::operator delete(frame, size);
}

std::size_t live_frames() noexcept {
    return frames_alive;
}

}  // namespace wend
