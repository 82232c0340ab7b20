// Octets as text and back: base16, base32 with extended hex alphabet, base64 (RFC 4648).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace wend {

// Strict takes exactly what to_* can give, in either letter case for hex and base32hex. Lenient is
// for test data of others: it skips what is no digit, needs no padding, reads an odd hex digit at
// the end as if a 0 followed, and drops bits that fill no octet.
enum class Decoding : std::uint8_t { strict, lenient };

std::string to_hex(Octets octets);  // upper case
std::string to_base64(Octets octets);
std::string to_base32hex(Octets octets);  // lower case, no padding (RFC 5155 3.3)

// Append what `text` stands for. False if it is malformed, with `out` as before; never if lenient.
bool append_hex(std::string_view text, Decoding decoding, std::vector<std::uint8_t>& out);
bool append_base64(std::string_view text, Decoding decoding, std::vector<std::uint8_t>& out);
bool append_base32hex(std::string_view text, Decoding decoding, std::vector<std::uint8_t>& out);

// Eight digits for each five octets of `out`, whose size is a multiple of that; strict, and without
// an allocation. False if `text` is not as long or no such digits; `out` is anything then.
bool read_base32hex(std::string_view text, std::span<std::uint8_t> out);

}  // namespace wend
