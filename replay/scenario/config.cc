#include "replay/scenario/config.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <span>

#include <fmt/format.h>

#include "replay/scenario/lines.h"
#include "replay/scenario/meanings.h"

namespace wend::sim {

namespace {

const ConfigMeaning* meaning_of(const ConfigOption& option) {
    const auto fits = [&](const ConfigMeaning& meaning) {
        return meaning.clause == option.clause && (meaning.key == option.key || meaning.key == "*");
    };
    const std::span<const ConfigMeaning> table = config_meanings();
    const auto found = std::ranges::find_if(table, fits);
    return found == table.end() ? nullptr : &*found;
}

// "serve-expired: no" asks for nothing.
bool is_off(const ConfigOption& option) {
    static constexpr std::array<std::string_view, 5> words = {"no", "off", "false", "0", ""};
    return std::ranges::find(words, option.values.front()) != words.end();
}

// Keys that say whether the scenario's own tool has a defence that wend always has.
constexpr std::array<std::string_view, 4> defences = {
    "harden-below-nxdomain", "harden-dnssec-stripped", "harden-glue", "iter-scrub-promiscuous"};

void note_defence(SettingsReader& reader, const ConfigOption& option) {
    const bool is_defence = std::ranges::find(defences, option.key) != defences.end();
    const std::string feature = option.key + "-off";
    std::vector<std::string>& without = reader.settings.without;
    std::erase(without, feature);  // the last word counts
    if (is_defence && is_off(option)) {
        without.push_back(feature);
    }
}

void apply(SettingsReader& reader, const ConfigOption& option) {
    const ConfigMeaning* meaning = meaning_of(option);
    if (meaning == nullptr) {
        reader.fail(option, fmt::format("\"{}\" is not a known option", option.key));
        return;
    }
    if (!meaning->feature.empty() && !is_off(option)) {
        reader.need(meaning->feature);
    }
    note_defence(reader, option);
    if (meaning->apply != nullptr) {
        meaning->apply(reader, option);
    }
}

// What its steps ask for beyond its configuration.
void add_needs_of_steps(SettingsReader& reader, const Scenario& scenario) {
    for (const Step& step : scenario.steps) {
        if (step.type == StepType::check_autotrust) {
            reader.need("autotrust");
        } else if (step.type == StepType::check_temp_file) {
            reader.need("zone files that are written");
        } else if (step.type == StepType::expire_message) {
            reader.need("serve-expired");
        }
        if (step.entry && !step.entry->tsig_key.empty()) {
            reader.need("TSIG");
        }
    }
}

void set_defaults(ScenarioSettings& settings, Dialect dialect) {
    if (dialect == Dialect::unbound) {
        settings.minimise_qname = true;
        settings.access = {{.clients = *Prefix::from_text("127.0.0.0/8")},
                           {.clients = *Prefix::from_text("::1/128")}};
        return;
    }
    settings.access = {{.clients = *Prefix::from_text("0.0.0.0/0")},
                       {.clients = *Prefix::from_text("::/0")}};
    settings.looked_up = {dns::name_of("test.")};
    settings.udp_reply_max = 4'096;
}

// A stub for the root is its hints.
void take_root_hints(ScenarioSettings& settings) {
    std::erase_if(settings.zones, [&](const ConfiguredServers& servers) {
        if (servers.forward || !servers.zone.view().is_root()) {
            return false;
        }
        settings.root_hints.insert(settings.root_hints.end(), servers.addresses.begin(),
                                   servers.addresses.end());
        return true;
    });
}

}  // namespace

std::expected<ScenarioSettings, ScenarioError> settings_of(const Scenario& scenario) {
    SettingsReader reader;
    set_defaults(reader.settings, scenario.dialect);
    for (const ConfigOption& option : scenario.options) {
        apply(reader, option);
    }
    add_needs_of_steps(reader, scenario);
    take_root_hints(reader.settings);
    if (reader.error) {
        return std::unexpected(*reader.error);
    }
    return std::move(reader.settings);
}

}  // namespace wend::sim
