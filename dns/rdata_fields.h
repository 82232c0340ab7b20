// Parts of the rdata code that its own files share; not for other rooms.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "dns/rdata.h"

namespace wend::dns {

// What an IPSECKEY's gateway is (RFC 4025 2.3).
enum class GatewayType : std::uint8_t { none = 0, ipv4 = 1, ipv6 = 2, name = 3 };

// Keys of service parameters (RFC 9460 14.3.2, RFC 9461 5, RFC 9540 4).
enum class ServiceKey : std::uint16_t {
    mandatory = 0,
    alpn = 1,
    no_default_alpn = 2,
    port = 3,
    ipv4hint = 4,
    ech = 5,
    ipv6hint = 6,
    dohpath = 7,
    ohttp = 8,
};

// Octets of a field that always has the same size; 0 for any other.
std::size_t fixed_size(Field field);

constexpr bool is_name(Field field) {
    return field == Field::compressed_name || field == Field::name ||
           field == Field::uncompressed_name;
}

// The size in octets of a field that holds no name, at the start of `rest`, or nothing if it is
// malformed; may be more than `rest` has. `before` is all that came before it in the same rdata,
// for the fields that depend on earlier ones.
std::optional<std::size_t> plain_field_size(Field field, Octets before, Octets rest);

bool is_valid_type_bitmap(Octets bitmap);
bool is_valid_service_params(Octets params);
bool is_valid_address_prefixes(Octets prefixes);
bool is_valid_location(Octets location);

}  // namespace wend::dns
