#include "dns/compressed_name.h"

#include "dns/name.h"

namespace wend::dns {
namespace {

constexpr std::size_t message_header_octets = 12;
constexpr std::uint8_t pointer_bits = 0xc0;

using Walked = std::expected<void, FormError>;

// A walk over labels and pointers that appends the uncompressed name: labels that stand one after
// the other go in one piece.
class NameWalk {
  public:
    NameWalk(Octets message, std::size_t start, std::size_t limit, std::vector<std::uint8_t>& out)
        : message_(message),
          at_(start),
          end_(limit),
          segment_start_(start),
          piece_(start),
          out_(out) {}

    // To the root label; nothing is appended if it cannot be reached.
    Walked run(std::size_t& steps_left) {
        const std::size_t before = out_.size();
        Walked walked;
        for (bool is_last = false; walked && !is_last; --steps_left) {
            if (at_ >= end_) {
                walked = std::unexpected(past_end_);
                break;
            }
            if (steps_left == 0) {
                walked = std::unexpected(FormError::too_much_work);
                break;
            }
            const std::uint8_t length = message_[at_];
            is_last = length == 0;
            walked = step(length);
        }
        if (walked) {
            append_piece();
        } else {
            out_.resize(before);
        }
        return walked;
    }

    // Behind the name where it stands.
    std::size_t after() const { return after_ != 0 ? after_ : at_; }

  private:
    Walked step(std::uint8_t length) {
        if ((length & pointer_bits) == pointer_bits) {
            return follow_pointer();
        }
        return length > label_octets_max ? std::unexpected(FormError::bad_label_type)
                                         : pass_label(length);
    }

    Walked pass_label(std::uint8_t length) {
        if (at_ + 1 + length > end_) {
            return std::unexpected(past_end_);
        }
        size_ += 1U + length;
        if (size_ > name_octets_max) {
            return std::unexpected(FormError::name_too_long);
        }
        at_ += 1U + length;
        return {};
    }

    Walked follow_pointer() {
        if (at_ + 2 > end_) {
            return std::unexpected(past_end_);
        }
        const std::size_t target = load_u16(message_, at_) & 0x3fffU;
        if (target < message_header_octets || target >= segment_start_) {
            return std::unexpected(FormError::bad_pointer);
        }
        append_piece();
        if (after_ == 0) {
            after_ = at_ + 2;
        }
        end_ = segment_start_;
        past_end_ = FormError::bad_pointer;
        segment_start_ = target;
        piece_ = target;
        at_ = target;
        return {};
    }

    void append_piece() {
        const Octets piece = message_.subspan(piece_, at_ - piece_);
        out_.insert(out_.end(), piece.begin(), piece.end());
    }

    Octets message_;
    std::size_t at_;   // of the next length octet or pointer
    std::size_t end_;  // the labels being read end here at the latest
    FormError past_end_ = FormError::truncated;
    std::size_t segment_start_;  // a pointer must go before it
    std::size_t piece_;          // the first label that is not appended yet
    std::size_t after_ = 0;      // the first pointer; 0: there is none
    std::size_t size_ = 0;       // octets of the name so far
    std::vector<std::uint8_t>& out_;
};

}  // namespace

std::expected<std::size_t, FormError> append_name(Octets message, std::size_t at, std::size_t end,
                                                  std::size_t& steps_left,
                                                  std::vector<std::uint8_t>& out) {
    NameWalk walk(message, at, end, out);
    if (const Walked walked = walk.run(steps_left); !walked) {
        return std::unexpected(walked.error());
    }
    return walk.after();
}

}  // namespace wend::dns
