// What lint looks for, one table: from it come the words of `wend check`, docs/lint.md and the ids
// that lint.ignore may name. An id never changes its meaning.
#pragma once
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wend {

enum class Severity : std::uint8_t {
    hint,     // may be meant so
    warning,  // works, but hardly as it was meant
    error,    // cannot be served with
};

// "warning".
std::string_view describe(Severity severity);

struct LintRule {
    std::string_view id;  // "open-resolver"
    Severity severity = Severity::warning;
    std::string_view finds;   // a clause: what is so
    std::string_view remedy;  // a sentence: what to do
};

// In the order of their ids.
std::span<const LintRule> lint_rules();

// Null where there is no such rule.
const LintRule* find_rule(std::string_view id);

// Something that a rule found.
struct Finding {
    std::string place;      // "FILE:LINE:COLUMN" or "FILE"; empty: the defaults
    std::string text;       // one sentence, without a full stop
    std::string_view id{};  // of its rule; empty for what cannot be read at all: an error

    auto operator<=>(const Finding&) const = default;

    Severity severity() const;
};

// "wend.json:3:5: warning: 0.0.0.0/0 may ask [open-resolver]".
std::string to_text(const Finding& finding);

}  // namespace wend
