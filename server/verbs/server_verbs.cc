// servers, delegation: whom wend asks for a zone, and what it knows of them.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cache/kept_entry.h"
#include "server/verbs/arguments.h"
#include "server/verbs/entry_text.h"
#include "server/verbs/handlers.h"
#include "server/verbs/json_page.h"
#include "server/verbs/zone_servers_json.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

// Entries of one turn: each delegation among them costs some dozen looks at other tables.
constexpr std::size_t entries_max = 16;
constexpr std::size_t steps_max = 8;

double milliseconds(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

void add_cached(const dns::Name& name, dns::Type type, const VerbWorld& world, ZoneServers& to) {
    const auto found = world.cache.find(name, type, world.now, cache::Rank::hint);
    if (!found) {
        return;
    }
    for (const Octets rdata : found->rrset.rdatas()) {
        const IpAddress ip = type == dns::Type::a ? IpAddress::v4(rdata) : IpAddress::v6(rdata);
        if (to.servers.size() < zone_servers_max) {
            to.servers.push_back({to_text(name.view()), {ip, world.config.upstream.port}});
        }
    }
}

void add_server(const cache::NameServer& server, const VerbWorld& world, ZoneServers& to) {
    const std::size_t before = to.servers.size();
    for (const IpAddress& ip : server.glue) {
        if (to.servers.size() < zone_servers_max) {
            to.servers.push_back({to_text(server.name.view()), {ip, world.config.upstream.port}});
        }
    }
    if (server.glue.empty()) {
        add_cached(server.name, dns::Type::a, world, to);
        add_cached(server.name, dns::Type::aaaa, world, to);
    }
    if (to.servers.size() == before) {
        to.unknown.push_back(server.name);
    }
}

ZoneServers configured(const Config::Zone& zone, std::string_view source) {
    ZoneServers made{.zone = zone.zone, .source = std::string(source)};
    for (const Endpoint& address : zone.addresses) {
        if (made.servers.size() < zone_servers_max) {
            made.servers.push_back({"", address});
        }
    }
    return made;
}

const Config::Zone* deepest(const std::vector<Config::Zone>& zones, const dns::Name& name) {
    const Config::Zone* found = nullptr;
    for (const Config::Zone& zone : zones) {
        const bool deeper = found == nullptr || zone.zone.view().size() > found->zone.view().size();
        found = deeper && name.view().is_subdomain_of(zone.zone) ? &zone : found;
    }
    return found;
}

Json json_of(const ZoneServers& zone, const ZoneServers::Server& server, const VerbWorld& world) {
    const cache::ServerRecord known = world.servers.find(server.address, zone.zone, world.now);
    std::array<std::uint8_t, cache::server_cookie_max> cookie{};
    Json json = {{"zone", to_text(zone.zone.view())},
                 {"source", zone.source},
                 {"name", server.name},
                 {"address", server.address.to_text()},
                 {"known", known.known}};
    if (known.known) {
        json["answered"] = known.answered;
        json["round_trip_ms"] = milliseconds(known.smoothed_round_trip);
        json["variation_ms"] = milliseconds(known.variation);
        json["timeouts_in_a_row"] = known.timeouts_in_a_row;
    }
    const Duration quiet = known.quiet_until - world.now;
    json["quiet_ms"] = std::max(milliseconds(quiet), 0.0);
    json["silent"] = known.silent;
    json["lame"] = known.lame;
    json["lame_doubted"] = known.lame_doubted;
    json["edns"] = !known.lacks_edns;
    json["mixed_case"] = !known.loses_case;
    json["cookie"] = world.servers.find_cookie(server.address, world.now, cookie) > 0;
    return json;
}

// The configured zones first; then the cache's delegations, page by page. The cursor: 1 + the
// number of a configured zone, or 0 and beyond it a place in the cache.
LinkReply all_servers(const LinkRequest& request, VerbWorld& world) {
    const auto numbers = cursor_from<3>(request.cursor);
    const std::vector<Config::Zone>& forward = world.config.forward;
    const std::vector<Config::Zone>& stub = world.config.stub;
    const std::size_t zones = forward.size() + stub.size();
    if (!numbers || (*numbers)[0] > zones || (*numbers)[1] > 0xffff) {
        return bad_cursor();
    }
    JsonPage items;
    std::size_t zone = (*numbers)[0];
    if (zone < zones) {
        const ZoneServers made = zone < forward.size()
                                     ? configured(forward[zone], "forward")
                                     : configured(stub[zone - forward.size()], "stub");
        items.add(json_of(made, world));
        return page(items.text("servers"), std::array<std::uint64_t, 3>{zone + 1, 0, 0});
    }
    std::optional<cache::Cursor> at =
        cache::Cursor{static_cast<std::uint32_t>((*numbers)[1]), (*numbers)[2]};
    const cache::Selection delegations{.type = dns::Type::ns};
    bool is_full = false;
    for (std::size_t step = 0; at && !is_full && items.is_empty() && step < steps_max; ++step) {
        at = world.cache
                 .walk(
                     delegations, *at, world.now,
                     [&](std::span<const cache::KeptEntry> together) {
                         for (const cache::KeptEntry& entry : together) {  // one of a name
                             if (entry.kind() == cache::Kind::delegation) {
                                 is_full = !items.add(
                                     json_of(servers_of(entry.delegation(), world), world));
                             }
                         }
                         return !is_full;
                     },
                     entries_max)
                 .next;
    }
    if (!at) {
        return done(items.text("servers"));
    }
    return page(items.text("servers"), std::array<std::uint64_t, 3>{zone, at->part, at->place});
}

}  // namespace

