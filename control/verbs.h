// What a running server can be asked and told: one table. The routes of the HTTP door, the help of
// `wend ctl`, completions and the man page come from it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace wend {

// Which process knows the answer.
enum class VerbPlace : std::uint8_t { control, server };

// How a reply that one message has no room for is told.
enum class VerbPaging : std::uint8_t {
    none,
    list,  // {"KEY": [...]}: parts of one list
    last,  // each part says how far it came; the last one is the answer
};

struct VerbSpec {
    std::string_view name;   // words with a blank between: "cache dump"
    std::string_view usage;  // of its arguments; empty: it takes none
    DoorScope scope;         // least one that may ask for it
    bool changes;            // the state of something: never by GET
    VerbPlace place;
    VerbPaging paging;
    std::string_view help;  // one line, without a full stop
    // The answer, or a part of a list, as text for people, each line with its end; `json` is its
    // JSON text. Nothing that could steer a terminal is in it. Nothing if it cannot be read.
    std::optional<std::string> (*text)(std::string_view json);
};

// In order of their names.
std::span<const VerbSpec> verbs();

// Null: there is none of that name.
const VerbSpec* find_verb_spec(std::string_view name);

struct FoundVerb {
    const VerbSpec* verb;
    std::size_t words;  // of `words`, which are its name
};

// The verb that the first of these words name; the longest name wins.
std::optional<FoundVerb> verb_at(std::span<const std::string> words);

// What somebody who typed this most likely meant, a name of the table; nothing if that is none.
std::optional<std::string_view> nearest_verb(std::string_view typed);

// "/v1/cache/dump".
std::string path_of(const VerbSpec& verb);

// The arguments as the verb's own handler wants them, who judges the rest: times in seconds. The
// error is a sentence.
std::expected<std::vector<std::string>, std::string> arguments_for(
    const VerbSpec& verb, std::vector<std::string> arguments);

// In seconds, how long the serving process may take for one message of the answer.
unsigned patience_of(const VerbSpec& verb);

// "  cache dump [--zone ZONE]   ...", a line for each verb, in two columns.
std::string verbs_help();

}  // namespace wend
