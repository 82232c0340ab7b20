// Lists of address prefixes: "1:192.0.2.0/24 !2:2001:db8::/32" (RFC 3123).
#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

constexpr std::size_t item_header = 4;  // family, prefix length, negation and length
constexpr std::uint16_t family_ipv4 = 1;
constexpr std::uint16_t family_ipv6 = 2;
constexpr std::uint8_t negation = 0x80;

struct Item {
    std::uint16_t family = 0;
    std::uint8_t bits = 0;
    bool negated = false;
    Octets address;  // without zeros at the end
};

// The item at the start, which has at least its header; nothing if the address is cut off.
std::optional<Item> item_at(Octets prefixes) {
    const std::size_t length = prefixes[3] & 0x7fU;
    if (prefixes.size() < item_header + length) {
        return std::nullopt;
    }
    return Item{.family = load_u16(prefixes, 0),
                .bits = prefixes[2],
                .negated = (prefixes[3] & negation) != 0,
                .address = prefixes.subspan(item_header, length)};
}

// 0 for a family whose addresses we do not know.
std::size_t address_octets(std::uint16_t family) {
    return family == family_ipv4 ? 4 : family == family_ipv6 ? 16 : 0;
}

bool is_valid(const Item& item) {
    const std::size_t octets = address_octets(item.family);
    return octets == 0 || (item.address.size() <= octets && item.bits <= octets * 8);
}

std::optional<std::string> to_text(const Item& item) {
    const std::size_t octets = address_octets(item.family);
    if (octets == 0 || (!item.address.empty() && item.address.back() == 0)) {
        return std::nullopt;
    }
    std::array<std::uint8_t, 16> address{};
    std::ranges::copy(item.address, address.begin());
    const std::string text =
        item.family == family_ipv4 ? ipv4_to_text(Octets(address).first(4)) : ipv6_to_text(address);
    return fmt::format("{}{}:{}/{}", item.negated ? "!" : "", item.family, text, item.bits);
}

}  // namespace

bool is_valid_address_prefixes(Octets prefixes) {
    while (!prefixes.empty()) {
        if (prefixes.size() < item_header) {
            return false;
        }
        const auto item = item_at(prefixes);
        if (!item || !is_valid(*item)) {
            return false;
        }
        prefixes = prefixes.subspan(item_header + item->address.size());
    }
    return true;
}

std::optional<std::string> address_prefixes_to_text(Octets prefixes) {
    std::string text;
    while (!prefixes.empty()) {
        const auto item = item_at(prefixes);
        const auto item_text = to_text(*item);
        if (!item_text) {
            return std::nullopt;
        }
        text += text.empty() ? "" : " ";
        text += *item_text;
        prefixes = prefixes.subspan(item_header + item->address.size());
    }
    return text;
}

bool append_address_prefix(std::string_view text, OctetBuffer& out) {
    const bool negated = text.starts_with('!');
    text.remove_prefix(negated ? 1 : 0);
    const std::size_t colon = text.find(':');
    const std::size_t slash = text.rfind('/');
    if (colon == std::string_view::npos || slash == std::string_view::npos || slash < colon) {
        return false;
    }
    const auto family = number_from_text(text.substr(0, colon), family_ipv6);
    const std::string_view address_text = text.substr(colon + 1, slash - colon - 1);
    const auto bits = number_from_text(text.substr(slash + 1), family == family_ipv4 ? 32 : 128);
    OctetBuffer address;
    if (!family || !bits ||
        !(family == family_ipv4   ? append_ipv4(address_text, address)
          : family == family_ipv6 ? append_ipv6(address_text, address)
                                  : false)) {
        return false;
    }
    while (!address.empty() && address.back() == 0) {
        address.pop_back();
    }
    append_u16(static_cast<std::uint16_t>(*family), out);
    out.push_back(static_cast<std::uint8_t>(*bits));
    out.push_back(static_cast<std::uint8_t>(address.size() | (negated ? negation : 0U)));
    out.insert(out.end(), address.begin(), address.end());
    return true;
}

}  // namespace wend::dns
