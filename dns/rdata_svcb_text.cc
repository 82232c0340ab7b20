// Service parameters as text: alpn="h2,h3" port="8443" key65400="..." (RFC 9460 2.1 and A).
#include <algorithm>
#include <array>
#include <map>

#include <fmt/core.h>

#include "base/encoding.h"
#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

constexpr std::array<std::string_view, 9> key_names = {"mandatory", "alpn",     "no-default-alpn",
                                                       "port",      "ipv4hint", "ech",
                                                       "ipv6hint",  "dohpath",  "ohttp"};

constexpr std::string_view generic_key = "key";

std::string key_to_text(std::uint16_t key) {
    return key < key_names.size() ? std::string(key_names[key]) : fmt::format("key{}", key);
}

struct NamedKey {
    std::uint16_t number = 0;
    bool generic = false;  // the value is octets, whatever the key
};

std::optional<NamedKey> key_from_text(std::string_view text) {
    const auto found = std::ranges::find(key_names, text);
    if (found != key_names.end()) {
        return NamedKey{.number = static_cast<std::uint16_t>(found - key_names.begin())};
    }
    if (!text.starts_with(generic_key)) {
        return std::nullopt;
    }
    const auto number = number_from_text(text.substr(generic_key.size()), 0xffff);
    if (!number) {
        return std::nullopt;
    }
    return NamedKey{.number = static_cast<std::uint16_t>(*number), .generic = true};
}

// Splits at commas; "\," and "\\" stand for a comma and a backslash (RFC 9460 A.1).
std::optional<std::vector<std::string>> split_list(const OctetBuffer& value) {
    std::vector<std::string> items(1);
    for (std::size_t at = 0; at < value.size(); ++at) {
        const char c = static_cast<char>(value[at]);
        if (c == ',') {
            items.emplace_back();
            continue;
        }
        if (c == '\\') {
            if (++at == value.size()) {
                return std::nullopt;
            }
        }
        items.back() += static_cast<char>(value[at]);
    }
    return items;
}

bool append_list_item(ServiceKey key, const std::string& item, OctetBuffer& out) {
    switch (key) {
        case ServiceKey::mandatory: {
            const auto named = key_from_text(item);
            if (named) {
                append_u16(named->number, out);
            }
            return named.has_value();
        }
        case ServiceKey::alpn:
            if (item.empty() || item.size() > 255) {
                return false;
            }
            out.push_back(static_cast<std::uint8_t>(item.size()));
            out.insert(out.end(), item.begin(), item.end());
            return true;
        case ServiceKey::ipv4hint:
            return append_ipv4(item, out);
        case ServiceKey::ipv6hint:
            return append_ipv6(item, out);
        default:
            return false;
    }
}

// The wire form lists the keys in rising order.
void sort_keys(OctetBuffer& list) {
    std::vector<std::uint16_t> keys;
    for (std::size_t at = 0; at + 1 < list.size(); at += 2) {
        keys.push_back(load_u16(list, at));
    }
    std::ranges::sort(keys);
    list.clear();
    for (const std::uint16_t key : keys) {
        append_u16(key, list);
    }
}

std::optional<OctetBuffer> list_from_text(ServiceKey key, const OctetBuffer& text) {
    const auto items = split_list(text);
    OctetBuffer value;
    if (!items || !std::ranges::all_of(*items, [&](const std::string& item) {
            return append_list_item(key, item, value);
        })) {
        return std::nullopt;
    }
    if (key == ServiceKey::mandatory) {
        sort_keys(value);
    }
    return value;
}

