// The parameters of SVCB and HTTPS records (RFC 9460 2.2, 7 and 8).
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

bool is_valid_value_of(std::uint16_t key, Octets value) {
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

}  // namespace

// Keys rise, and those that `mandatory` lists, in rising order as well, are there (RFC 9460 8).
// `mandatory` is the lowest key, so that it comes first.
bool is_valid_service_params(Octets params) {
    int last_key = -1;
    Octets missing;  // of what `mandatory` lists
    while (!params.empty()) {
        if (params.size() < service_param_header) {
            return false;
        }
        const std::uint16_t key = load_u16(params, 0);
        const std::size_t length = load_u16(params, 2);
        if (key <= last_key || params.size() < service_param_header + length) {
            return false;
        }
        const Octets value = params.subspan(service_param_header, length);
        if (!is_valid_value_of(key, value)) {
            return false;
        }
        if (key == static_cast<std::uint16_t>(ServiceKey::mandatory)) {
            missing = value;
        } else if (!missing.empty() && load_u16(missing, 0) == key) {
            missing = missing.subspan(2);
        }
        last_key = key;
        params = params.subspan(service_param_header + length);
    }
    return missing.empty();
}

}  // namespace wend::dns
