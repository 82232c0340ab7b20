// What a person is told was wanted where a token did not fit.
#include <algorithm>

#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

struct Wanted {
    Field field;
    std::string_view words;
};

constexpr Wanted wants[] = {
    {Field::compressed_name, "a domain name"},
    {Field::name, "a domain name"},
    {Field::uncompressed_name, "a domain name"},
    {Field::names_to_end, "a domain name"},
    {Field::u8, "a number from 0 to 255"},
    {Field::u16, "a number from 0 to 65535"},
    {Field::u32, "a number from 0 to 4294967295"},
    {Field::time_span, "seconds, or a time like 1h30m"},
    {Field::timestamp, "a time as YYYYMMDDHHmmSS or in seconds"},
    {Field::type_code, "a record type"},
    {Field::type_bitmap, "a record type"},
    {Field::algorithm, "an algorithm's number or mnemonic"},
    {Field::digest_type, "a digest type's number or mnemonic"},
    {Field::certificate_type, "a certificate type's number or mnemonic"},
    {Field::ipv4, "an IPv4 address"},
    {Field::ipv6, "an IPv6 address"},
    {Field::node_id64, "four groups of hex digits with colons between"},
    {Field::eui48, "six pairs of hex digits with hyphens between"},
    {Field::eui64, "eight pairs of hex digits with hyphens between"},
    {Field::character_string, "a string of at most 255 octets"},
    {Field::character_strings, "a string of at most 255 octets"},
    {Field::text_to_end, "a string"},
    {Field::tag, "a tag of letters and digits"},
    {Field::hex_to_end, "hex digits, two for each octet"},
    {Field::hex_counted, "hex digits for at most 255 octets, or - for none"},
    {Field::base32hex_counted, "base32hex digits for at most 255 octets"},
    {Field::base64_to_end, "base64"},
    {Field::signature, "base64"},
    {Field::key_or_none, "base64"},
    {Field::address_prefixes, "a prefix like 1:192.0.2.0/24 or !2:2001:db8::/32"},
    {Field::location, "a place like 42 21 54 N 71 06 18 W -24m 30m"},
    {Field::gateway, "what the gateway type says: an address, a name, or . for none"},
    {Field::hip_keys, "an algorithm number, an identity tag in hex and a key in base64"},
    {Field::service_params, "a parameter like alpn=\"h2,h3\", each key once"},
};

}  // namespace

std::string_view wanted(Field field) {
    const auto* const found = std::ranges::find(wants, field, &Wanted::field);
    return found == std::end(wants) ? "the generic form: \\#, a length and hex digits"
                                    : found->words;
}

}  // namespace wend::dns
