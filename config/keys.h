// The one table of configuration keys: what each is called and where its value goes.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/json_tree.h"

namespace wend {

// Where setters leave their sentences.
struct ConfigContext {
    std::string directory;  // of the configuration file
    std::vector<Mistake> mistakes{};

    void add(const JsonNode& at, std::string text) {
        mistakes.push_back({at.place, std::move(text)});
    }
};

template <class Target>
struct ConfigKey {
    std::string_view path;  // "upstream.port"
    void (*set)(const JsonNode& node, Target& target, ConfigContext& context);
};

std::span<const ConfigKey<Config>> config_keys();
// Of one element of "forward" and "stub".
std::span<const ConfigKey<Config::Zone>> zone_keys();
// Of one element of "dnssec.negative-anchors".
std::span<const ConfigKey<Config::NegativeAnchor>> negative_anchor_keys();

// Calls the setter of each member of `object`; unknown and repeated keys are mistakes.
template <class Target>
void read_members(const JsonNode& object, std::string_view prefix,
                  std::span<const ConfigKey<Target>> keys, Target& target, ConfigContext& context);

// The path among `known` that `path` was most likely meant to be. Not for an empty list.
std::string_view nearest_key(std::string_view path, std::span<const std::string_view> known);

}  // namespace wend
