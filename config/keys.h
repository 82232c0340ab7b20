// The one table of configuration keys: what each is called, where its value goes and how it is
// written, when a change of it holds, and what a change makes untrue. Reading, `wend plan`, the
// documentation and the tests all go by it.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/json_tree.h"
#include "config/values.h"

namespace wend {

// When a changed value holds.
enum class Applies : std::uint8_t {
    live,     // from a reload on, for queries that come then
    restart,  // when the process is started again
};

// What a change of a value makes untrue of what is kept; plan_of() says which zones.
enum class Untrue : std::uint8_t {
    nothing,
    failures,        // what could not be resolved might be now, or the other way round
    zone_data,       // at and below the zones whose servers are named otherwise
    negative_trust,  // what validated, or did not, at and below the zones named otherwise
    trust,           // what validated, or did not
    root_servers,    // the root's name servers
};

// "live", "restart".
std::string_view describe(Applies applies);
// "what failed": what a reload that changes the key flushes; empty for nothing.
std::string_view describe(Untrue untrue);

template <class Target>
struct ConfigKey {
    std::string_view path;  // "upstream.port"
    void (*set)(const JsonNode& node, Target& target, ConfigContext& context);
    std::string (*get)(const Target& target);  // JSON text on one line
    Applies applies = Applies::live;
    Untrue untrue = Untrue::nothing;
};

// In the order of etc/wend.json. "$schema", which is for editors, has no value: null.
std::span<const ConfigKey<Config>> config_keys();
// Of one element of "forward" and "stub".
std::span<const ConfigKey<Config::Zone>> zone_keys();
// Of one element of "dnssec.negative-anchors".
std::span<const ConfigKey<Config::NegativeAnchor>> negative_anchor_keys();

// Null where there is no such key.
const ConfigKey<Config>* find_key(std::string_view path);

// The paths of all keys, and of the sections that they stand in.
std::vector<std::string_view> key_and_section_paths();

// Calls the setter of each member of `object`; unknown and repeated keys are mistakes.
template <class Target>
void read_members(const JsonNode& object, std::string_view prefix,
                  std::span<const ConfigKey<Target>> keys, Target& target, ConfigContext& context);

// The path among `known` that `path` was most likely meant to be. Not for an empty list.
std::string_view nearest_key(std::string_view path, std::span<const std::string_view> known);

}  // namespace wend
