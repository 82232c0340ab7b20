// A plan as people and programs read it: for `wend plan`, for a reload's answer and for the door.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/lint_rules.h"
#include "config/plan.h"

namespace wend {

// Where the wanted value of a key stands, "wend.json:14:20"; empty: nowhere, it is the default.
using PlaceOfKey = std::function<std::string(std::string_view path)>;

// One element of a list, or one value.
struct PlanLine {
    enum class Sign : char { changed = '~', added = '+', removed = '-', waits = '!' };

    Sign sign = Sign::changed;
    std::string_view path;  // of the key
    std::string was;        // JSON text; empty for what is added
    std::string is;         // empty for what is removed
    std::string place;
    std::string effect;  // "live", "live, opens a socket", "needs a restart"
};

// Lists are told by what comes and what goes; a list in another order alone is one changed value.
std::vector<PlanLine> plan_lines(const Plan& plan, const PlaceOfKey& place);

// "~ cache.ttl-max 86400 -> 3600 (wend.json:14:20) live".
std::string to_text(const PlanLine& line);

// All lines of a plan: keys, then "would flush corp.example.", then a hint where changes leave
// things as they are stored. Empty for an empty plan. Without line ends.
std::vector<std::string> plan_text(const Plan& plan, const PlaceOfKey& place);

// {"changes": [...], "flushes": [...], "findings": [...], "needs-restart": false}: indented,
// without a final line end. Values are JSON values.
std::string plan_json(const Plan& plan, const PlaceOfKey& place,
                      const std::vector<Finding>& findings);

// {"place": ..., "severity": ..., "id": ..., "text": ..., "remedy": ...}, as JSON text. `severity`:
// an error for mistakes, whatever their rule says.
std::string finding_json(const Finding& finding, Severity severity);

}  // namespace wend
