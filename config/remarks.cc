#include "config/remarks.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/anchors.h"
#include "config/files.h"
#include "config/memory_limit.h"
#include "config/own_addresses.h"
#include "config/rules.h"
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

// Of an anchor that read_anchors() took; empty: nothing to say.
std::string remark_on_key(const dnssec::AlgorithmPolicy& policy, const ZoneRecord& record) {
    const dnssec::Dnskey key = dnssec::Dnskey::read(record.rdata);
    if (!policy.accepts(key.algorithm)) {
        return fmt::format(
            "the key {} is of algorithm {}, which is not supported here, or disabled: "
            "it has no effect",
            key.tag, key.algorithm);
    }
    if (!dnssec::PublicKey::parse(key.algorithm, key.key)) {
        return fmt::format("the key {} is larger than any that is verified here", key.tag);
    }
    if (!key.is_secure_entry_point()) {
        return fmt::format(
            "the key {} has no SEP flag (256, not 257): its owner may replace it without notice "
            "(RFC 4034 2.1.1)",
            key.tag);
    }
    return {};
}

std::string remark_on_ds(const dnssec::AlgorithmPolicy& policy, const ZoneRecord& record,
                         const std::vector<ZoneRecord>& all) {
    const dnssec::Ds ds = dnssec::Ds::read(record.rdata);
    if (!policy.accepts(ds.algorithm) || !policy.accepts_digest(ds.digest_type)) {
        return fmt::format(
            "the DS {} is of algorithm {} and digest {}, of which one is not supported here, or "
            "disabled: it has no effect",
            ds.key_tag, ds.algorithm, ds.digest_type);
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
    return namesake == all.end() ? std::string()
                                 : fmt::format(
                                       "the digest of the DS {} is not that of the key {} in line "
                                       "{}: one of the two is wrong",
                                       ds.key_tag, ds.key_tag, namesake->line);
}

template <class Remarks>
void append_of_file(const Config& config, const std::string& path, const Remarks& remarks,
                    std::vector<Remark>& to) {
    const auto text = path.empty() ? std::unexpected(std::string()) : read_file(path);
    if (text) {
        const std::vector<Remark> more = remarks(config, *text, path);
        to.insert(to.end(), more.begin(), more.end());
    }
}

// Too large for one operator's customers: whoever forges these addresses floods half the world.
bool is_everybody(const Prefix& network) {
    constexpr unsigned customers_bits_min = 8;  // as much as a registry gives to one
    const std::string text = network.to_text();
    const std::size_t slash = text.find('/');
    return slash != std::string::npos && std::stoul(text.substr(slash + 1)) < customers_bits_min;
}

std::vector<Prefix> limited_networks(const Config& config) {
    const Config::RateLimit& rate = config.rate_limit;
    const bool is_limited =
        rate.mode != policy::RateMode::off &&
        (rate.limits.queries_per_address != 0 || rate.limits.queries_per_network != 0);
    std::vector<Prefix> limited;
    const policy::AccessList exempt(rate.exempt);
    const policy::AccessList near(policy::default_allowed());
    for (const Prefix& network : config.access.allow) {
        if (is_limited && !exempt.covers(network) && !near.covers(network)) {
            limited.push_back(network);
        }
    }
    return limited;
}

// What rate-limit.exempt would be with these too.
std::string exempt_line(const Config& config, std::span<const Prefix> more) {
    std::vector<std::string> words;
    const std::vector<Prefix> near = policy::default_allowed();
    const policy::AccessList exempt(config.rate_limit.exempt);
    const auto is_exempt = [&exempt](const Prefix& network) { return exempt.covers(network); };
    const bool has_private = std::ranges::all_of(near, is_exempt);
    if (has_private) {
        words.emplace_back("private");
    }
    if (config.rate_limit.exempt_local_networks) {
        words.emplace_back("localnets");
    }
    for (const Prefix& network : config.rate_limit.exempt) {
        if (!has_private || std::ranges::find(near, network) == near.end()) {
            words.push_back(network.to_text());
        }
    }
    for (const Prefix& network : more) {
        words.push_back(network.to_text());
    }
    return fmt::format(R"("rate-limit": {{ "exempt": ["{}"] }})", fmt::join(words, R"(", ")"));
}

std::string place_of(const std::string& path, std::string_view key) {
    const auto text = read_file(path);
    const auto root = text ? parse_json(*text) : std::unexpected(Mistake{});
    const JsonNode* const node = root ? find_node(*root, key) : nullptr;
    return node == nullptr ? path
                           : fmt::format("{}:{}:{}", path, node->place.line, node->place.column);
}

// The place of the first network of the text that the remark is about.
std::string place_of_limited(const Config& config, const std::string& path) {
    const auto text = read_file(path);
    const auto root = text ? parse_json(*text) : std::unexpected(Mistake{});
    const JsonNode* const allow = root ? find_node(*root, "access.allow") : nullptr;
    const std::vector<Prefix> limited = limited_networks(config);
    if (allow != nullptr && !limited.empty()) {
        for (const JsonNode& element : allow->elements) {
            if (Prefix::from_text(element.text) == limited.front()) {
                return fmt::format("{}:{}:{}", path, element.place.line, element.place.column);
            }
        }
    }
    return path;
}

}  // namespace

