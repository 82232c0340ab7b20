// Rdata as text. Whatever is printed reads back as the same octets: where the presentation form of
// a type cannot say what the octets hold, the generic form does (RFC 3597 5).
#include <fmt/core.h>

#include "base/encoding.h"
#include "dns/rdata.h"
#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

using Text = std::optional<std::string>;

std::string generic_to_text(Octets rdata) {
    return fmt::format("\\# {}{}{}", rdata.size(), rdata.empty() ? "" : " ", to_hex(rdata));
}

std::string number_to_text(Octets value) {
    std::uint64_t number = 0;
    for (const std::uint8_t octet : value) {
        number = number << 8 | octet;
    }
    return fmt::format("{}", number);
}

// Groups of octets in hex, with a separator between them.
std::string groups_to_text(Octets value, std::size_t group, char separator) {
    std::string text;
    for (; !value.empty(); value = value.subspan(group)) {
        if (!text.empty()) {
            text += separator;
        }
        for (const std::uint8_t octet : value.first(group)) {
            text += fmt::format("{:02x}", octet);
        }
    }
    return text;
}

std::string names_to_text(Octets value) {
    std::string text;
    while (!value.empty()) {
        const NameView name = *NameView::read(value);
        text += text.empty() ? "" : " ";
        text += to_text(name);
        value = value.subspan(name.size());
    }
    return text;
}

std::string strings_to_text(Octets value) {
    std::string text;
    for (; !value.empty(); value = value.subspan(1U + value[0])) {
        text += text.empty() ? "" : " ";
        text += quoted(value.subspan(1, value[0]));
    }
    return text;
}

std::string plain_text(Octets value) {
    return {value.begin(), value.end()};
}

std::string salt_to_text(Octets counted) {
    return counted.size() == 1 ? "-" : to_hex(counted.subspan(1));
}

Text gateway_to_text(Octets before, Octets value) {
    switch (static_cast<GatewayType>(before[1])) {
        case GatewayType::none:
            return ".";
        case GatewayType::ipv4:
            return ipv4_to_text(value);
        case GatewayType::ipv6:
            return ipv6_to_text(value);
        case GatewayType::name:
            return names_to_text(value);
    }
    return std::nullopt;
}

// "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyh..." (RFC 8005 6)
std::string hip_keys_to_text(Octets value) {
    const Octets hit = value.subspan(4, value[0]);
    return fmt::format("{} {} {}", value[1], to_hex(hit),
                       to_base64(value.subspan(4 + hit.size(), load_u16(value, 2))));
}

Text not_empty(std::string text) {
    return text.empty() ? std::nullopt : Text(std::move(text));
}

Text field_to_text(Field field, Octets before, Octets value) {
    switch (field) {
        case Field::compressed_name:
        case Field::name:
        case Field::uncompressed_name:
        case Field::names_to_end:
            return names_to_text(value);
        case Field::timestamp:
            return timestamp_to_text(load_u32(value, 0));
        case Field::type_code:
            return to_text(static_cast<Type>(load_u16(value, 0)));
        case Field::ipv4:
            return ipv4_to_text(value);
        case Field::ipv6:
            return ipv6_to_text(value);
        case Field::node_id64:
            return groups_to_text(value, 2, ':');
        case Field::eui48:
        case Field::eui64:
            return groups_to_text(value, 1, '-');
        case Field::character_string:
        case Field::character_strings:
            return strings_to_text(value);
        case Field::text_to_end:
            return quoted(value);
        case Field::tag:
            return plain_text(value.subspan(1));
        case Field::hex_to_end:
            return not_empty(to_hex(value));
        case Field::hex_counted:
            return salt_to_text(value);
        case Field::base32hex_counted:
            return to_base32hex(value.subspan(1));
        case Field::signature:
        case Field::key_or_none:
            return to_base64(value);
        case Field::base64_to_end:
            return not_empty(to_base64(value));
        case Field::type_bitmap:
            return type_bitmap_to_text(value);
        case Field::address_prefixes:
            return address_prefixes_to_text(value);
        case Field::location:
            return location_to_text(value);
        case Field::gateway:
            return gateway_to_text(before, value);
        case Field::hip_keys:
            return hip_keys_to_text(value);
        case Field::service_params:
            return service_params_to_text(value);
        case Field::edns_options:
        case Field::a6_suffix:
        case Field::opaque:
            return std::nullopt;
        default:
            return number_to_text(value);
    }
}

}  // namespace

std::string rdata_to_text(Type type, Octets rdata) {
    if (!is_valid_rdata(type, rdata) || !has_valid_values(type, rdata)) {
        return generic_to_text(rdata);
    }
    std::string text;
    bool has_text = true;
    for_each_field(type, rdata, [&](Field field, std::size_t at, std::size_t size) {
        const Text piece = field_to_text(field, rdata.first(at), rdata.subspan(at, size));
        has_text = has_text && piece;
        if (has_text && !piece->empty()) {
            text += text.empty() ? "" : " ";
            text += *piece;
        }
    });
    return has_text && !text.empty() ? text : generic_to_text(rdata);
}

}  // namespace wend::dns
