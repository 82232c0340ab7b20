// From JSON with comments to a Config. Each mistake carries its line and column.
#pragma once
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/json_tree.h"
#include "config/sources.h"

namespace wend {

// All mistakes, in the order of the text. Paths of files are relative to `directory`, where the
// configuration stands; those files must be readable.
std::expected<Config, std::vector<Mistake>> read_config(std::string_view text,
                                                        const std::string& directory);

// The same of a tree; its places are those of the mistakes.
std::expected<Config, std::vector<Mistake>> config_of(const JsonNode& root,
                                                      const std::string& directory);

// A configuration and the texts that it was read from.
struct LoadedConfig {
    Config config{};
    ConfigSources sources{};
};

// Reads the files too. Errors are the mistakes, in the order of the texts.
std::expected<LoadedConfig, std::vector<Finding>> load_config_file(const std::string& path);

// Reads the file too, and those that it includes. A mistake is one line:
// "FILE:LINE:COLUMN: sentence", or "FILE: sentence" if the file itself cannot be read.
std::expected<Config, std::vector<std::string>> read_config_file(const std::string& path);

// "256MiB", "64KiB", "1GiB"; nothing for anything else or over 2^63 - 1 octets.
std::optional<std::size_t> size_from_text(std::string_view text);

// In the largest of those units that says it exactly; less than 1KiB is cut off.
std::string size_to_text(std::size_t size);

}  // namespace wend
