#include "dns/rdata_fields.h"

#include <algorithm>

#include "dns/name.h"

namespace wend::dns {
namespace {

constexpr std::uint8_t nsec3_sha1 = 1;
constexpr std::size_t sha1_octets = 20;

using Size = std::optional<std::size_t>;

Size whole_if(bool valid, Octets rest) {
    return valid ? Size(rest.size()) : std::nullopt;
}

bool is_letter_or_digit(std::uint8_t octet) {
    return (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
           (octet >= 'A' && octet <= 'Z');
}

// One octet of length and as many more.
Size counted_size(Octets rest) {
    if (rest.empty() || rest.size() < 1U + rest[0]) {
        return std::nullopt;
    }
    return 1U + rest[0];
}

// RFC 8659 4.1.
bool is_valid_tag(Octets counted) {
    return counted.size() > 1 && std::ranges::all_of(counted.subspan(1), is_letter_or_digit);
}

Size hash_size(Octets before, Octets rest) {
    const Size size = counted_size(rest);
    if (!size || *size == 1 || (before[0] == nsec3_sha1 && *size != 1 + sha1_octets)) {
        return std::nullopt;
    }
    return size;
}

bool are_character_strings(Octets rest) {
    if (rest.empty()) {
        return false;
    }
    while (!rest.empty()) {
        const Size size = counted_size(rest);
        if (!size) {
            return false;
        }
        rest = rest.subspan(*size);
    }
    return true;
}

// HIT length (1 octet), algorithm (1), public key length (2), then both (RFC 8005 5).
Size hip_keys_size(Octets rest) {
    constexpr std::size_t fixed = 4;
    if (rest.size() < fixed) {
        return std::nullopt;
    }
    const std::size_t hit = rest[0];
    const std::size_t key = load_u16(rest, 2);
    if (hit == 0 || key == 0 || rest.size() < fixed + hit + key) {
        return std::nullopt;
    }
    return fixed + hit + key;
}

Size name_size(Octets rest) {
    const auto name = NameView::read(rest);
    return name ? Size(name->size()) : std::nullopt;
}

bool are_names(Octets rest) {
    while (!rest.empty()) {
        const Size size = name_size(rest);
        if (!size) {
            return false;
        }
        rest = rest.subspan(*size);
    }
    return true;
}

Size gateway_size(Octets before, Octets rest) {
    switch (static_cast<GatewayType>(before[1])) {
        case GatewayType::none:
            return 0;
        case GatewayType::ipv4:
            return 4;
        case GatewayType::ipv6:
            return 16;
        case GatewayType::name:
            return name_size(rest);
    }
    return rest.size();  // nothing is known of it
}

bool are_edns_options(Octets rest) {
    constexpr std::size_t option_header = 4;
    while (!rest.empty()) {
        if (rest.size() < option_header || rest.size() < option_header + load_u16(rest, 2)) {
            return false;
        }
        rest = rest.subspan(option_header + load_u16(rest, 2));
    }
    return true;
}

Size a6_suffix_size(Octets rest) {
    constexpr unsigned address_bits = 128;
    if (rest.empty() || rest[0] > address_bits) {
        return std::nullopt;
    }
    return 1 + (address_bits - rest[0] + 7) / 8;
}

// 0 for a field whose size varies.
std::size_t fixed_size(Field field) {
    switch (field) {
        case Field::u8:
        case Field::algorithm:
        case Field::digest_type:
            return 1;
        case Field::u16:
        case Field::type_code:
        case Field::certificate_type:
            return 2;
        case Field::u32:
        case Field::time_span:
        case Field::timestamp:
        case Field::ipv4:
            return 4;
        case Field::eui48:
            return 6;
        case Field::node_id64:
        case Field::eui64:
            return 8;
        case Field::ipv6:
            return 16;
        default:
            return 0;
    }
}

// May be more than `rest` has.
Size plain_size(Field field, Octets before, Octets rest) {
    switch (field) {
        case Field::character_string:
        case Field::hex_counted:
        case Field::tag:
            return counted_size(rest);
        case Field::base32hex_counted:
            return hash_size(before, rest);
        case Field::character_strings:
            return whole_if(are_character_strings(rest), rest);
        case Field::text_to_end:
        case Field::hex_to_end:
        case Field::base64_to_end:
        case Field::signature:
        case Field::key_or_none:
        case Field::service_params:
        case Field::opaque:
            return rest.size();
        case Field::type_bitmap:
            return whole_if(is_valid_type_bitmap(rest), rest);
        case Field::address_prefixes:
            return whole_if(is_valid_address_prefixes(rest), rest);
        case Field::location:
            return whole_if(has_location_size(rest), rest);
        case Field::edns_options:
            return whole_if(are_edns_options(rest), rest);
        case Field::hip_keys:
            return hip_keys_size(rest);
        case Field::gateway:
            return gateway_size(before, rest);
        case Field::names_to_end:
            return whole_if(are_names(rest), rest);
        case Field::a6_suffix:
            return a6_suffix_size(rest);
        default:
            return fixed_size(field);
    }
}

}  // namespace

std::optional<std::size_t> field_size(Field field, Octets before, Octets rest) {
    const Size size = is_name(field) && field != Field::names_to_end
                          ? name_size(rest)
                          : plain_size(field, before, rest);
    return size && *size <= rest.size() ? size : std::nullopt;
}

bool is_valid_value(Field field, Octets value) {
    switch (field) {
        case Field::tag:
            return is_valid_tag(value);
        case Field::location:
            return is_valid_location(value);
        case Field::service_params:
            return is_valid_service_params(value);
        default:
            return true;
    }
}

}  // namespace wend::dns
