#include "base/encoding.h"

#include <array>

namespace wend {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";
constexpr std::string_view base32hex_digits = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::int8_t no_digit = -1;

using DigitValues = std::array<std::int8_t, 256>;

constexpr DigitValues values_of(std::string_view digits, bool any_case) {
    DigitValues values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto digit = static_cast<unsigned char>(digits[i]);
        values[digit] = static_cast<std::int8_t>(i);
        const bool letter = (digit | 0x20) >= 'a' && (digit | 0x20) <= 'z';
        if (any_case && letter) {
            values[digit ^ 0x20] = static_cast<std::int8_t>(i);
        }
    }
    return values;
}

constexpr DigitValues hex_values = values_of(hex_digits, true);
constexpr DigitValues base32hex_values = values_of(base32hex_digits, true);
constexpr DigitValues base64_values = values_of(base64_digits, false);

// Digits of `bits` bits each, the last filled with zeros.
std::string encode(Octets octets, std::string_view digits, unsigned bits) {
    std::string text;
    text.reserve((octets.size() * 8 + bits - 1) / bits);
    std::uint32_t held = 0;
    unsigned held_bits = 0;
    const std::uint32_t mask = (1U << bits) - 1;
    for (const std::uint8_t octet : octets) {
        held = (held << 8) | octet;
        held_bits += 8;
        while (held_bits >= bits) {
            held_bits -= bits;
            text += digits[(held >> held_bits) & mask];
        }
        held &= (1U << held_bits) - 1;
    }
    if (held_bits > 0) {
        text += digits[(held << (bits - held_bits)) & mask];
    }
    return text;
}

// Strict: every character a digit, and what fills no octet is less than a digit and zero.
bool decode(std::string_view text, const DigitValues& values, unsigned bits, Decoding decoding,
            std::vector<std::uint8_t>& out) {
    const std::size_t size_before = out.size();
    std::uint32_t held = 0;
    unsigned held_bits = 0;
    bool well_formed = true;
    for (const char c : text) {
        const std::int8_t value = values[static_cast<unsigned char>(c)];
        if (value == no_digit) {
            well_formed = false;
            continue;
        }
        held = (held << bits) | static_cast<std::uint32_t>(value);
        held_bits += bits;
        if (held_bits >= 8) {
            held_bits -= 8;
            out.push_back(static_cast<std::uint8_t>(held >> held_bits));
            held &= (1U << held_bits) - 1;
        }
    }
    well_formed = well_formed && held_bits < bits && held == 0;
    if (decoding == Decoding::strict && !well_formed) {
        out.resize(size_before);
        return false;
    }
    return true;
}

}  // namespace

std::string to_hex(Octets octets) {
    return encode(octets, hex_digits, 4);
}

std::string to_base64(Octets octets) {
    std::string text = encode(octets, base64_digits, 6);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::string to_base32hex(Octets octets) {
    return encode(octets, base32hex_digits, 5);
}

bool append_hex(std::string_view text, Decoding decoding, std::vector<std::uint8_t>& out) {
    if (decoding == Decoding::strict) {
        return decode(text, hex_values, 4, decoding, out);
    }
    // The 0 completes an odd digit; after an even number it is a digit too few for an octet.
    return decode(std::string(text) + '0', hex_values, 4, decoding, out);
}

bool append_base64(std::string_view text, Decoding decoding, std::vector<std::uint8_t>& out) {
    if (decoding == Decoding::strict) {
        if (text.size() % 4 != 0) {
            return false;
        }
        for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
            text.remove_suffix(1);
        }
    }
    return decode(text, base64_values, 6, decoding, out);
}

bool append_base32hex(std::string_view text, Decoding decoding, std::vector<std::uint8_t>& out) {
    return decode(text, base32hex_values, 5, decoding, out);
}

bool read_base32hex(std::string_view text, std::span<std::uint8_t> out) {
    if (text.size() % 8 != 0 || text.size() / 8 * 5 != out.size()) {
        return false;
    }
    int all = 0;  // negative once any is
    for (std::size_t at = 0; at < out.size(); at += 5) {
        std::uint64_t group = 0;
        for (const char c : text.substr(at / 5 * 8, 8)) {
            const int value = base32hex_values[static_cast<unsigned char>(c)];
            all |= value;
            group = (group << 5) | static_cast<std::uint64_t>(value & 0x1f);
        }
        for (std::size_t i = 0; i < 5; ++i) {
            out[at + i] = static_cast<std::uint8_t>(group >> (32 - 8 * i));
        }
    }
    return all >= 0;
}

}  // namespace wend
