#include "cache/ring.h"

#include <algorithm>

#include "base/check.h"

namespace wend::cache {

std::uint32_t Ring::push(std::uint32_t size) {
    check(has_room(size), "a run is pushed only where it has room");
    if (!wrapped_ && capacity_ - head_ < size) {
        end_ = head_;
        head_ = 0;
        wrapped_ = true;
    }
    const std::uint32_t at = head_;
    head_ += size;
    touched_ = std::max(touched_, head_);
    return at;
}

void Ring::pop(std::uint32_t size) {
    check(!empty(), "an empty ring has no oldest run");
    tail_ += size;
    if (wrapped_ && tail_ == end_) {
        tail_ = 0;
        wrapped_ = false;
    }
    if (!wrapped_ && tail_ == head_) {
        head_ = 0;
        tail_ = 0;
    }
}

}  // namespace wend::cache
