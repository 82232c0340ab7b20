#include "policy/book/book_file.h"

namespace wend::policy::book {

// FNV-1a, eight octets at a time.
std::uint64_t checksum_of(Octets octets) {
    constexpr std::uint64_t prime = 0x0000'0100'0000'01b3;
    std::uint64_t sum = 0xcbf2'9ce4'8422'2325;
    std::size_t at = 0;
    for (; at + 8 <= octets.size(); at += 8) {
        sum = (sum ^ load_host<std::uint64_t>(octets.data() + at)) * prime;
        sum ^= sum >> 29U;
    }
    for (; at < octets.size(); ++at) {
        sum = (sum ^ octets[at]) * prime;
    }
    return sum;
}

std::optional<std::uint64_t> read_varint(Octets octets, std::size_t& at) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at < octets.size(); shift += 7) {
        const std::uint8_t octet = octets[at++];
        value |= static_cast<std::uint64_t>(octet & 0x7fU) << shift;
        if (octet < 0x80) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace wend::policy::book
