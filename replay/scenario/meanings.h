// The one table from configuration keys to their meaning: what a key sets, or which feature it
// needs that wend does not have. A feature that arrives takes its name out of the table.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "replay/scenario/config.h"

namespace wend::sim {

struct SettingsReader {
    ScenarioSettings settings;
    std::optional<ScenarioError> error;
    // Which of settings.zones a clause describes, by its instance.
    std::map<std::size_t, std::size_t> zones;

    // The first mistake counts.
    void fail(const ConfigOption& option, std::string message);
    // Adds a feature once.
    void need(std::string_view feature);
    // The stub or forward zone that the option's clause describes.
    ConfiguredServers& servers(const ConfigOption& option);
};

struct ConfigMeaning {
    std::string_view clause;
    std::string_view key;      // "*": any
    std::string_view feature;  // needed, unless the value is "no"; empty: none
    void (*apply)(SettingsReader& reader, const ConfigOption& option) = nullptr;
};

// The first row that fits counts.
std::span<const ConfigMeaning> config_meanings();

}  // namespace wend::sim