std::optional<std::string> memory_remark(const Config& config, std::optional<std::size_t> allowed) {
    if (!allowed || config.cache.size <= *allowed) {
        return std::nullopt;
    }
    constexpr std::size_t mebi = std::size_t{1} << 20;
    return fmt::format(
        "the cache may take {} MiB, and this process no more than {} MiB of memory: it will be "
        "ended when the cache has grown",
        config.cache.size / mebi, *allowed / mebi);
}

std::optional<std::string> limited_networks_remark(const Config& config) {
    constexpr std::size_t named_max = 16;
    std::vector<Prefix> limited = limited_networks(config);
    const auto everybody = std::ranges::find_if(limited, is_everybody);
    if (everybody != limited.end()) {
        return fmt::format(
            "{} may ask: who forges an address of it is answered at the rates of rate-limit. Allow "
            "the networks that you serve",
            everybody->to_text());
    }
    if (limited.empty()) {
        return std::nullopt;
    }
    const std::string more =
        limited.size() == 1 ? "" : fmt::format(" and {} more", limited.size() - 1);
    const std::span<const Prefix> named =
        std::span(limited).first(std::min(limited.size(), named_max));
    const policy::RateLimits& rates = config.rate_limit.limits;
    return fmt::format(
        "{}{} may ask {} queries a second from an address and {} from a network, without a cookie "
        "over UDP. If no packet with such an address can come in from outside, say so: {}{}",
        limited.front().to_text(), more, rates.queries_per_address, rates.queries_per_network,
        exempt_line(config, named), named.size() < limited.size() ? " and so on" : "");
}

std::vector<Remark> hint_remarks(const Config& config, std::string_view text,
                                 const std::string& file) {
    std::vector<Remark> remarks;
    const auto records = dns::parse_zone_file(text, {});
    if (!records) {
        return remarks;
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
            remarks.push_back({line_of(file, record),
                               fmt::format("the root server {} is to be asked at {}, {}",
                                           to_text(record.owner), address.to_text(), problem)});
        }
    }
    return remarks;
}

std::vector<Remark> anchor_file_remarks(const Config& config, std::string_view text,
                                        const std::string& file) {
    std::vector<Remark> remarks;
    const auto records = dns::parse_zone_file(text, {});
    if (!records) {
        return remarks;
    }
    const dnssec::AlgorithmPolicy policy = algorithm_policy(config);
    for (const ZoneRecord& record : *records) {
        std::string remark = record.type == Type::ds ? remark_on_ds(policy, record, *records)
                                                     : remark_on_key(policy, record);
        if (!remark.empty()) {
            remarks.push_back({line_of(file, record), std::move(remark)});
        }
    }
    return remarks;
}

std::vector<Remark> config_remarks(const Config& config, const std::optional<std::string>& path,
                                   WallTime now) {
    std::vector<Remark> remarks;
    if (auto remark = memory_remark(config, memory_allowed())) {
        remarks.push_back({path ? place_of(*path, "cache.size") : "", std::move(*remark)});
    }
    if (const std::string problem = own_addresses(config.listen).problem; !problem.empty()) {
        remarks.push_back({"", fmt::format("the addresses of this host cannot be read ({}): where "
                                           "a zone is delegated to one of them, wend asks itself",
                                           problem)});
    }
    if (auto remark = limited_networks_remark(config)) {
        remarks.push_back({path ? place_of_limited(config, *path) : "", std::move(*remark)});
    }
    append_of_file(config, config.root.hints, hint_remarks, remarks);
    if (config.dnssec.validate) {
        append_of_file(config, config.root.anchors, anchor_file_remarks, remarks);
        if (const auto anchors = load_anchors(config, now)) {
            for (std::string& remark : anchor_remarks(config, *anchors, now)) {
                remarks.push_back({path.value_or(""), std::move(remark)});
            }
        }
    }
    return remarks;
}

}  // namespace wend
