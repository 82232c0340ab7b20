// Parts of the rdata code that its own files share; not for other rooms.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/check.h"
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

inline constexpr std::size_t service_param_header = 4;  // key and length

// One name, or names to the end.
constexpr bool is_name(Field field) {
    return field == Field::compressed_name || field == Field::name ||
           field == Field::uncompressed_name || field == Field::names_to_end;
}

// The size in octets of a field at the start of `rest`, at most rest.size(), or nothing if it is
// malformed. Names are without pointers. `before` is all that came before it in the same rdata, for
// the fields that depend on earlier ones.
std::optional<std::size_t> field_size(Field field, Octets before, Octets rest);

// Calls visit(field, offset, size) for each field of valid, uncompressed rdata, in order.
template <class Visit>
void for_each_field(Type type, Octets rdata, Visit visit) {
    std::size_t at = 0;
    for (const Field field : fields_of(type)) {
        const auto size = field_size(field, rdata.first(at), rdata.subspan(at));
        check(size.has_value(), "rdata was checked");
        visit(field, at, *size);
        at += *size;
    }
}

// True if the octets of a field, as long as field_size() says, have the values that its RFC wants.
bool is_valid_value(Field field, Octets value);

bool is_valid_type_bitmap(Octets bitmap);
bool is_valid_service_params(Octets params);
bool is_valid_address_prefixes(Octets prefixes);
// Only the length of a location of version 0 is known (RFC 1876 2).
bool has_location_size(Octets location);
bool is_valid_location(Octets location);

}  // namespace wend::dns
