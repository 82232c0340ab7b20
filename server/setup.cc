#include "server/setup.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "config/anchors.h"
#include "config/files.h"
#include "config/own_addresses.h"
#include "dns/zone_file.h"
#include "dnssec/trust_anchors.h"

namespace wend {
namespace {

ConfiguredZone configured(const Config::Zone& zone, bool forward) {
    return {
        .zone = zone.zone, .addresses = zone.addresses, .forward = forward, .first = zone.first};
}

bool is_any_allowed(const ConfiguredZone& servers, const ResolverOptions& options) {
    return std::ranges::any_of(servers.addresses, [&options](const Endpoint& server) {
        return (server.ip.is_v4() ? options.ipv4 : options.ipv6) &&
               std::ranges::none_of(options.never_query, [&server](const Prefix& network) {
                   return network.contains(server.ip);
               });
    });
}

}  // namespace

std::expected<ConfiguredZone, std::string> read_hints(std::string_view text,
                                                      const std::string& file) {
    const auto records = dns::parse_zone_file(text, {});
    if (!records) {
        const dns::ZoneFileError& error = records.error();
        return std::unexpected(
            fmt::format("{}:{}:{}: {}", file, error.line, error.column, error.message));
    }
    ConfiguredZone hints;
    for (const dns::ZoneRecord& ns : *records) {
        if (ns.type != dns::Type::ns || !ns.owner.view().is_root()) {
            continue;
        }
        const dns::NameView server = dns::NameView::trusted(ns.rdata);
        for (const dns::ZoneRecord& address : *records) {
            const bool v4 = address.type == dns::Type::a;
            if ((v4 || address.type == dns::Type::aaaa) && address.owner == server) {
                hints.addresses.push_back(
                    {v4 ? IpAddress::v4(address.rdata) : IpAddress::v6(address.rdata), 53});
                hints.names.emplace_back(server);
            }
        }
    }
    if (hints.addresses.empty()) {
        return std::unexpected(fmt::format(
            "{}: no address of a root server: NS records of \".\" and A or AAAA records of "
            "their servers are wanted",
            file));
    }
    return hints;
}

std::vector<dns::Name> configured_zones(const ResolverOptions& options) {
    std::vector<dns::Name> zones;
    for (const ConfiguredZone& zone : options.zones) {
        zones.push_back(zone.zone);
    }
    return zones;
}

std::expected<ResolverOptions, std::string> resolver_options(const Config& config,
                                                             const Sandbox* sandbox) {
    ResolverOptions options;
    options.never_query = config.upstream.never_query;
    options.ipv4 = config.upstream.ipv4;
    options.ipv6 = config.upstream.ipv6;
    options.port = config.upstream.port;
    options.minimise_qname = config.upstream.minimise_qname;
    options.minimise_type = config.upstream.minimise_type;
    options.mixed_case = config.upstream.mixed_case;
    for (const Prefix& own : own_addresses(config.listen).networks) {
        options.never_query.push_back(own);
    }
    for (const Config::Zone& zone : config.forward) {
        options.zones.push_back(configured(zone, true));
    }
    for (const Config::Zone& zone : config.stub) {
        options.zones.push_back(configured(zone, false));
    }
    if (sandbox != nullptr) {
        options.root_hints.push_back(sandbox->root_hints);
        options.port = sandbox->port;
    } else if (!config.root.hints.empty()) {
        const auto text = read_file(config.root.hints);
        if (!text) {
            return std::unexpected(text.error());
        }
        auto hints = read_hints(*text, config.root.hints);
        if (!hints) {
            return std::unexpected(std::move(hints.error()));
        }
        if (!is_any_allowed(*hints, options)) {
            return std::unexpected(fmt::format(
                "{}: no root server of this file may be asked: upstream.never-query, our own "
                "addresses or the address families that are off rule out each",
                config.root.hints));
        }
        for (Endpoint& address : hints->addresses) {
            address.port = options.port;
        }
        options.root_hints.push_back(std::move(*hints));
    }
    if (config.dnssec.validate) {
        auto anchors = sandbox != nullptr
                           ? std::expected<dnssec::TrustAnchors, std::string>(sandbox->anchors)
                           : load_positive_anchors(config);
        if (!anchors) {
            return std::unexpected(std::move(anchors.error()));
        }
        anchors->set_policy(algorithm_policy(config));
        options.anchors = std::make_shared<const dnssec::CurrentAnchors>(
            std::make_shared<const dnssec::TrustAnchors>(std::move(*anchors)));
    }
    return options;
}

}  // namespace wend
