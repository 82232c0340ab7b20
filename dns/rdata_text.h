// Presentation form of single fields, shared by the files of the rdata code; not for other rooms.
//
// The append_* functions for text in take one token and append octets; false, with `out` perhaps
// longer, if the token is none of what they read. The *_to_text functions give nothing where no
// text would read back as the same octets: the caller then writes the generic form (RFC 3597 5).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/octets.h"
#include "dns/name.h"
#include "dns/rdata.h"

namespace wend::dns {

using OctetBuffer = std::vector<std::uint8_t>;

// Decimal digits only, at most `max`.
std::optional<std::uint64_t> number_from_text(std::string_view text, std::uint64_t max);

void append_u16(std::uint16_t value, OctetBuffer& out);
void append_u32(std::uint32_t value, OctetBuffer& out);

// Escapes \DDD and \c (RFC 1035 5.1).
bool append_unescaped(std::string_view text, OctetBuffer& out);
// As above with the length in front; at most 255 octets.
bool append_character_string(std::string_view text, OctetBuffer& out);
// In quotes, with escapes.
std::string quoted(Octets octets);

// In quotes for a message to a person: cut short, control octets as \DDD.
std::string shown(std::string_view text);

bool append_ipv4(std::string_view text, OctetBuffer& out);
bool append_ipv6(std::string_view text, OctetBuffer& out);
std::string ipv4_to_text(Octets four);
std::string ipv6_to_text(Octets sixteen);

// YYYYMMDDHHmmSS in UTC, or seconds since 1970 modulo 2^32 (RFC 4034 3.2).
std::optional<std::uint32_t> timestamp_from_text(std::string_view text);
std::string timestamp_to_text(std::uint32_t seconds);

// A number or a mnemonic.
std::optional<std::uint8_t> algorithm_from_text(std::string_view text);
std::optional<std::uint8_t> digest_type_from_text(std::string_view text);
std::optional<std::uint16_t> certificate_type_from_text(std::string_view text);

bool append_address_prefix(std::string_view text, OctetBuffer& out);
std::optional<std::string> address_prefixes_to_text(Octets prefixes);

// All tokens of a LOC record.
bool append_location(std::span<const TextToken> tokens, OctetBuffer& out);
std::optional<std::string> location_to_text(Octets location);

void append_type_bitmap(std::span<const Type> types, OctetBuffer& out);
std::optional<std::string> type_bitmap_to_text(Octets bitmap);

// Index of the first token that is no service parameter, or whose key came before; nothing if all
// went well. Keys may come in any order.
std::optional<std::size_t> append_service_params(std::span<const TextToken> tokens,
                                                 OctetBuffer& out);
std::string service_params_to_text(Octets params);

struct TokenContext {
    NameView origin;
    Decoding decoding = Decoding::strict;
};

// One token as one item of a field. `out` holds what came before it in the same rdata. Always
// false for fields that span tokens.
bool append_token(Field field, const TextToken& token, const TokenContext& context,
                  OctetBuffer& out);

// For a person: "a number from 0 to 255".
std::string_view wanted(Field field);

}  // namespace wend::dns
