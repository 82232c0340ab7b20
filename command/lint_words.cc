#include "command/lint_words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/plan_text.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Finding& finding, Severity severity) {
    return Json::parse(finding_json(finding, severity));
}

}  // namespace

std::vector<std::string> finding_lines(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    for (const Finding& finding : findings) {
        lines.push_back(to_text(finding));
        if (const LintRule* const rule = find_rule(finding.id)) {
            lines.push_back(fmt::format("    {}", rule->remedy));
        }
    }
    return lines;
}

std::string check_json(const std::string& file, const std::vector<Finding>& mistakes,
                       const std::vector<Finding>& findings) {
    Json json = {{"file", file}, {"mistakes", Json::array()}, {"findings", Json::array()}};
    for (const Finding& mistake : mistakes) {
        json["mistakes"].push_back(json_of(mistake, Severity::error));
    }
    for (const Finding& finding : findings) {
        json["findings"].push_back(json_of(finding, finding.severity()));
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace wend
