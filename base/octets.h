// Views of octets and big-endian reads and writes. No ownership, no I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace wend {

using Octets = std::span<const std::uint8_t>;
using MutableOctets = std::span<std::uint8_t>;

// The reads and writes below require that `at` and what follows lie inside the span.
constexpr std::uint16_t load_u16(Octets octets, std::size_t at) {
    return static_cast<std::uint16_t>((octets[at] << 8) | octets[at + 1]);
}

constexpr std::uint32_t load_u32(Octets octets, std::size_t at) {
    return (static_cast<std::uint32_t>(load_u16(octets, at)) << 16) | load_u16(octets, at + 2);
}

constexpr void store_u16(MutableOctets octets, std::size_t at, std::uint16_t value) {
    octets[at] = static_cast<std::uint8_t>(value >> 8);
    octets[at + 1] = static_cast<std::uint8_t>(value);
}

constexpr void store_u32(MutableOctets octets, std::size_t at, std::uint32_t value) {
    store_u16(octets, at, static_cast<std::uint16_t>(value >> 16));
    store_u16(octets, at + 2, static_cast<std::uint16_t>(value));
}

}  // namespace wend
