// The names of one trigger in the book: a filter, and behind it front-coded blocks in canonical
// order. Refers to the book's octets; any octets are safe to look up in.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "policy/book/book_file.h"
#include "policy/book/filter.h"
#include "policy/book/name_key.h"

namespace wend::policy::book {

// A name in its place.
struct Entry {
    std::uint32_t set = 0;      // the number of its rules
    std::uint32_t ordinal = 0;  // block * names_in_block + place in the block
};

class NameTable {
  public:
    NameTable() = default;
    // Nothing where the sections do not fit together, or do not lie in `file`.
    static std::optional<NameTable> of(Octets file, const NameSections& sections);

    bool empty() const { return names_ == 0; }

    std::size_t names() const { return names_; }

    // Of the deepest name.
    std::size_t labels_max() const { return labels_max_; }

    // Whether the suffix of that hash may be here.
    bool may_have(std::uint64_t hash, std::size_t labels) const {
        return has_depth(labels) &&
               filter_may_have(
                   filter_.data() + filter_block_octets * filter_block_of(hash, filter_blocks_),
                   hash);
    }

    std::optional<Entry> find(Octets key) const;

    // The line of a rule of a name: `rule` counts from the first of its set; `sizes` gives the size
    // of a set. Slow. 0: not known.
    template <class SizeOfSet>
    std::uint64_t line_of(std::uint32_t ordinal, std::size_t rule, SizeOfSet size_of) const;

  private:
    class Cursor;

    bool has_depth(std::size_t labels) const {
        return (depths_[labels / 64] >> (labels % 64) & 1U) != 0;
    }

    std::size_t block_of(Octets key) const;
    Octets block(std::size_t number) const;

    Octets filter_;
    Octets heads_;
    Octets offsets_;
    Octets blocks_;
    Octets line_offsets_;
    Octets lines_;
    std::size_t names_ = 0;
    std::size_t block_count_ = 0;
    std::size_t filter_blocks_ = 0;
    std::size_t labels_max_ = 0;
    std::array<std::uint64_t, 2> depths_{};
};

// Through the names of one block, as they were coded: how many octets a name shares with the one
// before, how many follow, those, and the number of its set.
class NameTable::Cursor {
  public:
    explicit Cursor(Octets block) : block_(block) {}

    // False at the end, and where the octets are no such code.
    bool next();

    Octets key() const { return Octets(key_).first(size_); }

    std::uint32_t set() const { return set_; }

  private:
    static constexpr std::size_t key_max = 2 * dns::name_octets_max;

    Octets block_;
    std::size_t at_ = 0;
    std::array<std::uint8_t, key_max> key_;
    std::size_t size_ = 0;
    std::uint32_t set_ = 0;
};

template <class SizeOfSet>
std::uint64_t NameTable::line_of(std::uint32_t ordinal, std::size_t rule, SizeOfSet size_of) const {
    const std::size_t number = ordinal / names_in_block;
    if (number >= line_offsets_.size() / 4) {
        return 0;
    }
    std::size_t at = load_host<std::uint32_t>(line_offsets_.data() + 4 * number);
    Cursor cursor(block(number));
    for (std::uint32_t i = 0; i < names_in_block && cursor.next(); ++i) {
        const std::size_t size = size_of(cursor.set());
        for (std::size_t j = 0; j < size; ++j) {
            const auto line = read_varint(lines_, at);
            if (!line || (i == ordinal % names_in_block && j == rule)) {
                return line.value_or(0);
            }
        }
    }
    return 0;
}

}  // namespace wend::policy::book
