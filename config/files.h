// The files that a configuration is read from, and names.
#pragma once
#include <expected>
#include <optional>
#include <string>

#include "config/config.h"

namespace wend {

// The file's configuration, or the default one without a file. The error is one line, or a line for
// each mistake.
std::expected<Config, std::string> load_config(const std::optional<std::string>& path);

// A whole file of at most 4 MiB; the error is one sentence.
std::expected<std::string, std::string> read_file(const std::string& path);

}  // namespace wend
