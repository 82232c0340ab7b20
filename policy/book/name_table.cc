#include "policy/book/name_table.h"

#include <algorithm>
#include <cstring>

#include "policy/book/filter.h"

namespace wend::policy::book {
namespace {

std::optional<Octets> part_of(Octets file, const Section& section) {
    if (section.at > file.size() || section.size > file.size() - section.at) {
        return std::nullopt;
    }
    return file.subspan(section.at, section.size);
}

// As memcmp orders, the shorter first.
bool comes_before(Octets a, Octets b) {
    const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
    return order < 0 || (order == 0 && a.size() < b.size());
}

// The first octets of a key as a number that orders as they do.
std::uint64_t head_of(Octets key) {
    std::array<std::uint8_t, 8> octets{};
    std::ranges::copy(key.first(std::min(key.size(), octets.size())), octets.begin());
    return load_u64(octets, 0);
}

}  // namespace

std::optional<NameTable> NameTable::of(Octets file, const NameSections& sections) {
    NameTable table;
    const auto parts = {
        std::pair{&NameTable::filter_, &sections.filter},
        std::pair{&NameTable::heads_, &sections.heads},
        std::pair{&NameTable::offsets_, &sections.offsets},
        std::pair{&NameTable::blocks_, &sections.blocks},
        std::pair{&NameTable::line_offsets_, &sections.line_offsets},
        std::pair{&NameTable::lines_, &sections.lines},
    };
    for (const auto& [member, section] : parts) {
        const auto part = part_of(file, *section);
        if (!part) {
            return std::nullopt;
        }
        table.*member = *part;
    }
    table.names_ = sections.names;
    table.block_count_ = table.offsets_.size() / 4;
    table.filter_blocks_ = table.filter_.size() / filter_block_octets;
    table.depths_ = sections.depths;
    for (std::size_t labels = 0; labels <= dns::labels_max; ++labels) {
        table.labels_max_ = table.has_depth(labels) ? labels : table.labels_max_;
    }
    const std::size_t blocks = (sections.names + names_in_block - 1) / names_in_block;
    const bool fits = table.heads_.size() == 8 * blocks && table.offsets_.size() == 4 * blocks &&
                      (sections.names == 0 || table.filter_blocks_ > 0);
    return fits ? std::optional(table) : std::nullopt;
}

bool NameTable::Cursor::next() {
    const auto shared = read_varint(block_, at_);
    const auto rest = shared ? read_varint(block_, at_) : std::nullopt;
    const bool fits =
        rest && *shared <= size_ && *rest <= key_max - *shared && *rest <= block_.size() - at_;
    if (!fits) {
        return false;
    }
    std::ranges::copy(block_.subspan(at_, *rest),
                      key_.begin() + static_cast<std::ptrdiff_t>(*shared));
    at_ += *rest;
    size_ = *shared + *rest;
    const auto set = read_varint(block_, at_);
    set_ = static_cast<std::uint32_t>(set.value_or(0));
    return set.has_value();
}

Octets NameTable::block(std::size_t number) const {
    const std::size_t from = load_host<std::uint32_t>(offsets_.data() + 4 * number);
    const std::size_t to = number + 1 < block_count_
                               ? load_host<std::uint32_t>(offsets_.data() + 4 * (number + 1))
                               : blocks_.size();
    return from <= to && to <= blocks_.size() ? blocks_.subspan(from, to - from) : Octets();
}

// The last whose first key is not behind `key`; the first where there is none.
std::size_t NameTable::block_of(Octets key) const {
    const std::uint64_t head = head_of(key);
    std::size_t from = 0;
    std::size_t to = block_count_;
    while (to - from > 1) {
        const std::size_t middle = from + (to - from) / 2;
        const auto its = load_host<std::uint64_t>(heads_.data() + 8 * middle);
        bool is_behind = its > head;
        if (its == head) {
            Cursor first(block(middle));
            is_behind = first.next() && comes_before(key, first.key());
        }
        (is_behind ? to : from) = middle;
    }
    return from;
}

std::optional<Entry> NameTable::find(Octets key) const {
    if (block_count_ == 0) {
        return std::nullopt;
    }
    const std::size_t number = block_of(key);
    Cursor cursor(block(number));
    for (std::uint32_t i = 0; i < names_in_block && cursor.next(); ++i) {
        if (std::ranges::equal(cursor.key(), key)) {
            return Entry{cursor.set(), static_cast<std::uint32_t>(number * names_in_block + i)};
        }
    }
    return std::nullopt;
}

}  // namespace wend::policy::book
