// Rdata of each type, from one table of fields: wire form in, canonical form, text out and text in
// all follow from it. Types without a row are opaque (RFC 3597).
#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "dns/form_error.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::dns {

// What one field of rdata is, on the wire and in text. The row of a type is its fields in order;
// those named "to the end" are last and take all that is left.
enum class Field : std::uint8_t {
    compressed_name,    // RFC 1035 types: pointers are read and may be written
    name,               // pointers are read from old senders, never written (RFC 3597 4)
    uncompressed_name,  // a pointer is an error
    u8,
    u16,
    u32,
    time_span,         // u32; text may use units: 1h30m
    timestamp,         // u32; text is YYYYMMDDHHmmSS or seconds (RFC 4034 3.2)
    type_code,         // u16; text is a mnemonic
    algorithm,         // u8; text is a number or a mnemonic (RFC 4034 A.1)
    digest_type,       // u8; text is a number or a mnemonic (IANA DS digest algorithms)
    certificate_type,  // u16; text is a number or a mnemonic (RFC 4398 2.1)
    ipv4,
    ipv6,
    node_id64,  // NID, L64: four groups of hex
    eui48,
    eui64,
    character_string,   // one
    character_strings,  // one or more, to the end
    text_to_end,        // the rest, as one quoted string without a length (CAA, URI)
    tag,                // one octet of length, then letters and digits (CAA)
    hex_to_end,
    hex_counted,        // one octet of length; "-" is empty (NSEC3 salt)
    base32hex_counted,  // one octet of length; 20 octets for SHA-1 (NSEC3 next hashed owner)
    base64_to_end,
    signature,         // as base64_to_end, but text may leave it out (RRSIG)
    key_or_none,       // as base64_to_end, but text may leave it out (IPSECKEY, RFC 4025 3.1)
    type_bitmap,       // to the end (RFC 4034 4.1.2)
    address_prefixes,  // APL, to the end (RFC 3123)
    location,          // LOC, all of it (RFC 1876)
    gateway,           // IPSECKEY: depends on the gateway type two octets before (RFC 4025 2.5)
    hip_keys,          // HIP: three lengths and what they count (RFC 8005 5)
    names_to_end,      // none or more; a pointer is an error
    service_params,    // SVCB, HTTPS: to the end (RFC 9460 2.2)
    edns_options,      // OPT: to the end (RFC 6891 6.1.2); text is the generic form
    a6_suffix,         // A6: prefix length and the octets it leaves (RFC 2874 3.1); text as OPT's
    opaque,            // to the end; text is the generic form, "\# n hex" (RFC 3597 5)
};

// A type that has no row of its own is one opaque field. No fields at all: no rdata (ANY, AXFR,
// IXFR).
std::span<const Field> fields_of(Type type);

// True if canonical form puts the names in this type's rdata in lower case (RFC 4034 6.2 as
// corrected by RFC 6840 5.1: the next name of NSEC keeps its case).
bool has_lower_case_names(Type type);

// Rdata inside a message: reads exactly [at, at + length) of `message` and appends it to `out`
// with every name uncompressed. Names are counted against `steps_left` (aggregate over the whole
// message). On failure `out` is as before.
std::expected<void, FormError> read_rdata(Octets message, std::size_t at, std::size_t length,
                                          Type type, std::size_t& steps_left,
                                          std::vector<std::uint8_t>& out);

// True if `rdata` (uncompressed) has the fields of its type and nothing behind them. That is all
// that is asked of what a server sends: what its values mean is between it and the client (RFC
// 9460 4.3).
bool is_valid_rdata(Type type, Octets rdata);

// True if its values are as the RFC of the type wants them, too: what a person writes is held to
// that. Requires valid rdata.
bool has_valid_values(Type type, Octets rdata);

// Appends the canonical form (RFC 4034 6.2, RFC 6840 5.1): names in lower case where the RFCs say.
void append_canonical_rdata(Type type, Octets rdata, std::vector<std::uint8_t>& out);

// Where a name that a builder may compress stands in `rdata` (RFC 3597 4: types of RFC 1035 only).
struct RdataName {
    std::size_t offset = 0;
    std::size_t size = 0;
};

// In order; no type has more than two. Returns how many were written.
std::size_t compressible_names(Type type, Octets rdata, std::span<RdataName, 2> to);

// Presentation form, on one line: "10 mail.example.com.". Never empty. What is not valid for its
// type, has values that are not, or no form of its own, is "\# n hex" (RFC 3597 5). rdata_from_text
// gives the same octets back; it must be lenient for what is not valid.
std::string rdata_to_text(Type type, Octets rdata);

struct TextError {
    std::string message;    // "MX preference: wanted a number from 0 to 65535, not \"ten\""
    std::size_t token = 0;  // index into the tokens given; their count if one more was wanted
};

// One token of a zone file. A quoted token never is a keyword, a name's "@" or "\#".
struct TextToken {
    std::string_view text;  // without the quotes around it; escapes still in it
    bool quoted = false;
};

// Lenient is for test data of others: the last field may be missing, tokens too many and stray
// characters in hex and base64 are skipped, and the generic form may hold what is not valid for its
// type.
enum class TextMode : std::uint8_t { strict, lenient };

// Text of any type, RFC 3597's "\# n hex" for all types too. Relative names end in `origin`.
// Appends to `out`; on failure `out` is as before.
std::expected<void, TextError> rdata_from_text(Type type, std::span<const TextToken> tokens,
                                               NameView origin, std::vector<std::uint8_t>& out,
                                               TextMode mode = TextMode::strict);

// The word for the field of that index in error messages: "preference". Empty if it has none.
std::string_view field_label(Type type, std::size_t index);

}  // namespace wend::dns
