// The built-in root hints: where a resolver that knows nothing begins (RFC 8109 2).
#pragma once
#include "resolver/resolver.h"

namespace wend {

// The thirteen root servers, each with its IPv4 and its IPv6 address, port 53 (IANA's named.root).
const ConfiguredZone& built_in_root_hints();

}  // namespace wend
