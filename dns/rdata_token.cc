// Fields that are one token of text.
#include "base/encoding.h"
#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"
#include "dns/zone_file.h"

namespace wend::dns {
namespace {

constexpr std::size_t counted_octets_max = 255;

bool append_number(std::optional<std::uint64_t> number, std::size_t size, OctetBuffer& out) {
    if (!number) {
        return false;
    }
    while (size > 0) {
        out.push_back(static_cast<std::uint8_t>(*number >> (8 * --size)));
    }
    return true;
}

bool append_name(const TextToken& token, NameView origin, OctetBuffer& out) {
    const bool quoted_at = token.quoted && token.text == "@";
    const auto name = Name::from_text(quoted_at ? "\\@" : token.text, origin);
    if (!name) {
        return false;
    }
    const Octets wire = name->wire();
    out.insert(out.end(), wire.begin(), wire.end());
    return true;
}

// Sets the length in front of what came after it.
bool end_counted(std::size_t length_at, OctetBuffer& out) {
    const std::size_t length = out.size() - length_at - 1;
    out[length_at] = static_cast<std::uint8_t>(length);
    return length <= counted_octets_max;
}

bool append_salt(std::string_view text, Decoding decoding, OctetBuffer& out) {
    const std::size_t length_at = out.size();
    out.push_back(0);
    return (text == "-" || append_hex(text, decoding, out)) && end_counted(length_at, out);
}

bool append_hash(std::string_view text, Decoding decoding, OctetBuffer& out) {
    const std::size_t length_at = out.size();
    out.push_back(0);
    return append_base32hex(text, decoding, out) && end_counted(length_at, out);
}

// As the gateway type two octets before says.
bool append_gateway(const TextToken& token, NameView origin, OctetBuffer& out) {
    switch (static_cast<GatewayType>(out[1])) {
        case GatewayType::none:
            return token.text == ".";
        case GatewayType::ipv4:
            return append_ipv4(token.text, out);
        case GatewayType::ipv6:
            return append_ipv6(token.text, out);
        case GatewayType::name:
            return append_name(token, origin, out);
    }
    return false;
}

// `groups` groups of at most `digits_max` hex digits, each an integer of half as many octets.
bool append_groups(std::string_view text, std::size_t groups, std::size_t digits_min,
                   std::size_t digits_max, OctetBuffer& out) {
    const char separator = digits_max == 4 ? ':' : '-';
    for (; groups > 0; --groups) {
        const std::size_t end = groups == 1 ? text.size() : text.find(separator);
        if (end == std::string_view::npos || end < digits_min || end > digits_max) {
            return false;
        }
        const std::string padded =
            std::string(digits_max - end, '0') + std::string(text.substr(0, end));
        if (!append_hex(padded, Decoding::strict, out)) {
            return false;
        }
        text.remove_prefix(groups == 1 ? end : end + 1);
    }
    return true;
}

std::optional<std::uint64_t> type_number(std::string_view text) {
    const auto type = type_from_text(text);
    return type ? std::optional(static_cast<std::uint64_t>(*type)) : std::nullopt;
}

}  // namespace

bool append_token(Field field, const TextToken& token, const TokenContext& context,
                  OctetBuffer& out) {
    const std::string_view text = token.text;
    switch (field) {
        case Field::compressed_name:
        case Field::name:
        case Field::uncompressed_name:
        case Field::names_to_end:
            return append_name(token, context.origin, out);
        case Field::u8:
            return append_number(number_from_text(text, 0xff), 1, out);
        case Field::u16:
            return append_number(number_from_text(text, 0xffff), 2, out);
        case Field::u32:
            return append_number(number_from_text(text, 0xffffffff), 4, out);
        case Field::time_span:
            return append_number(time_span_from_text(text), 4, out);
        case Field::timestamp:
            return append_number(timestamp_from_text(text), 4, out);
        case Field::type_code:
            return append_number(type_number(text), 2, out);
        case Field::algorithm:
            return append_number(algorithm_from_text(text), 1, out);
        case Field::digest_type:
            return append_number(digest_type_from_text(text), 1, out);
        case Field::certificate_type:
            return append_number(certificate_type_from_text(text), 2, out);
        case Field::ipv4:
            return append_ipv4(text, out);
        case Field::ipv6:
            return append_ipv6(text, out);
        case Field::node_id64:
            return append_groups(text, 4, 1, 4, out);
        case Field::eui48:
            return append_groups(text, 6, 2, 2, out);
        case Field::eui64:
            return append_groups(text, 8, 2, 2, out);
        case Field::character_string:
        case Field::character_strings:
        case Field::tag:
            return append_character_string(text, out);
        case Field::text_to_end:
            return append_unescaped(text, out);
        case Field::hex_counted:
            return append_salt(text, context.decoding, out);
        case Field::base32hex_counted:
            return append_hash(text, context.decoding, out);
        case Field::address_prefixes:
            return append_address_prefix(text, out);
        case Field::gateway:
            return append_gateway(token, context.origin, out);
        default:
            return false;
    }
}

}  // namespace wend::dns
