#include "policy/build/name_table_writer.h"

#include <algorithm>

#include "policy/book/filter.h"
#include "policy/book/name_key.h"

namespace wend::policy::build {
namespace {

void append_varint(std::vector<std::uint8_t>& to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        to.push_back(static_cast<std::uint8_t>(value | 0x80U));
    }
    to.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

void NameTableWriter::begin_block(Octets key) {
    std::array<std::uint8_t, 8> head{};
    std::ranges::copy(key.first(std::min(key.size(), head.size())), head.begin());
    heads_.push_back(load_u64(head, 0));
    offsets_.push_back(static_cast<std::uint32_t>(out_.section().size));
    line_offsets_.push_back(static_cast<std::uint32_t>(lines_.size()));
    last_key_.clear();
}

void NameTableWriter::add(Octets key, std::uint32_t set, std::span<const std::uint32_t> lines) {
    if (sections_.names == 0) {
        out_.begin();
    }
    if (sections_.names % book::names_in_block == 0) {
        begin_block(key);
    }
    const auto differs = std::ranges::mismatch(last_key_, key);
    const auto shared = static_cast<std::size_t>(differs.in2 - key.begin());
    std::vector<std::uint8_t> coded;
    append_varint(coded, shared);
    append_varint(coded, key.size() - shared);
    coded.insert(coded.end(), key.begin() + static_cast<std::ptrdiff_t>(shared), key.end());
    append_varint(coded, set);
    out_.append(coded);
    for (const std::uint32_t line : lines) {
        append_varint(lines_, line);
    }
    const auto labels = static_cast<std::size_t>(std::ranges::count(key, 0));
    sections_.depths[labels / 64] |= std::uint64_t{1} << (labels % 64);
    hashes_.push_back(hash_of_key(key));
    last_key_.assign(key.begin(), key.end());
    ++sections_.names;
}

book::NameSections NameTableWriter::finish() {
    if (sections_.names == 0) {
        return {};
    }
    sections_.blocks = out_.section();
    sections_.heads = out_.put_numbers(heads_);
    sections_.offsets = out_.put_numbers(offsets_);
    sections_.line_offsets = out_.put_numbers(line_offsets_);
    sections_.lines = out_.put(lines_);
    const std::size_t blocks = book::filter_blocks(hashes_.size());
    std::vector<std::uint8_t> filter(blocks * book::filter_block_octets);
    for (const std::uint64_t hash : hashes_) {
        book::add_to_filter(
            filter.data() + book::filter_block_octets * book::filter_block_of(hash, blocks), hash);
    }
    sections_.filter = out_.put(filter);
    return sections_;
}

}  // namespace wend::policy::build
