#include "config/read.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "config/keys.h"
#include "config/rules.h"

namespace wend {
namespace {

constexpr std::array<std::string_view, 4> size_units = {"KiB", "MiB", "GiB", "TiB"};

}  // namespace

std::optional<std::size_t> size_from_text(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [unit_at, error] = std::from_chars(text.data(), end, number);
    const std::string_view unit(unit_at, static_cast<std::size_t>(end - unit_at));
    const auto* const found = std::ranges::find(size_units, unit);
    if (error != std::errc() || found == size_units.end()) {
        return std::nullopt;
    }
    const auto shift = static_cast<unsigned>(10 * (found - size_units.begin() + 1));
    constexpr std::uint64_t max = std::numeric_limits<std::int64_t>::max();
    if (number > max >> shift) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(number << shift);
}

std::string size_to_text(std::size_t size) {
    std::size_t number = size >> 10;
    std::size_t unit = 0;
    while (unit + 1 < size_units.size() && number != 0 && number % 1024 == 0) {
        number /= 1024;
        ++unit;
    }
    return fmt::format("{}{}", number, size_units[unit]);
}

std::expected<Config, std::vector<Mistake>> config_of(const JsonNode& root,
                                                      const std::string& directory) {
    Config config;
    ConfigContext context{.directory = directory};
    if (root.kind != JsonNode::Kind::object) {
        context.add(root, fmt::format("a configuration is an object, {{ ... }}, not {}",
                                      describe(root.kind)));
    } else {
        read_members(root, "", config_keys(), config, context);
    }
    if (context.mistakes.empty()) {
        check_together(config, root, context);
    }
    if (!context.mistakes.empty()) {
        std::ranges::sort(context.mistakes);
        return std::unexpected(std::move(context.mistakes));
    }
    return config;
}

std::expected<Config, std::vector<Mistake>> read_config(std::string_view text,
                                                        const std::string& directory) {
    const auto root = parse_json(text);
    if (!root) {
        return std::unexpected(std::vector<Mistake>{root.error()});
    }
    return config_of(*root, directory);
}

std::expected<LoadedConfig, std::vector<Finding>> load_config_file(const std::string& path) {
    auto sources = read_sources(path);
    if (!sources) {
        return std::unexpected(sources.error());
    }
    auto config = config_of(sources->root, sources->directory);
    if (config) {
        return LoadedConfig{std::move(*config), std::move(*sources)};
    }
    std::vector<Finding> mistakes;
    for (const Mistake& mistake : config.error()) {
        mistakes.push_back(finding_of(*sources, mistake));
    }
    return std::unexpected(std::move(mistakes));
}

std::expected<Config, std::vector<std::string>> read_config_file(const std::string& path) {
    auto loaded = load_config_file(path);
    if (loaded) {
        return std::move(loaded->config);
    }
    std::vector<std::string> lines;
    for (const Finding& mistake : loaded.error()) {
        lines.push_back(fmt::format("{}: {}", mistake.place, mistake.text));
    }
    return std::unexpected(std::move(lines));
}

}  // namespace wend
