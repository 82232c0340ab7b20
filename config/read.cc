#include "config/read.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "config/keys.h"
#include "config/rules.h"

namespace wend {
namespace {

constexpr std::array<std::string_view, 4> size_units = {"KiB", "MiB", "GiB", "TiB"};
constexpr std::size_t config_octets_max = std::size_t{4} << 20;

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

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

std::expected<Config, std::vector<Mistake>> read_config(std::string_view text,
                                                        const std::string& directory) {
    auto root = parse_json(text);
    if (!root) {
        return std::unexpected(std::vector<Mistake>{std::move(root.error())});
    }
    Config config;
    ConfigContext context{.directory = directory};
    if (root->kind != JsonNode::Kind::object) {
        context.add(*root, fmt::format("a configuration is an object, {{ ... }}, not {}",
                                       describe(root->kind)));
    } else {
        read_members(*root, "", config_keys(), config, context);
    }
    if (context.mistakes.empty()) {
        check_together(config, *root, context);
    }
    if (!context.mistakes.empty()) {
        std::ranges::sort(context.mistakes);
        return std::unexpected(std::move(context.mistakes));
    }
    return config;
}

std::expected<Config, std::vector<std::string>> read_config_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(config_octets_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.eof() || file.bad() || file.gcount() == 0) {
        const char* why = file.eof() ? "is empty" : "cannot be read";
        if (file.is_open() && file.good()) {
            why = "is over 4 MiB";
        }
        return std::unexpected(std::vector{fmt::format("{}: the file {}", path, why)});
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    auto config = read_config(text, directory_of(path));
    if (config) {
        return std::move(*config);
    }
    std::vector<std::string> lines;
    for (const Mistake& mistake : config.error()) {
        lines.push_back(fmt::format("{}:{}:{}: {}", path, mistake.place.line, mistake.place.column,
                                    mistake.text));
    }
    return std::unexpected(std::move(lines));
}

}  // namespace wend
