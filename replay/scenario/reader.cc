#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/edit_distance.h"
#include "replay/scenario/lines.h"
#include "replay/scenario/scenario.h"

namespace wend::sim {

namespace {

bool read_title(ScenarioReader& reader) {
    while (const auto line = reader.lines.next()) {
        if (is_blank_or_comment(*line, ";#")) {
            continue;
        }
        std::string_view rest = *line;
        if (take_word(rest) != "SCENARIO_BEGIN") {
            return reader.fail("SCENARIO_BEGIN was expected after CONFIG_END");
        }
        if (rest.empty()) {
            return reader.fail("SCENARIO_BEGIN has no title");
        }
        reader.scenario.title = rest;
        return true;
    }
    return reader.fail("the file has no SCENARIO_BEGIN");
}

// The word that begins a block or ends the file, if `word` is one of them with a slip or two in it.
std::optional<std::string_view> misspelt(std::string_view word) {
    static constexpr std::array<std::string_view, 3> words = {"STEP", "RANGE_BEGIN",
                                                              "SCENARIO_END"};
    constexpr std::size_t slips_max = 2;
    if (word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view nearest = nearest_word(word, words);
    return edit_distance(word, nearest) <= slips_max ? std::optional(nearest) : std::nullopt;
}

// One line between the blocks.
bool read_block(ScenarioReader& reader, std::string_view line) {
    std::string_view rest = line;
    const std::string_view word = take_word(rest);
    if (word == "RANGE_BEGIN") {
        return read_range(reader, rest);
    }
    if (word == "STEP") {
        return read_step(reader, rest);
    }
    if (const auto meant = misspelt(word)) {
        return reader.fail(
            fmt::format("\"{}\" begins no block; the nearest word is {}", word, *meant));
    }
    // Unbound's own reader passes over whatever else stands between blocks, and files rely on it.
    return !reader.is_deckard() ||
           reader.fail(fmt::format("\"{}\" is neither a RANGE_BEGIN nor a STEP", line));
}

bool read_scenario_part(ScenarioReader& reader) {
    while (const auto line = reader.lines.next()) {
        const std::string_view text = trimmed(*line);
        if (is_blank_or_comment(text, ";")) {
            continue;
        }
        if (text.starts_with("SCENARIO_END")) {
            return true;
        }
        if (!read_block(reader, text)) {
            return false;
        }
    }
    return reader.fail("the file has no SCENARIO_END");
}

}  // namespace

bool Range::serves(const Endpoint& server) const {
    return addresses.empty() || std::ranges::find(addresses, server) != addresses.end();
}

std::expected<Scenario, ScenarioError> read_scenario(std::string_view text) {
    ScenarioReader reader(text);
    if (read_config_part(reader) && read_title(reader) && read_scenario_part(reader)) {
        return std::move(reader.scenario);
    }
    return std::unexpected(*reader.error);
}

}  // namespace wend::sim
