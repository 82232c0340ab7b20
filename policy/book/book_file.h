// The book's file: what each octet of it means. For the book and its builder alone.
//
// Numbers are in host order: a book is read on the machine that built it. A header, then sections,
// each at a multiple of 64 octets.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "policy/rule.h"

namespace wend::policy::book {

inline constexpr std::uint64_t magic = 0x6b6f'6f62'646e'6577;  // "wendbook"
inline constexpr std::uint32_t version = 1;
inline constexpr std::size_t alignment = 64;
inline constexpr std::size_t names_in_block = 16;
inline constexpr std::size_t filter_block_octets = 32;
inline constexpr std::size_t filter_bits_per_name = 12;

struct Section {
    std::uint64_t at = 0;    // octets from the start of the file
    std::uint64_t size = 0;  // octets
};

// Names under one trigger.
struct NameSections {
    Section filter;        // blocks of eight u32
    Section heads;         // u64 for each block: the first octets of its first key
    Section offsets;       // u32 for each block, from the start of `blocks`
    Section blocks;        // names, front-coded; policy/book/name_table.cc reads them
    Section line_offsets;  // u32 for each block, from the start of `lines`
    Section lines;         // a varint for each rule of each name
    std::uint64_t names = 0;
    std::array<std::uint64_t, 2> depths{};  // bit n: some name has n labels
};

// Addresses under one trigger: intervals from one start to before the next.
struct AddressSections {
    Section starts;  // 16 octets each, ascending, the v4-mapped form
    Section sets;    // u32 for each interval
};

struct Header {
    std::uint64_t magic = 0;
    std::uint32_t version = 0;
    std::uint32_t reserved = 0;
    std::uint64_t file_size = 0;
    std::uint64_t configuration = 0;  // a hash of what it was built from, for who opens it
    Section sources;                  // for each: kind, triggers (bits), u16 size of its name, name
    Section set_offsets;  // u32 for each set and one more: rules from the start of `sets`
    Section sets;         // SetRule
    Section records;      // u32 size, records (policy/rule_records.h)
    std::array<NameSections, 2> names{};         // qname, nsdname
    std::array<AddressSections, 3> addresses{};  // client_ip, ip, nsip
    std::uint64_t checksum = 0;                  // of all before it
};

inline constexpr std::uint32_t no_records = 0xffff'ffff;

// Rules of one name, or of one interval of addresses: sorted, the stronger source first.
struct SetRule {
    std::uint8_t source = 0;
    std::uint8_t covers = 0;  // Covers, or 0: the name is there, and shadows what lies above it
    std::uint8_t important = 0;
    std::uint8_t action = 0;
    std::uint8_t bits = 0;  // of a prefix
    std::uint8_t unused = 0;
    std::uint16_t unused2 = 0;
    std::uint32_t records = no_records;  // octets from the start of `records`
    std::uint32_t line = 0;              // of addresses; of names it lies in `lines`

    auto operator<=>(const SetRule&) const = default;
};

constexpr std::size_t place_of_names(Trigger trigger) {
    return trigger == Trigger::qname ? 0 : 1;
}

constexpr std::size_t place_of_addresses(Trigger trigger) {
    return trigger == Trigger::client_ip ? 0 : trigger == Trigger::ip ? 1 : 2;
}

std::uint64_t checksum_of(Octets octets);

// An unsigned number, seven bits in an octet, the least first. Moves `at` behind it; nothing where
// it does not end inside `octets`, or is over 64 bits.
std::optional<std::uint64_t> read_varint(Octets octets, std::size_t& at);

}  // namespace wend::policy::book
