// The built-in root hints: where a resolver that knows nothing begins (RFC 8109 2).
#pragma once
#include <vector>

#include "cache/cache.h"
#include "resolver/resolver.h"

namespace wend {

// The thirteen root servers, each with its IPv4 and its IPv6 address, port 53 (IANA's named.root).
const ConfiguredZone& built_in_root_hints();

// Gives those of `servers` that have no glue the addresses that `hints` know for their names.
void add_hinted_glue(std::vector<cache::NameServer>& servers, const ConfiguredZone& hints);

}  // namespace wend
