// The parameters of SVCB and HTTPS records (RFC 9460 2.2, 7 and 8).
#include <algorithm>
#include <array>
#include <optional>

#include "dns/rdata_fields.h"

namespace wend::dns {
namespace {

// The items of a list of one-octet lengths and values: at least one, none empty.
bool is_valid_alpn(Octets value) {
    if (value.empty()) {
        return false;
    }
    while (!value.empty()) {
        if (value[0] == 0 || value.size() < 1U + value[0]) {
            return false;
        }
        value = value.subspan(1U + value[0]);
    }
    return true;
}

bool is_list_of(Octets value, std::size_t size) {
    return !value.empty() && value.size() % size == 0;
}

// Keys in rising order, without `mandatory` itself (RFC 9460 8).
bool is_valid_mandatory(Octets value) {
    if (!is_list_of(value, 2)) {
        return false;
    }
    std::uint16_t last = 0;
    for (std::size_t at = 0; at < value.size(); at += 2) {
        const std::uint16_t key = load_u16(value, at);
        if (key <= last) {
            return false;
        }
        last = key;
    }
    return true;
}

bool is_valid_value(std::uint16_t key, Octets value) {
    switch (static_cast<ServiceKey>(key)) {
        case ServiceKey::mandatory:
            return is_valid_mandatory(value);
        case ServiceKey::alpn:
            return is_valid_alpn(value);
        case ServiceKey::no_default_alpn:
        case ServiceKey::ohttp:
            return value.empty();
        case ServiceKey::port:
            return value.size() == 2;
        case ServiceKey::ipv4hint:
            return is_list_of(value, 4);
        case ServiceKey::ipv6hint:
            return is_list_of(value, 16);
        default:
            return true;
    }
}

// The keys that `mandatory` lists must be there (RFC 9460 8). Both are in rising order.
bool are_present(Octets mandatory, std::span<const std::uint16_t> keys) {
    for (std::size_t at = 0; at < mandatory.size(); at += 2) {
        if (!std::ranges::binary_search(keys, load_u16(mandatory, at))) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool is_valid_service_params(Octets params) {
    std::array<std::uint16_t, service_params_max> keys{};
    std::size_t count = 0;
    Octets mandatory;
    while (!params.empty()) {
        if (params.size() < service_param_header || count == service_params_max) {
            return false;
        }
        const std::uint16_t key = load_u16(params, 0);
        const std::size_t length = load_u16(params, 2);
        if (params.size() < service_param_header + length ||
            (count > 0 && key <= keys[count - 1])) {
            return false;
        }
        const Octets value = params.subspan(service_param_header, length);
        if (!is_valid_value(key, value)) {
            return false;
        }
        if (key == static_cast<std::uint16_t>(ServiceKey::mandatory)) {
            mandatory = value;
        }
        keys[count++] = key;
        params = params.subspan(service_param_header + length);
    }
    return are_present(mandatory, std::span(keys).first(count));
}

}  // namespace wend::dns
