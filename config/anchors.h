// From a configuration to the trust anchors that hold (RFC 4033 2, RFC 7646).
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/config.h"
#include "config/lint_rules.h"
#include "dnssec/trust_anchors.h"

namespace wend {

// RFC 7646 2: a negative anchor is for a fault that somebody is about to mend.
inline constexpr std::chrono::seconds negative_anchor_span = std::chrono::days(7);

// DS and DNSKEY records in zone-file form; `file` is for errors, which are
// "FILE:LINE:COLUMN: sentence".
std::expected<dnssec::TrustAnchors, std::string> read_anchors(std::string_view text,
                                                              const std::string& file);

// The positive anchors: the file's, or the built-in ones.
std::expected<dnssec::TrustAnchors, std::string> load_positive_anchors(const Config& config);

// Whether it has not run out.
bool holds(const Config::NegativeAnchor& anchor, WallTime now);

// Those of the negative anchors that have not run out at `now`.
void add_negative_anchors(const Config& config, WallTime now, dnssec::TrustAnchors& to);

// What dnssec.disabled-algorithms and dnssec.disabled-digests leave.
dnssec::AlgorithmPolicy algorithm_policy(const Config& config);

// Positive and negative ones, and the policy. The error is one sentence with file, line and column.
std::expected<dnssec::TrustAnchors, std::string> load_anchors(const Config& config, WallTime now);

// What lint finds in positive anchors, and in one negative anchor. The places are left empty: the
// caller knows them.
std::vector<Finding> anchor_findings(const Config& config, const dnssec::TrustAnchors& anchors);
std::optional<Finding> negative_anchor_finding(const Config::NegativeAnchor& negative,
                                               WallTime now);

}  // namespace wend
