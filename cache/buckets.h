// Linear hashing: the number of buckets grows by one at a time, so that no insertion ever pays for
// a table of twice the size, and there are as many buckets as entries and no more.
#pragma once
#include <bit>
#include <cstdint>

namespace wend::cache {

class Buckets {
  public:
    explicit Buckets(std::uint32_t most) : most_(most) {}

    std::uint32_t count() const { return count_; }

    // Where a hash belongs: below count().
    std::uint32_t of(std::uint64_t hash) const {
        const std::uint32_t low = static_cast<std::uint32_t>(hash) & mask_;
        return low < count_ ? low : low & (mask_ >> 1);
    }

    // How many low bits of a hash all that belongs into this bucket has in common.
    unsigned bits_of(std::uint32_t bucket) const {
        const std::uint32_t half = (mask_ >> 1) + (mask_ & 1U);
        const bool is_split = bucket >= half || bucket + half < count_;
        return static_cast<unsigned>(std::popcount(mask_)) - (is_split ? 0U : 1U);
    }

    bool can_grow() const { return count_ < most_; }

    struct Split {
        std::uint32_t from = 0;  // some of these entries belong into `to` from here on
        std::uint32_t to = 0;    // the new bucket, empty
    };

    // Requires can_grow().
    Split grow() {
        const std::uint32_t added = count_++;
        mask_ = std::bit_ceil(count_) - 1;
        return {added & (mask_ >> 1), added};
    }

  private:
    std::uint32_t most_;
    std::uint32_t count_ = 1;
    std::uint32_t mask_ = 0;  // covers count_ - 1
};

}  // namespace wend::cache
