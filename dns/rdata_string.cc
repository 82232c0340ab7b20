// Character strings, numbers and addresses as text.
#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/address.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

constexpr std::size_t character_string_max = 255;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::optional<std::uint64_t> number_from_text(std::string_view text, std::uint64_t max) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > max) {
        return std::nullopt;
    }
    return value;
}

void append_u16(std::uint16_t value, OctetBuffer& out) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

void append_u32(std::uint32_t value, OctetBuffer& out) {
    append_u16(static_cast<std::uint16_t>(value >> 16), out);
    append_u16(static_cast<std::uint16_t>(value), out);
}

bool append_unescaped(std::string_view text, OctetBuffer& out) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\') {
            out.push_back(static_cast<std::uint8_t>(text[at]));
            continue;
        }
        if (++at == text.size()) {
            return false;
        }
        if (!is_digit(text[at])) {
            out.push_back(static_cast<std::uint8_t>(text[at]));
            continue;
        }
        const auto value = number_from_text(text.substr(at, 3), 255);
        if (!value || text.size() - at < 3) {
            return false;
        }
        out.push_back(static_cast<std::uint8_t>(*value));
        at += 2;
    }
    return true;
}

bool append_character_string(std::string_view text, OctetBuffer& out) {
    const std::size_t length_at = out.size();
    out.push_back(0);
    if (!append_unescaped(text, out) || out.size() - length_at - 1 > character_string_max) {
        return false;
    }
    out[length_at] = static_cast<std::uint8_t>(out.size() - length_at - 1);
    return true;
}

std::string quoted(Octets octets) {
    std::string text = "\"";
    for (const std::uint8_t octet : octets) {
        if (octet < 0x20 || octet >= 0x7f) {
            text += fmt::format("\\{:03}", octet);
            continue;
        }
        if (octet == '"' || octet == '\\') {
            text += '\\';
        }
        text += static_cast<char>(octet);
    }
    text += '"';
    return text;
}

std::string shown(std::string_view text) {
    constexpr std::size_t shown_octets_max = 60;
    std::string out = "\"";
    for (const char c : text.substr(0, shown_octets_max)) {
        const auto octet = static_cast<std::uint8_t>(c);
        out += octet < 0x20 || octet >= 0x7f ? fmt::format("\\{:03}", octet) : std::string(1, c);
    }
    out += text.size() > shown_octets_max ? "...\"" : "\"";
    return out;
}

bool append_ipv4(std::string_view text, OctetBuffer& out) {
    const auto address = IpAddress::from_text(text);
    if (!address || !address->is_v4() || text.find(':') != std::string_view::npos) {
        return false;
    }
    const Octets octets = address->octets();
    out.insert(out.end(), octets.begin(), octets.end());
    return true;
}

bool append_ipv6(std::string_view text, OctetBuffer& out) {
    const auto address = IpAddress::from_text(text);
    if (!address || text.find(':') == std::string_view::npos) {
        return false;
    }
    out.insert(out.end(), address->mapped().begin(), address->mapped().end());
    return true;
}

std::string ipv4_to_text(Octets four) {
    return IpAddress::v4(four).to_text();
}

std::string ipv6_to_text(Octets sixteen) {
    const IpAddress address = IpAddress::v6(sixteen);
    return address.is_v4() ? "::ffff:" + address.to_text() : address.to_text();
}

}  // namespace wend::dns
