#include "server/setup.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ifaddrs.h>
#include <sys/socket.h>

#include "dns/zone_file.h"
#include "dnssec/trust_anchors.h"
#include "server/anchors.h"
#include "server/config_read.h"
#include "sim/lab.h"

namespace wend {
namespace {

constexpr std::streamsize file_octets_max = std::streamsize{4} << 20;

ConfiguredZone lab_hints() {
    const sim::RootHints hints = sim::lab_root_hints();
    return {.zone = dns::Name(), .addresses = hints.addresses, .names = hints.names};
}

ConfiguredZone configured(const Config::Zone& zone, bool forward) {
    return {
        .zone = zone.zone, .addresses = zone.addresses, .forward = forward, .first = zone.first};
}

void append_interface_addresses(std::vector<IpAddress>& to) {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) {
        return;
    }
    for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
        const int family = at->ifa_addr == nullptr ? AF_UNSPEC : at->ifa_addr->sa_family;
        if (family == AF_INET || family == AF_INET6) {
            to.push_back(Endpoint::from_sockaddr(*at->ifa_addr).ip);
        }
    }
    freeifaddrs(first);
}

bool is_any_allowed(const ConfiguredZone& servers, const ResolverOptions& options) {
    return std::ranges::any_of(servers.addresses, [&options](const Endpoint& server) {
        return (server.ip.is_v4() ? options.ipv4 : options.ipv6) &&
               std::ranges::none_of(options.never_query, [&server](const Prefix& network) {
                   return network.contains(server.ip);
               });
    });
}

std::string system_error_text(int code) {
    return std::generic_category().message(code);
}

}  // namespace

std::expected<std::string, std::string> read_file(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (file.is_open() && file.peek() != std::ifstream::traits_type::eof()) {
        text << file.rdbuf();
    }
    if (!file.is_open() || file.bad() || text.fail()) {
        return std::unexpected(fmt::format("cannot read the file {}: {}", path,
                                           system_error_text(errno == 0 ? EIO : errno)));
    }
    if (text.tellp() > file_octets_max) {
        return std::unexpected(fmt::format("the file {} is over 4 MiB", path));
    }
    return text.str();
}

std::expected<Config, std::string> load_config(const std::optional<std::string>& path) {
    if (!path) {
        return Config{};
    }
    auto config = read_config_file(*path);
    if (!config) {
        return std::unexpected(fmt::format("{}", fmt::join(config.error(), "\n")));
    }
    return std::move(*config);
}

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

std::vector<Prefix> own_addresses(const std::vector<Endpoint>& listen) {
    std::vector<IpAddress> addresses;
    for (const Endpoint& where : listen) {
        if (where.ip.is_unspecified()) {
            append_interface_addresses(addresses);
        } else {
            addresses.push_back(where.ip);
        }
    }
    std::vector<Prefix> prefixes;
    for (const IpAddress& address : addresses) {
        const Prefix prefix(address, 128);
        const bool is_known = std::ranges::find(prefixes, prefix) != prefixes.end();
        if (!is_known && !address.is_loopback()) {
            prefixes.push_back(prefix);
        }
    }
    return prefixes;
}

std::vector<dns::Name> configured_zones(const ResolverOptions& options) {
    std::vector<dns::Name> zones;
    for (const ConfiguredZone& zone : options.zones) {
        zones.push_back(zone.zone);
    }
    return zones;
}

std::expected<ResolverOptions, std::string> resolver_options(const Config& config, bool lab) {
    ResolverOptions options;
    options.never_query = config.upstream.never_query;
    options.ipv4 = config.upstream.ipv4;
    options.ipv6 = config.upstream.ipv6;
    options.port = config.upstream.port;
    options.minimise_qname = config.upstream.minimise_qname;
    options.minimise_type = config.upstream.minimise_type;
    options.mixed_case = config.upstream.mixed_case;
    for (const Prefix& own : own_addresses(config.listen)) {
        options.never_query.push_back(own);
    }
    for (const Config::Zone& zone : config.forward) {
        options.zones.push_back(configured(zone, true));
    }
    for (const Config::Zone& zone : config.stub) {
        options.zones.push_back(configured(zone, false));
    }
    if (lab) {
        options.root_hints.push_back(lab_hints());
        options.port = sim::SimInternet::port;
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
        auto anchors = lab ? std::expected<dnssec::TrustAnchors, std::string>(sim::lab_anchors())
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
