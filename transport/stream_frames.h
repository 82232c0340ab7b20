// DNS messages in a stream of octets: two octets of length before each (RFC 1035 4.2.2). The
// stream may be cut anywhere. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/octets.h"

namespace wend {

class StreamFrames {
  public:
    // What the stream brought next. At most one message that is not complete is kept, so the
    // memory held is at most 65,537 octets and one append.
    void append(Octets octets);

    // The next whole message, valid until the next call of append() or next(). Nothing if more
    // octets are needed, or if the stream is broken.
    std::optional<Octets> next();

    // A length below 12 was seen: no message is so short, and where the next begins is anybody's
    // guess. The stream is to be closed.
    bool is_broken() const { return is_broken_; }

    // Part of a message is here (after next() gave nothing).
    bool is_inside_message() const { return at_ < buffer_.size(); }

  private:
    void release_if_consumed();

    std::vector<std::uint8_t> buffer_;
    std::size_t at_ = 0;  // where what next() has not given yet begins
    bool is_broken_ = false;
};

}  // namespace wend
