// Views of octets and big-endian reads and writes. No ownership, no I/O.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

constexpr std::uint64_t load_u64(Octets octets, std::size_t at) {
    return (static_cast<std::uint64_t>(load_u32(octets, at)) << 32) | load_u32(octets, at + 4);
}

// What is kept in host order, at any address.
template <class Number>
Number load_host(const std::uint8_t* from) {
    Number number = 0;
    std::memcpy(&number, from, sizeof number);
    return number;
}

// In one piece: of single octets compilers make a detour.
template <class Number>
void store_big_endian(MutableOctets octets, std::size_t at, Number value) {
    if constexpr (std::endian::native == std::endian::little) {
        value = std::byteswap(value);
    }
    std::memcpy(octets.subspan(at, sizeof value).data(), &value, sizeof value);
}

inline void store_u16(MutableOctets octets, std::size_t at, std::uint16_t value) {
    store_big_endian(octets, at, value);
}

inline void store_u32(MutableOctets octets, std::size_t at, std::uint32_t value) {
    store_big_endian(octets, at, value);
}

}  // namespace wend
