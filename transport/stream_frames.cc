#include "transport/stream_frames.h"

#include "dns/message.h"

namespace wend {
namespace {

constexpr std::size_t length_size = 2;
// An idle connection holds no more than this.
constexpr std::size_t capacity_kept = 1024;

}  // namespace

void StreamFrames::append(Octets octets) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    buffer_.insert(buffer_.end(), octets.begin(), octets.end());
}

std::optional<Octets> StreamFrames::next() {
    const Octets rest = Octets(buffer_).subspan(at_);
    if (rest.size() < length_size || is_broken_) {
        release_if_consumed();
        return std::nullopt;
    }
    const std::size_t length = load_u16(rest, 0);
    if (length < dns::header_size) {
        is_broken_ = true;
        return std::nullopt;
    }
    if (rest.size() < length_size + length) {
        return std::nullopt;
    }
    at_ += length_size + length;
    return rest.subspan(length_size, length);
}

void StreamFrames::release_if_consumed() {
    if (at_ < buffer_.size()) {
        return;
    }
    at_ = 0;
    buffer_.clear();
    if (buffer_.capacity() > capacity_kept) {
        buffer_.shrink_to_fit();
    }
}

}  // namespace wend
