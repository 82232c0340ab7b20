// What lint finds in the files that a configuration names.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/lint_rules.h"

namespace wend {

// Addresses of root servers that will never be asked: loopback and our own, or a family that is
// off. `text` is a file of hints, `file` its name.
std::vector<Finding> hint_findings(const Config& config, std::string_view text,
                                   const std::string& file);

// Anchors that can be right and yet do not do what they seem to. `text` is a file of anchors.
std::vector<Finding> anchor_file_findings(const Config& config, std::string_view text,
                                          const std::string& file);

// Both, of the files that `config` names. What cannot be read any more is left out: it was told as
// a mistake.
std::vector<Finding> file_findings(const Config& config);

}  // namespace wend
