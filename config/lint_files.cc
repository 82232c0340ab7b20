#include "config/lint_files.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/anchors.h"
#include "config/files.h"
#include "config/own_addresses.h"
#include "dns/zone_file.h"
#include "dnssec/keys.h"
#include "dnssec/records.h"

namespace wend {
namespace {

using dns::Type;
using dns::ZoneRecord;

std::string line_of(const std::string& file, const ZoneRecord& record) {
    return fmt::format("{}:{}:1", file, record.line);
}

bool is_ruled_out(const Config& config, const IpAddress& address) {
    const auto holds_it = [&address](const Prefix& network) { return network.contains(address); };
    return std::ranges::any_of(config.upstream.never_query, holds_it) ||
           std::ranges::any_of(own_addresses(config.listen).networks, holds_it);
}

const char* problem_of(const Config& config, const IpAddress& address) {
    if (is_ruled_out(config, address)) {
        return "which upstream.never-query or our own address rules out";
    }
    const bool is_family_on = address.is_v4() ? config.upstream.ipv4 : config.upstream.ipv6;
    return is_family_on ? nullptr : "whose family \"upstream\" switches off";
}

constexpr std::string_view ineffective = "anchor-ineffective";

// Of an anchor that read_anchors() took; without a text: nothing to say.
Finding key_finding(const dnssec::AlgorithmPolicy& policy, const ZoneRecord& record) {
    const dnssec::Dnskey key = dnssec::Dnskey::read(record.rdata);
    if (!policy.accepts(key.algorithm)) {
        return {{},
                fmt::format("the key {} is of algorithm {}, which is not supported here, or "
                            "disabled: it has no effect",
                            key.tag, key.algorithm),
                ineffective};
    }
    if (!dnssec::PublicKey::parse(key.algorithm, key.key)) {
        return {{},
                fmt::format("the key {} is larger than any that is verified here", key.tag),
                ineffective};
    }
    if (!key.is_secure_entry_point()) {
        return {{},
                fmt::format("the key {} has no SEP flag (256, not 257): its owner may replace it "
                            "without notice (RFC 4034 2.1.1)",
                            key.tag),
                "anchor-not-kept"};
    }
    return {};
}

Finding ds_finding(const dnssec::AlgorithmPolicy& policy, const ZoneRecord& record,
                   const std::vector<ZoneRecord>& all) {
    const dnssec::Ds ds = dnssec::Ds::read(record.rdata);
    if (!policy.accepts(ds.algorithm) || !policy.accepts_digest(ds.digest_type)) {
        return {{},
                fmt::format("the DS {} is of algorithm {} and digest {}, of which one is not "
                            "supported here, or disabled: it has no effect",
                            ds.key_tag, ds.algorithm, ds.digest_type),
                ineffective};
    }
    // The same tag by chance is one in 65,536.
    const auto is_namesake = [&](const ZoneRecord& other) {
        if (other.type != Type::dnskey || !(other.owner == record.owner)) {
            return false;
        }
        const dnssec::Dnskey key = dnssec::Dnskey::read(other.rdata);
        return key.tag == ds.key_tag && key.algorithm == ds.algorithm &&
               !names_key(ds, record.owner, other.rdata);
    };
    const auto namesake = std::ranges::find_if(all, is_namesake);
    if (namesake == all.end()) {
        return {};
    }
    return {{},
            fmt::format("the digest of the DS {} is not that of the key {} in line {}: one of the "
                        "two is wrong",
                        ds.key_tag, ds.key_tag, namesake->line),
            ineffective};
}

template <class Look>
void append_of_file(const Config& config, const std::string& path, const Look& look,
                    std::vector<Finding>& to) {
    const auto text = path.empty() ? std::unexpected(std::string()) : read_file(path);
    if (text) {
        const std::vector<Finding> more = look(config, *text, path);
        to.insert(to.end(), more.begin(), more.end());
    }
}

}  // namespace

std::vector<Finding> hint_findings(const Config& config, std::string_view text,
                                   const std::string& file) {
    std::vector<Finding> findings;
    const auto records = dns::parse_zone_file(text, {});
    if (!records) {
        return findings;
    }
    const auto serves_root = [&records](const dns::Name& server) {
        return std::ranges::any_of(*records, [&server](const ZoneRecord& ns) {
            return ns.type == Type::ns && ns.owner.view().is_root() &&
                   server == dns::NameView::trusted(ns.rdata);
        });
    };
    for (const ZoneRecord& record : *records) {
        const bool is_v4 = record.type == Type::a;
        if ((!is_v4 && record.type != Type::aaaa) || !serves_root(record.owner)) {
            continue;
        }
        const IpAddress address = is_v4 ? IpAddress::v4(record.rdata) : IpAddress::v6(record.rdata);
        if (const char* const problem = problem_of(config, address)) {
            findings.push_back({line_of(file, record),
                                fmt::format("the root server {} is to be asked at {}, {}",
                                            to_text(record.owner), address.to_text(), problem),
                                "root-server-unasked"});
        }
    }
    return findings;
}

std::vector<Finding> anchor_file_findings(const Config& config, std::string_view text,
                                          const std::string& file) {
    std::vector<Finding> findings;
    const auto records = dns::parse_zone_file(text, {});
    if (!records) {
        return findings;
    }
    const dnssec::AlgorithmPolicy policy = algorithm_policy(config);
    for (const ZoneRecord& record : *records) {
        Finding finding = record.type == Type::ds ? ds_finding(policy, record, *records)
                                                  : key_finding(policy, record);
        if (!finding.text.empty()) {
            finding.place = line_of(file, record);
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

std::vector<Finding> file_findings(const Config& config) {
    std::vector<Finding> findings;
    append_of_file(config, config.root.hints, hint_findings, findings);
    if (config.dnssec.validate) {
        append_of_file(config, config.root.anchors, anchor_file_findings, findings);
    }
    return findings;
}

}  // namespace wend
