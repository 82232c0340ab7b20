// Octets for tests, written as hex; spaces are for the eye.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace wend::dns {

inline std::vector<std::uint8_t> octets_of(std::string_view hex) {
    std::vector<std::uint8_t> octets;
    unsigned value = 0;
    bool half = false;
    for (const char c : hex) {
        if (c == ' ') {
            continue;
        }
        const unsigned digit = static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        value = value * 16 + digit;
        if (half) {
            octets.push_back(static_cast<std::uint8_t>(value));
            value = 0;
        }
        half = !half;
    }
    return octets;
}

inline std::string hex_of(Octets octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t octet : octets) {
        hex += digits[octet >> 4];
        hex += digits[octet & 15];
    }
    return hex;
}

}  // namespace wend::dns
