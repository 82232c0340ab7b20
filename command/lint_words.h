// What lint finds, in lines for people and as JSON for programs.
#pragma once
#include <string>
#include <vector>

#include "config/lint_rules.h"

namespace wend {

// Two lines each: the finding, and indented what to do. Without line ends.
std::vector<std::string> finding_lines(const std::vector<Finding>& findings);

// {"file": ..., "mistakes": [...], "findings": [...]}, each with place, text, severity, id and, of
// a rule, remedy. Indented, without a final line end.
std::string check_json(const std::string& file, const std::vector<Finding>& mistakes,
                       const std::vector<Finding>& findings);

}  // namespace wend
