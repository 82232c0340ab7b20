// From a configuration to what the resolver is told, files included.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "resolver/resolver.h"
#include "server/config.h"

namespace wend {

// The file's configuration, or the default one without a file. The error is one line, or a line for
// each mistake.
std::expected<Config, std::string> load_config(const std::optional<std::string>& path);

// Reads the root hints: the built-in ones, the file's, or the lab's. The error is one sentence.
std::expected<ResolverOptions, std::string> resolver_options(const Config& config, bool lab);

// NS records of the root and addresses of their servers, in zone-file form; `file` is for errors.
std::expected<ConfiguredZone, std::string> read_hints(std::string_view text,
                                                      const std::string& file);

// Each of our own addresses that `listen` reaches, as a network of one address. Without loopback,
// which the configuration rules out by default and may allow: a forwarder may run on this host.
std::vector<Prefix> own_addresses(const std::vector<Endpoint>& listen);

// Those that `options` forward or stub: what policy::LocalZones yields to.
std::vector<dns::Name> configured_zones(const ResolverOptions& options);

// A whole file of at most 4 MiB; the error is one sentence.
std::expected<std::string, std::string> read_file(const std::string& path);

}  // namespace wend
