// Which servers a zone is asked of, and what is known of them.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/address.h"
#include "cache/cache.h"
#include "dns/name.h"
#include "server/verbs/verbs.h"

namespace wend {

// Of one zone; more are left out.
inline constexpr std::size_t zone_servers_max = 64;

struct ZoneServers {
    struct Server {
        std::string name;  // in presentation form; empty: configured by its address
        Endpoint address;
    };

    dns::Name zone;
    std::string source;  // "delegation", "forward", "stub", or "root" where nothing else is known
    std::vector<Server> servers{};
    std::vector<dns::Name> unknown{};  // server names without a known address
};

// What is asked for names like this: the deepest configured zone, or the deepest known delegation
// where that is deeper.
ZoneServers zone_servers_of(const dns::Name& name, const VerbWorld& world);

// The addresses of a delegation: its glue, and what the cache has.
ZoneServers servers_of(const cache::Delegation& delegation, const VerbWorld& world);

// One object for each server, as `servers` says it.
std::vector<nlohmann::ordered_json> json_of(const ZoneServers& zone, const VerbWorld& world);

// "example.com.: 2 of 4 servers quiet"
std::string waits_for(const ZoneServers& zone, const VerbWorld& world);

}  // namespace wend
