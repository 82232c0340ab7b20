#include "resolver/zone_servers.h"

#include <algorithm>
#include <chrono>

#include "resolver/resolver.h"

namespace wend {

namespace {

bool knows(const ZoneServers& servers, const Endpoint& endpoint) {
    return std::ranges::any_of(servers.addresses, [&](const ServerAddress& address) {
        return address.endpoint == endpoint;
    });
}

void add_endpoint(ZoneServers& servers, dns::NameView name, const Endpoint& endpoint,
                  const ServerFilter& filter) {
    if (servers.addresses.size() < addresses_known_max && filter.may_ask(endpoint.ip) &&
        !knows(servers, endpoint)) {
        servers.addresses.push_back({.endpoint = endpoint, .name = name});
    }
}

}  // namespace

bool add_addresses(ZoneServers& servers, dns::NameView name,
                   const std::vector<IpAddress>& addresses, const ServerFilter& filter,
                   std::uint16_t port) {
    for (const IpAddress& address : addresses) {
        const Endpoint endpoint{.ip = address, .port = port};
        add_endpoint(servers, name, endpoint, filter);
    }
    return filter.may_ask_any(addresses);
}

void append_addresses(const dns::RRset& rrset, std::vector<IpAddress>& to) {
    for (const Octets rdata : rrset.rdatas()) {
        to.push_back(rrset.type() == dns::Type::a ? IpAddress::v4(rdata) : IpAddress::v6(rdata));
    }
}

ZoneServers from_delegation(const cache::Delegation& delegation, ZoneSource source,
                            const ServerFilter& filter, std::uint16_t port) {
    ZoneServers servers;
    servers.zone = delegation.zone;
    servers.source = source;
    servers.expires_at = delegation.expires_at;
    servers.has_ds = static_cast<bool>(delegation.ds);
    std::size_t addresses = 0;
    for (const cache::NameServer& server : delegation.servers) {
        addresses += server.glue.size();
    }
    servers.addresses.reserve(std::min(addresses, addresses_known_max));
    for (const cache::NameServer& server : delegation.servers) {
        const bool is_known = add_addresses(servers, server.name, server.glue, filter, port);
        if (is_known || delegation.zone.view().is_root()) {
            continue;
        }
        const bool in_domain = server.name.view().is_subdomain_of(delegation.zone);
        servers.unresolved.push_back({.name = server.name, .in_domain = in_domain});
        if (!in_domain) {
            servers.foreign.push_back(server.name);
        }
    }
    return servers;
}

ZoneServers from_configuration(const ConfiguredZone& configured, ZoneSource source,
                               const ServerFilter& filter) {
    ZoneServers servers;
    servers.zone = configured.zone;
    servers.source = source;
    servers.first = configured.first;
    for (std::size_t i = 0; i < configured.addresses.size(); ++i) {
        // Names and addresses go together only where there is one name for each address.
        const bool paired = configured.names.size() == configured.addresses.size();
        const dns::Name name = paired ? configured.names[i] : dns::Name();
        add_endpoint(servers, name, configured.addresses[i], filter);
    }
    return servers;
}

cache::Delegation to_delegation(const Referral& referral, Instant now, Instant parent_expires_at) {
    cache::Delegation delegation;
    delegation.zone = referral.zone;
    delegation.servers = referral.servers;
    delegation.ds = referral.ds;
    delegation.ds_denied = !referral.ds && !referral.proofs.empty();
    delegation.ds_proofs = referral.proofs;
    delegation.expires_at = std::min(now + std::chrono::seconds(referral.ttl), parent_expires_at);
    return delegation;
}

std::vector<IpAddress> glue_in(const std::vector<cache::NameServer>& servers,
                               dns::NameView server) {
    const auto found = std::ranges::find_if(
        servers, [&](const cache::NameServer& each) { return each.name == server; });
    return found == servers.end() ? std::vector<IpAddress>() : found->glue;
}

std::optional<AddressLookup> missing_family(const ZoneServers& servers,
                                            std::span<const dns::Type> types, bool zone_answers) {
    const auto has = [&](const dns::Name& name, dns::Type type) {
        return std::ranges::any_of(servers.addresses, [&](const ServerAddress& address) {
            return address.endpoint.ip.is_v4() == (type == dns::Type::a) && address.name == name;
        });
    };
    const auto was_looked_up = [&](const dns::Name& name, dns::Type type) {
        return std::ranges::any_of(servers.looked_up, [&](const AddressLookup& lookup) {
            return lookup.type == type && lookup.name == name;
        });
    };
    for (const ServerAddress& server : servers.addresses) {
        const bool may_be_asked_about =
            !server.name.view().is_root() &&
            (zone_answers || !server.name.view().is_subdomain_of(servers.zone));
        for (const dns::Type type : types) {
            if (may_be_asked_about && !has(server.name, type) &&
                !was_looked_up(server.name, type)) {
                return AddressLookup{.name = server.name, .type = type};
            }
        }
    }
    return std::nullopt;
}

event::EnteredZone describe_zone(const ZoneServers& servers) {
    event::EnteredZone entered{.zone = servers.zone, .source = servers.source, .servers = {}};
    for (const ServerAddress& address : servers.addresses) {
        const auto same =
            std::ranges::find_if(entered.servers, [&](const event::ZoneServer& known) {
                return known.name == address.name && !known.name.view().is_root();
            });
        if (same != entered.servers.end()) {
            same->addresses.push_back(address.endpoint);
        } else {
            entered.servers.push_back({.name = address.name, .addresses = {address.endpoint}});
        }
    }
    for (const UnresolvedServer& server : servers.unresolved) {
        if (!server.has_glue) {
            entered.servers.push_back({.name = server.name, .addresses = {}});
        }
    }
    return entered;
}

}  // namespace wend
