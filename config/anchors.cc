#include "config/anchors.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/date.h"
#include "config/files.h"
#include "config/idn.h"
#include "dns/zone_file.h"
#include "dnssec/algorithms.h"
#include "dnssec/records.h"

namespace wend {
namespace {

using dns::Type;

// Octets of a digest of this type (IANA DS RR Type Digest Algorithms); 0: not known.
std::size_t digest_octets(std::uint8_t digest_type) {
    constexpr std::array<std::size_t, 7> octets = {0, 20, 32, 32, 48, 32, 32};
    return digest_type < octets.size() ? octets.at(digest_type) : 0;
}

std::string objection_to_ds(const dnssec::Ds& ds) {
    const std::size_t wanted = digest_octets(ds.digest_type);
    if (wanted == 0 || ds.digest.size() == wanted) {
        return {};
    }
    return fmt::format(
        "the DS {} has a digest of {} octets, and one of type {} has {}: no key can match it",
        ds.key_tag, ds.digest.size(), ds.digest_type, wanted);
}

// As it was written, for advice.
std::string written(dns::NameView name) {
    std::string text;
    for (; !name.is_root(); name = name.parent()) {
        const Octets label = name.first_label();
        text.append(reinterpret_cast<const char*>(label.data()), label.size());
        text += '.';
    }
    return text;
}

// What keeps this record from being an anchor; empty: nothing.
std::string objection(const dns::ZoneRecord& record) {
    if (record.rclass != dns::Class::in) {
        return "an anchor is of class IN";
    }
    if (const std::string owner = written(record.owner); is_beyond_ascii(owner)) {
        return fmt::format("\"{}\" is not written as the DNS holds it: {}", owner,
                           a_label_advice(owner));
    }
    if (record.type == Type::ds) {
        return objection_to_ds(dnssec::Ds::read(record.rdata));
    }
    if (record.type != Type::dnskey) {
        return fmt::format("an anchor is a DS or a DNSKEY record, not {}: leave this one out",
                           to_text(record.type));
    }
    const dnssec::Dnskey key = dnssec::Dnskey::read(record.rdata);
    if (key.is_revoked()) {
        return fmt::format("the key {} is revoked (RFC 5011): leave it out", key.tag);
    }
    if (!key.is_zone_key()) {
        return fmt::format("the key {} is no zone key: flags 256 or 257 and protocol 3 are wanted",
                           key.tag);
    }
    const auto parsed = dnssec::PublicKey::parse(key.algorithm, key.key);
    if (!parsed && parsed.error() == dnssec::KeyError::malformed) {
        return fmt::format("the key {} is no key of algorithm {}: it verifies nothing", key.tag,
                           key.algorithm);
    }
    return {};
}

// Whether one of the root's built-in keys is named, by key or by digest.
bool has_current_root_key(const dnssec::TrustAnchors& anchors) {
    const dnssec::TrustAnchors built_in = dnssec::TrustAnchors::built_in();
    const auto tags_of = [](const dnssec::TrustAnchors& all) {
        std::vector<unsigned> tags;
        for (const dnssec::TrustAnchor& anchor : all.all()) {
            if (!anchor.zone.view().is_root()) {
                continue;
            }
            for (const auto& ds : anchor.ds) {
                tags.push_back(dnssec::Ds::read(ds).key_tag);
            }
            for (const auto& key : anchor.dnskeys) {
                tags.push_back(dnssec::Dnskey::read(key).tag);
            }
        }
        return tags;
    };
    const std::vector<unsigned> current = tags_of(built_in);
    return std::ranges::any_of(tags_of(anchors), [&current](unsigned tag) {
        return std::ranges::find(current, tag) != current.end();
    });
}

}  // namespace

std::optional<Finding> negative_anchor_finding(const Config::NegativeAnchor& negative,
                                               WallTime now) {
    const std::string zone = to_text(negative.zone);
    if (!negative.until) {
        return Finding{
            {},
            fmt::format("the negative anchor {} has no \"until\": its zone is never validated",
                        zone),
            "negative-anchor-forever"};
    }
    if (*negative.until <= now) {
        return Finding{{},
                       fmt::format("the negative anchor {} ran out at {} and has no effect", zone,
                                   to_text(*negative.until)),
                       "negative-anchor-ended"};
    }
    if (*negative.until - now > negative_anchor_span) {
        return Finding{
            {},
            fmt::format("the negative anchor {} lasts until {}: a week is enough (RFC 7646 2)",
                        zone, to_text(*negative.until)),
            "negative-anchor-forever"};
    }
    return std::nullopt;
}

std::expected<dnssec::TrustAnchors, std::string> read_anchors(std::string_view text,
                                                              const std::string& file) {
    const auto records = dns::parse_zone_file(text, {});
    if (!records) {
        const dns::ZoneFileError& error = records.error();
        return std::unexpected(
            fmt::format("{}:{}:{}: {}", file, error.line, error.column, error.message));
    }
    dnssec::TrustAnchors anchors;
    for (const dns::ZoneRecord& record : *records) {
        const std::string problem = objection(record);
        if (!problem.empty()) {
            return std::unexpected(fmt::format("{}:{}:1: {}", file, record.line, problem));
        }
        anchors.add(record.owner, record.type, record.rdata);
    }
    if (anchors.empty()) {
        return std::unexpected(fmt::format(
            "{}:1:1: no DS or DNSKEY record: add those of \".\", or leave out root.anchors for "
            "the built-in ones",
            file));
    }
    return anchors;
}

std::expected<dnssec::TrustAnchors, std::string> load_positive_anchors(const Config& config) {
    if (config.root.anchors.empty()) {
        return dnssec::TrustAnchors::built_in();
    }
    const auto text = read_file(config.root.anchors);
    if (!text) {
        return std::unexpected(text.error());
    }
    return read_anchors(*text, config.root.anchors);
}

bool holds(const Config::NegativeAnchor& anchor, WallTime now) {
    return !anchor.until || *anchor.until > now;
}

void add_negative_anchors(const Config& config, WallTime now, dnssec::TrustAnchors& to) {
    for (const Config::NegativeAnchor& negative : config.dnssec.negative_anchors) {
        if (holds(negative, now)) {
            to.add_negative(negative.zone);
        }
    }
}

dnssec::AlgorithmPolicy algorithm_policy(const Config& config) {
    dnssec::AlgorithmPolicy policy;
    for (const std::uint8_t algorithm : config.dnssec.disabled_algorithms) {
        policy.disable(algorithm);
    }
    for (const std::uint8_t digest_type : config.dnssec.disabled_digests) {
        policy.disable_digest(digest_type);
    }
    return policy;
}

std::expected<dnssec::TrustAnchors, std::string> load_anchors(const Config& config, WallTime now) {
    auto anchors = load_positive_anchors(config);
    if (anchors) {
        anchors->set_policy(algorithm_policy(config));
        add_negative_anchors(config, now, *anchors);
    }
    return anchors;
}

std::vector<Finding> anchor_findings(const Config& config, const dnssec::TrustAnchors& anchors) {
    std::vector<Finding> findings;
    bool has_root = false;
    for (const dnssec::TrustAnchor& anchor : anchors.all()) {
        has_root = has_root || anchor.zone.view().is_root();
        if (!is_usable(anchor, anchors.policy())) {
            findings.push_back(
                {{},
                 fmt::format("the anchor of {} names only algorithms or digests that are not "
                             "supported here, or disabled: nothing is validated by it",
                             to_text(anchor.zone)),
                 "anchor-ineffective"});
        }
    }
    if (!has_root) {
        findings.push_back(
            {{},
             fmt::format("{} has no anchor of \".\": only names at or below its own zones are "
                         "validated",
                         config.root.anchors),
             "anchor-old"});
    } else if (!has_current_root_key(anchors)) {
        findings.push_back(
            {{},
             fmt::format("{} has anchors of \".\", but neither key 20326 nor key 38696, which sign "
                         "the root: no name of the public DNS will be validated",
                         config.root.anchors),
             "anchor-old"});
    }
    return findings;
}

}  // namespace wend
