// Answers of verbs as text for people: one record a line, columns that do not change, nothing that
// could steer a terminal. Pure. Nothing if `json` is not what the verb answers.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace wend {

// What is not printable ASCII as \DDD.
std::string for_terminal(std::string_view text);

// JSON text that says the same in printable ASCII on one line; nothing if it is none.
std::optional<std::string> printable_json(std::string_view json);

using VerbText = std::optional<std::string>;

VerbText text_of_members(std::string_view json);  // "key: value"
VerbText text_of_lines(std::string_view json);    // {"lines": [...]}
VerbText text_of_entries(std::string_view json);  // {"entries": [...]}
VerbText text_of_keys(std::string_view json);     // {"keys": [...]}
VerbText text_of_queries(std::string_view json);  // {"queries": [...]}
VerbText text_of_servers(std::string_view json);  // {"servers": [...]}
VerbText text_of_zones(std::string_view json);    // {"forward" or "stub": [...]}
VerbText text_of_anchors(std::string_view json);  // {"insecure": [...]}
VerbText text_of_tokens(std::string_view json);   // {"tokens": [...]}
VerbText text_of_new_token(std::string_view json);
VerbText text_of_delegation(std::string_view json);
VerbText text_of_flush(std::string_view json);
// A generation of the configuration, and what it changed.
VerbText text_of_reload(std::string_view json);
VerbText text_of_load(std::string_view json);
VerbText text_of_stats(std::string_view json);  // "name=value", a line each

}  // namespace wend
