// The texts that a configuration is read from: its file, then the files that "include" names, in
// the order of their names. Objects merge, anything else replaces what came before.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/json_tree.h"
#include "config/lint_rules.h"

namespace wend {

inline constexpr std::size_t included_files_max = 256;

// A value that a later file gives otherwise.
struct SetTwice {
    std::string path;  // of the key
    Place first{};
    Place second{};  // which holds
};

struct ConfigSources {
    std::string directory;  // of the configuration; paths in all of its files start there
    std::vector<std::string>
        files{};      // Place::file counts in these; the first is the configuration
    JsonNode root{};  // an object: all of them merged
    std::vector<SetTwice> twice{};
};

// Errors are what cannot be read or is not well formed. What the keys mean is config_of()'s to
// judge.
std::expected<ConfigSources, std::vector<Finding>> read_sources(const std::string& path);

// The place of a key's value; empty where no text gives it.
std::string place_of_value(const ConfigSources& sources, std::string_view path);

// "FILE:LINE:COLUMN".
std::string place_text(const ConfigSources& sources, Place place);

Finding finding_of(const ConfigSources& sources, const Mistake& mistake);

}  // namespace wend