// `text` is what stood behind "=", its escapes resolved.
std::optional<OctetBuffer> value_from_text(ServiceKey key, const OctetBuffer& text) {
    const std::string plain(text.begin(), text.end());
    OctetBuffer value;
    switch (key) {
        case ServiceKey::mandatory:
        case ServiceKey::alpn:
        case ServiceKey::ipv4hint:
        case ServiceKey::ipv6hint:
            return list_from_text(key, text);
        case ServiceKey::no_default_alpn:
        case ServiceKey::ohttp:
            return text.empty() ? std::optional(text) : std::nullopt;
        case ServiceKey::port: {
            const auto port = number_from_text(plain, 0xffff);
            if (!port) {
                return std::nullopt;
            }
            append_u16(static_cast<std::uint16_t>(*port), value);
            return value;
        }
        case ServiceKey::ech:
            return append_base64(plain, Decoding::strict, value) ? std::optional(value)
                                                                 : std::nullopt;
        case ServiceKey::dohpath:
            return text;
    }
    return text;
}

// "value", or value without quotes.
std::optional<OctetBuffer> unquoted(std::string_view text) {
    if (text.starts_with('"')) {
        if (text.size() < 2 || !text.ends_with('"')) {
            return std::nullopt;
        }
        text = text.substr(1, text.size() - 2);
    }
    OctetBuffer octets;
    return append_unescaped(text, octets) ? std::optional(octets) : std::nullopt;
}

std::string list_to_text(Octets value, std::size_t item_size, std::string (*item_to_text)(Octets)) {
    std::string text;
    for (; !value.empty(); value = value.subspan(item_size)) {
        text += text.empty() ? "" : ",";
        text += item_to_text(value.first(item_size));
    }
    return text;
}

std::string alpn_to_text(Octets value) {
    OctetBuffer list;
    for (; !value.empty(); value = value.subspan(1U + value[0])) {
        if (!list.empty()) {
            list.push_back(',');
        }
        for (const std::uint8_t octet : value.subspan(1, value[0])) {
            if (octet == ',' || octet == '\\') {
                list.push_back('\\');
            }
            list.push_back(octet);
        }
    }
    return quoted(list);
}

std::string value_to_text(std::uint16_t key, Octets value) {
    switch (static_cast<ServiceKey>(key)) {
        case ServiceKey::mandatory:
            return list_to_text(value, 2,
                                [](Octets item) { return key_to_text(load_u16(item, 0)); });
        case ServiceKey::alpn:
            return alpn_to_text(value);
        case ServiceKey::port:
            return fmt::format("{}", load_u16(value, 0));
        case ServiceKey::ipv4hint:
            return list_to_text(value, 4, ipv4_to_text);
        case ServiceKey::ipv6hint:
            return list_to_text(value, 16, ipv6_to_text);
        case ServiceKey::ech:
            return to_base64(value);
        default:
            return value.empty() ? "" : quoted(value);
    }
}

}  // namespace

std::optional<std::size_t> append_service_params(std::span<const TextToken> tokens,
                                                 OctetBuffer& out) {
    std::map<std::uint16_t, OctetBuffer> params;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::string_view text = tokens[i].text;
        const std::size_t equals = std::min(text.find('='), text.size());
        const auto key = key_from_text(text.substr(0, equals));
        const auto given = unquoted(text.substr(std::min(equals + 1, text.size())));
        if (!key || !given || tokens[i].quoted) {
            return i;
        }
        const auto value =
            key->generic ? given : value_from_text(static_cast<ServiceKey>(key->number), *given);
        if (!value || value->size() > 0xffff || !params.emplace(key->number, *value).second) {
            return i;
        }
    }
    for (const auto& [key, value] : params) {
        append_u16(key, out);
        append_u16(static_cast<std::uint16_t>(value.size()), out);
        out.insert(out.end(), value.begin(), value.end());
    }
    return std::nullopt;
}

std::string service_params_to_text(Octets params) {
    std::string text;
    while (!params.empty()) {
        const std::uint16_t key = load_u16(params, 0);
        const Octets value = params.subspan(service_param_header, load_u16(params, 2));
        const std::string value_text = value_to_text(key, value);
        text += text.empty() ? "" : " ";
        text += key_to_text(key);
        text += value_text.empty() ? "" : "=" + value_text;
        params = params.subspan(service_param_header + value.size());
    }
    return text;
}

}  // namespace wend::dns
