// Which keys a resolver trusts, told to those who ask: the root key sentinel (RFC 8509) and the key
// tag query (RFC 8145 5). Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dns/name.h"
#include "dns/types.h"
#include "dnssec/trust_anchors.h"

namespace wend::dnssec {

// Of the root's anchors, ascending, each once.
std::vector<std::uint16_t> root_key_tags(const TrustAnchors& anchors);

struct Sentinel {
    bool is_trusted = false;  // "is-ta", else "not-ta"
    std::uint16_t tag = 0;
};

// What the first label asks: root-key-sentinel-is-ta-NNNNN or -not-ta-NNNNN, five digits up to
// 65535.
std::optional<Sentinel> sentinel_of(dns::NameView name);

// RFC 8509 3.3 for a secure answer to an A or AAAA query without CD: true if it becomes SERVFAIL.
bool refuses(const Sentinel& sentinel, std::span<const std::uint16_t> trusted_tags);

// RFC 8145 5.1: "_ta-4a5c-4f66" below the anchor's zone, for at most 12 tags. Nothing where the
// name would be too long.
std::optional<dns::Name> key_tag_query(const TrustAnchor& anchor);

}  // namespace wend::dnssec
