// Whether a name may be in the book: a split-block Bloom filter, one line of the processor's cache
// for each question. Pure.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/octets.h"
#include "policy/book/book_file.h"

namespace wend::policy::book {

inline constexpr std::array<std::uint32_t, 8> filter_salts = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU,
                                                              0xa2b7289dU, 0x705495c7U, 0x2df1424bU,
                                                              0x9efc4947U, 0x5c6bfb31U};

// Of a filter for so many names.
constexpr std::size_t filter_blocks(std::size_t names) {
    return std::max<std::size_t>(1, (names * filter_bits_per_name + filter_block_octets * 8 - 1) /
                                        (filter_block_octets * 8));
}

// Which block a hash falls into: by its upper half.
constexpr std::size_t filter_block_of(std::uint64_t hash, std::size_t blocks) {
    return static_cast<std::size_t>(((hash >> 32) * blocks) >> 32);
}

inline bool filter_may_have(const std::uint8_t* block, std::uint64_t hash) {
    const auto low = static_cast<std::uint32_t>(hash);
    std::uint32_t missing = 0;
    for (std::size_t i = 0; i < filter_salts.size(); ++i) {
        const std::uint32_t bit = std::uint32_t{1} << ((low * filter_salts[i]) >> 27);
        missing |= bit & ~load_host<std::uint32_t>(block + 4 * i);
    }
    return missing == 0;
}

inline void add_to_filter(std::uint8_t* block, std::uint64_t hash) {
    const auto low = static_cast<std::uint32_t>(hash);
    for (std::size_t i = 0; i < filter_salts.size(); ++i) {
        std::uint32_t word = load_host<std::uint32_t>(block + 4 * i);
        word |= std::uint32_t{1} << ((low * filter_salts[i]) >> 27);
        std::memcpy(block + 4 * i, &word, sizeof word);
    }
}

}  // namespace wend::policy::book
