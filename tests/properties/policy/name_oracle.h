// What rules say of a name, word for word as RFC 4592 and the meaning of lists have it: slow and
// obvious.
#pragma once
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "dns/name.h"
#include "policy/book/book.h"

namespace wend::policy {

struct Verdictlet {
    bool important = false;
    bool is_below = false;
    std::size_t labels = 0;
    std::size_t line = 0;

    bool operator==(const Verdictlet&) const = default;
};

// The names that exist in a response policy zone with these owners, empty ones too.
inline std::set<dns::Name, dns::CanonicalLess> existing(const std::vector<Rule>& rules) {
    std::set<dns::Name, dns::CanonicalLess> names;
    for (const Rule& rule : rules) {
        for (dns::NameView at = rule.name; !at.is_root(); at = at.parent()) {
            names.insert(dns::Name(at));
        }
    }
    return names;
}

inline bool covers(const Rule& rule, Covers what) {
    return (static_cast<unsigned>(rule.covers) & static_cast<unsigned>(what)) != 0;
}

// Of the rules at that name, the first in the text.
inline const Rule* rule_at(const std::vector<Rule>& rules, dns::NameView name, Covers what) {
    const Rule* first = nullptr;
    for (const Rule& rule : rules) {
        if (rule.name == name && covers(rule, what) &&
            (first == nullptr || rule.line < first->line)) {
            first = &rule;
        }
    }
    return first;
}

inline std::optional<Verdictlet> zone_says(const std::vector<Rule>& rules, dns::NameView name) {
    if (const Rule* const own = rule_at(rules, name, Covers::name)) {
        return Verdictlet{false, false, name.label_count(), own->line};
    }
    const auto names = existing(rules);
    if (names.contains(dns::Name(name))) {
        return std::nullopt;  // it exists, without such data
    }
    dns::NameView closest = name;
    while (!closest.is_root() && !names.contains(dns::Name(closest))) {
        closest = closest.parent();
    }
    const Rule* const wildcard =
        closest.is_root() ? nullptr : rule_at(rules, closest, Covers::below);
    return wildcard == nullptr
               ? std::nullopt
               : std::optional(Verdictlet{false, true, closest.label_count(), wildcard->line});
}

// Whether a rule covers the name, and whether an important one does.
inline std::optional<bool> list_says(const std::vector<Rule>& rules, dns::NameView name) {
    std::optional<bool> important;
    for (const Rule& rule : rules) {
        const bool fits = (rule.name == name && covers(rule, Covers::name)) ||
                          (!(rule.name == name) && name.is_subdomain_of(rule.name) &&
                           covers(rule, Covers::below));
        if (fits) {
            important = important.value_or(false) || rule.important;
        }
    }
    return important;
}

}  // namespace wend::policy