ZoneServers servers_of(const cache::Delegation& delegation, const VerbWorld& world) {
    ZoneServers made{.zone = delegation.zone, .source = "delegation"};
    for (const cache::NameServer& server : delegation.servers) {
        add_server(server, world, made);
    }
    return made;
}

ZoneServers zone_servers_of(const dns::Name& name, const VerbWorld& world) {
    const Config::Zone* forward = deepest(world.config.forward, name);
    const Config::Zone* stub = deepest(world.config.stub, name);
    const bool is_forward = forward != nullptr && (stub == nullptr || forward->zone.view().size() >=
                                                                          stub->zone.view().size());
    const Config::Zone* zone = is_forward ? forward : stub;
    const auto known = world.cache.closest_delegation(name, world.now);
    const bool is_deeper =
        known &&
        (zone == nullptr || (!is_forward && known->zone.view().size() > zone->zone.view().size()));
    if (is_deeper) {
        return servers_of(*known, world);
    }
    if (zone != nullptr) {
        return configured(*zone, is_forward ? "forward" : "stub");
    }
    return {.zone = dns::Name(), .source = "root"};
}

std::vector<Json> json_of(const ZoneServers& zone, const VerbWorld& world) {
    std::vector<Json> all;
    for (const ZoneServers::Server& server : zone.servers) {
        all.push_back(json_of(zone, server, world));
    }
    for (const dns::Name& name : zone.unknown) {
        all.push_back({{"zone", to_text(zone.zone.view())},
                       {"source", zone.source},
                       {"name", to_text(name.view())},
                       {"address", nullptr},
                       {"known", false}});
    }
    return all;
}

std::string waits_for(const ZoneServers& zone, const VerbWorld& world) {
    std::size_t quiet = 0;
    for (const ZoneServers::Server& server : zone.servers) {
        const cache::ServerRecord known = world.servers.find(server.address, zone.zone, world.now);
        quiet += known.silent || known.quiet_until > world.now ? 1U : 0U;
    }
    if (zone.source == "root") {
        return "the root's servers";
    }
    if (zone.servers.empty()) {
        return fmt::format("the addresses of {} servers", zone.unknown.size());
    }
    return quiet == 0 ? fmt::format("{} servers", zone.servers.size())
                      : fmt::format("{} servers, {} of them quiet", zone.servers.size(), quiet);
}

LinkReply list_servers(const LinkRequest& request, VerbWorld& world) {
    if (request.arguments.empty()) {
        return all_servers(request, world);
    }
    if (request.arguments.size() > 1) {
        return refused("servers wants nothing or one zone: servers [ZONE]");
    }
    const auto zone = name_argument(request.arguments[0]);
    if (!zone) {
        return refused(zone.error());
    }
    JsonPage items;
    items.add(json_of(zone_servers_of(*zone, world), world));
    return done(items.text("servers"));
}

LinkReply show_delegation(const LinkRequest& request, VerbWorld& world) {
    if (request.arguments.size() != 1) {
        return refused("delegation wants one name: delegation NAME");
    }
    const auto name = name_argument(request.arguments[0]);
    if (!name) {
        return refused(name.error());
    }
    const auto known = world.cache.closest_delegation(*name, world.now);
    if (!known) {
        return done(json_text({{"zone", "."}, {"known", false}}));
    }
    Json servers = Json::array();
    for (const cache::NameServer& server : known->servers) {
        Json glue = Json::array();
        for (const IpAddress& address : server.glue) {
            glue.push_back(address.to_text());
        }
        servers.push_back({{"name", to_text(server.name.view())}, {"glue", std::move(glue)}});
    }
    Json ds = Json::array();
    if (known->ds) {
        for (std::string& line : records_of(known->ds)) {
            ds.push_back(std::move(line));
        }
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::seconds>(known->expires_at - world.now);
    return done(json_text({{"zone", to_text(known->zone.view())},
                           {"known", true},
                           {"ttl", left.count()},
                           {"servers", std::move(servers)},
                           {"ds", std::move(ds)},
                           {"ds_denied", known->ds_denied}}));
}

}  // namespace wend
