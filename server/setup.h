// From a configuration to what the resolver is told, files included.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "dns/name.h"
#include "resolver/resolver.h"
#include "server/sandbox.h"

namespace wend {

// Reads the root hints: the built-in ones, the file's, or the sandbox's. Null: no sandbox. The
// error is one sentence.
std::expected<ResolverOptions, std::string> resolver_options(const Config& config,
                                                             const Sandbox* sandbox);

// NS records of the root and addresses of their servers, in zone-file form; `file` is for errors.
std::expected<ConfiguredZone, std::string> read_hints(std::string_view text,
                                                      const std::string& file);

// Those that `options` forward or stub: what policy::LocalZones yields to.
std::vector<dns::Name> configured_zones(const ResolverOptions& options);

}  // namespace wend
