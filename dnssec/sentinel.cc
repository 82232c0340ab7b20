#include "dnssec/sentinel.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "dnssec/records.h"

namespace wend::dnssec {
namespace {

constexpr std::string_view is_ta = "root-key-sentinel-is-ta-";
constexpr std::string_view not_ta = "root-key-sentinel-not-ta-";
constexpr std::size_t tag_digits = 5;
constexpr std::size_t tags_max = 12;  // 4 + 12 * 5 - 1 octets are a label

bool starts_with(Octets label, std::string_view prefix) {
    return label.size() == prefix.size() + tag_digits &&
           std::ranges::equal(label.first(prefix.size()), prefix, {}, dns::fold_octet,
                              [](char c) { return static_cast<std::uint8_t>(c); });
}

std::optional<std::uint16_t> tag_from(Octets digits) {
    std::uint32_t tag = 0;
    for (const std::uint8_t digit : digits) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        tag = tag * 10 + (digit - std::uint32_t{'0'});
    }
    return tag > 0xffffU ? std::nullopt : std::optional(static_cast<std::uint16_t>(tag));
}

// Ascending, each once.
std::vector<std::uint16_t> key_tags(const TrustAnchor& anchor) {
    std::vector<std::uint16_t> tags;
    for (const auto& rdata : anchor.ds) {
        tags.push_back(Ds::read(rdata).key_tag);
    }
    for (const auto& rdata : anchor.dnskeys) {
        tags.push_back(key_tag(rdata));
    }
    std::ranges::sort(tags);
    const auto repeated = std::ranges::unique(tags);
    tags.erase(repeated.begin(), repeated.end());
    return tags;
}

}  // namespace

std::vector<std::uint16_t> root_key_tags(const TrustAnchors& anchors) {
    const auto& all = anchors.all();
    const auto root = std::ranges::find_if(
        all, [](const TrustAnchor& anchor) { return anchor.zone.view().is_root(); });
    return root == all.end() ? std::vector<std::uint16_t>() : key_tags(*root);
}

std::optional<Sentinel> sentinel_of(dns::NameView name) {
    const Octets label = name.first_label();
    const bool trusted = starts_with(label, is_ta);
    if (!trusted && !starts_with(label, not_ta)) {
        return std::nullopt;
    }
    const auto tag = tag_from(label.last(tag_digits));
    return tag ? std::optional(Sentinel{trusted, *tag}) : std::nullopt;
}

bool refuses(const Sentinel& sentinel, std::span<const std::uint16_t> trusted_tags) {
    const bool trusted = std::ranges::find(trusted_tags, sentinel.tag) != trusted_tags.end();
    return trusted != sentinel.is_trusted;
}

std::optional<dns::Name> key_tag_query(const TrustAnchor& anchor) {
    const std::vector<std::uint16_t> tags = key_tags(anchor);
    std::string label = "_ta";
    for (const std::uint16_t tag : std::span(tags).first(std::min(tags.size(), tags_max))) {
        label += fmt::format("-{:04x}", tag);
    }
    return anchor.zone.with_label(
        {reinterpret_cast<const std::uint8_t*>(label.data()), label.size()});
}

}  // namespace wend::dnssec
