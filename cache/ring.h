// Where octets go in a ring: runs are pushed at the head and popped at the tail, oldest first.
// Pure arithmetic on offsets; the octets are somebody else's.
#pragma once
#include <cstdint>

namespace wend::cache {

// A run never wraps around the end: where it does not fit, the end stays empty for this turn.
class Ring {
  public:
    explicit Ring(std::uint32_t capacity) : capacity_(capacity) {}

    bool empty() const { return tail_ == head_ && !wrapped_; }

    // Where the oldest run starts. Not if empty.
    std::uint32_t tail() const { return tail_; }

    std::uint32_t capacity() const { return capacity_; }

    // Whether push(size) has room without a pop.
    bool has_room(std::uint32_t size) const {
        return wrapped_ ? tail_ - head_ >= size : capacity_ - head_ >= size || tail_ >= size;
    }

    // The offset of the new run. Requires has_room(size).
    std::uint32_t push(std::uint32_t size);
    // Gives up the oldest run, of which the caller knows the size. Not if empty.
    void pop(std::uint32_t size);

    // No offset at or after this one was ever handed out.
    std::uint32_t touched() const { return touched_; }

  private:
    std::uint32_t capacity_;
    std::uint32_t head_ = 0;
    std::uint32_t tail_ = 0;
    std::uint32_t end_ = 0;  // while wrapped: where the runs before the wrap end
    std::uint32_t touched_ = 0;
    bool wrapped_ = false;
};

}  // namespace wend::cache
