#include "policy/book/name_key.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wend::policy {
namespace {

constexpr std::uint64_t start = 0x9e37'79b9'7f4a'7c15;
constexpr std::uint64_t factor = 0xd6e8'feb8'6659'fd93;

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Eight octets at once: the letters among them in lower case.
std::uint64_t lower_case(std::uint64_t octets) {
    constexpr std::uint64_t each = 0x0101'0101'0101'0101;
    const std::uint64_t low = octets & (each * 0x7f);
    const std::uint64_t above_z = low + each * (0x7f - 'Z');
    const std::uint64_t from_a = low + each * (0x80 - 'A');
    const std::uint64_t is_upper = (from_a ^ above_z) & ~octets & (each * 0x80);
    return octets | is_upper >> 2;
}

// At most eight octets as a number.
std::uint64_t load_some(const std::uint8_t* from, std::size_t count) {
    std::uint64_t octets = 0;
    std::memcpy(&octets, from, count);
    return octets;
}

std::uint64_t with_label(std::uint64_t hash, const std::uint8_t* label, std::size_t size) {
    std::uint64_t mixed = hash ^ size;
    for (; size > 8; size -= 8, label += 8) {
        mixed = fold(mixed ^ lower_case(load_some(label, 8)), factor);
    }
    return fold(mixed ^ lower_case(load_some(label, size)), factor);
}

}  // namespace

NameKey::NameKey(dns::NameView name) {
    std::array<std::uint8_t, dns::labels_max> starts;
    const Octets wire = name.wire();
    for (std::size_t at = 0; wire[at] != 0; at += 1U + wire[at]) {
        starts[labels_++] = static_cast<std::uint8_t>(at);
    }
    ends_[0] = 0;
    std::size_t end = 0;
    for (std::size_t i = 1; i <= labels_; ++i) {
        const std::size_t at = starts[labels_ - i];
        for (const std::uint8_t octet : wire.subspan(at + 1, wire[at])) {
            if (octet <= 1) {
                octets_[end++] = 1;
            }
            octets_[end++] = octet <= 1 ? octet + 1 : dns::fold_octet(octet);
        }
        octets_[end++] = 0;
        ends_[i] = static_cast<std::uint16_t>(end);
    }
}

SuffixHashes::SuffixHashes(dns::NameView name, std::size_t labels_max) {
    std::array<std::uint8_t, dns::labels_max> starts;
    const Octets wire = name.wire();
    for (std::size_t at = 0; wire[at] != 0; at += 1U + wire[at]) {
        starts[labels_++] = static_cast<std::uint8_t>(at);
    }
    std::uint64_t hash = start;
    for (std::size_t i = 1; i <= std::min(labels_, labels_max); ++i) {
        const std::size_t at = starts[labels_ - i];
        hash = with_label(hash, wire.data() + at + 1, wire[at]);
        hashes_[i] = hash;
    }
}

std::uint64_t hash_of_key(Octets key) {
    std::uint64_t hash = start;
    std::array<std::uint8_t, dns::label_octets_max> label;
    std::size_t size = 0;
    for (std::size_t at = 0; at < key.size(); ++at) {
        if (key[at] == 0) {
            hash = with_label(hash, label.data(), size);
            size = 0;
        } else {
            const bool is_escaped = key[at] == 1;
            at += is_escaped ? 1 : 0;
            label[size++] = is_escaped ? static_cast<std::uint8_t>(key[at] - 1) : key[at];
        }
    }
    return hash;
}

}  // namespace wend::policy
