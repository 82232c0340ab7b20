// The config part of a scenario: Unbound's clauses and tokens, or Deckard's plain keys.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "replay/scenario/lines.h"

namespace wend::sim {

namespace {

constexpr std::array<std::string_view, 14> clause_words = {
    "server", "stub-zone",      "forward-zone", "auth-zone", "rpz",      "view",  "cachedb",
    "python", "remote-control", "dynlib",       "dnstap",    "dnscrypt", "ipset", "redis",
};

struct ValueCount {
    std::string_view key;
    std::size_t values;
};

// How many values follow a key; one where nothing is said.
constexpr std::array<ValueCount, 11> value_counts = {{
    {"local-zone", 2},
    {"access-control", 2},
    {"access-control-view", 2},
    {"access-control-tag", 2},
    {"local-zone-tag", 2},
    {"response-ip", 2},
    {"response-ip-data", 2},
    {"edns-client-string", 2},
    {"local-zone-override", 3},
    {"access-control-tag-action", 3},
    {"access-control-tag-data", 3},
}};

std::size_t values_of(std::string_view key) {
    const auto* row = std::ranges::find(value_counts, key, &ValueCount::key);
    return row == value_counts.end() ? 1 : row->values;
}

bool is_clause(std::string_view word) {
    return word.ends_with(':') &&
           std::ranges::find(clause_words, word.substr(0, word.size() - 1)) != clause_words.end();
}

struct ConfigToken {
    std::string_view text;
    bool quoted = false;
};

// The next token of unbound.conf; '#' outside quotes ends the line. Empty and not quoted: the end.
ConfigToken take_config_token(std::string_view& line) {
    line = trimmed(line);
    if (line.empty() || line.front() == '#') {
        line = {};
        return {};
    }
    if (line.front() == '"' || line.front() == '\'') {
        const std::size_t end = std::min(line.find(line.front(), 1), line.size());
        const ConfigToken token{.text = line.substr(1, end - 1), .quoted = true};
        line.remove_prefix(std::min(end + 1, line.size()));
        return token;
    }
    const std::size_t end = std::min(line.find_first_of(" \t#"), line.size());
    const ConfigToken token{.text = line.substr(0, end)};
    line.remove_prefix(end);
    return token;
}

// Reads the token stream of unbound.conf, in which an option's values may stand on later lines.
class UnboundOptions {
  public:
    explicit UnboundOptions(ScenarioReader& reader) : reader_(reader) {}

    bool read_line(std::string_view line) {
        while (true) {
            const ConfigToken token = take_config_token(line);
            if (token.text.empty() && !token.quoted) {
                return true;
            }
            if (!take(token)) {
                return false;
            }
        }
    }

    bool take(const ConfigToken& token) {
        if (wanted_ > 0) {
            options().back().values.emplace_back(token.text);
            --wanted_;
            return true;
        }
        const std::size_t colon = token.text.find(':');
        if (token.quoted || colon == std::string_view::npos) {
            return reader_.fail(
                fmt::format("\"{}\" is neither an option nor a clause", token.text));
        }
        if (is_clause(token.text)) {
            clause_ = token.text.substr(0, colon);
            ++instance_;
            return true;
        }
        return begin_option(token.text.substr(0, colon), token.text.substr(colon + 1));
    }

    bool end() {
        if (wanted_ > 0) {
            return reader_.fail_at(options().back().line,
                                   fmt::format("\"{}\" has no value", options().back().key));
        }
        return true;
    }

  private:
    bool begin_option(std::string_view key, std::string_view value) {
        if (clause_.empty()) {
            return reader_.fail(fmt::format("\"{}\" stands before any clause", key));
        }
        options().push_back({.clause = clause_,
                             .instance = instance_,
                             .key = std::string(key),
                             .values = {},
                             .line = reader_.lines.number()});
        wanted_ = values_of(key);
        return value.empty() || take({.text = value});
    }

    std::vector<ConfigOption>& options() { return reader_.scenario.options; }

    ScenarioReader& reader_;
    std::string clause_;
    std::size_t instance_ = 0;
    std::size_t wanted_ = 0;  // values that the last option still misses
};

bool read_temp_file(ScenarioReader& reader, std::string_view id, bool autotrust) {
    TempFile file{
        .id = std::string(id), .body = {}, .autotrust = autotrust, .line = reader.lines.number()};
    if (id.empty()) {
        return reader.fail("a temp file has no id");
    }
    const std::string_view end = autotrust ? "AUTOTRUST_END" : "TEMPFILE_END";
    while (const auto line = reader.lines.next()) {
        if (trimmed(*line).starts_with(end)) {
            reader.scenario.temp_files.push_back(std::move(file));
            return true;
        }
        file.body.append(*line).push_back('\n');
    }
    return reader.fail_at(file.line, fmt::format("a temp file has no {}", end));
}

// TEMPFILE_NAME gives the value of the option before it; AUTOTRUST_FILE is an option by itself.
bool read_directive(ScenarioReader& reader, UnboundOptions& options, std::string_view line,
                    bool& known) {
    std::string_view rest = line;
    const std::string_view word = take_word(rest);
    known = true;
    if (word == "TEMPFILE_CONTENTS") {
        return read_temp_file(reader, rest, false);
    }
    if (word == "TEMPFILE_NAME") {
        const std::string name = std::string(temp_file_prefix).append(rest);
        return options.take({.text = name, .quoted = true});
    }
    if (word == "AUTOTRUST_FILE") {
        reader.scenario.options.push_back({.clause = "server",
                                           .instance = 0,
                                           .key = "auto-trust-anchor-file",
                                           .values = {std::string(temp_file_prefix).append(rest)},
                                           .line = reader.lines.number()});
        return read_temp_file(reader, rest, true);
    }
    known = word == "COMMANDLINE";
    return true;
}

bool read_unbound_options(ScenarioReader& reader) {
    UnboundOptions options(reader);
    while (const auto line = reader.lines.next()) {
        const std::string_view text = trimmed(*line);
        if (text.starts_with("CONFIG_END")) {
            return options.end();
        }
        if (is_blank_or_comment(text, ";#")) {
            continue;
        }
        bool known = false;
        if (!read_directive(reader, options, text, known)) {
            return false;
        }
        if (!known && !options.read_line(text)) {
            return false;
        }
    }
    return reader.fail("the config part has no CONFIG_END");
}

std::string_view unquoted(std::string_view value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        return value.substr(1, value.size() - 2);
    }
    return value;
}

bool read_deckard_options(ScenarioReader& reader) {
    while (const auto line = reader.lines.next()) {
        if (trimmed(*line).starts_with("CONFIG_END")) {
            return true;
        }
        const std::string_view text = without_comment(*line, "#");
        const std::size_t colon = text.find(':');
        if (is_blank_or_comment(text, ";") || colon == std::string_view::npos) {
            continue;
        }
        const std::string_view key = trimmed(text.substr(0, colon));
        const std::string_view value = unquoted(trimmed(text.substr(colon + 1)));
        reader.scenario.options.push_back({.clause = {},
                                           .instance = 0,
                                           .key = std::string(key),
                                           .values = {std::string(value)},
                                           .line = reader.lines.number()});
    }
    return reader.fail("the config part has no CONFIG_END");
}

// A clause word in the config part is Unbound's; keys without one are Deckard's.
Dialect dialect_of(ScenarioLines lines) {
    bool keys = false;
    while (const auto line = lines.next()) {
        const std::string_view text = trimmed(*line);
        if (text.starts_with("CONFIG_END")) {
            break;
        }
        if (is_blank_or_comment(text, ";#")) {
            continue;
        }
        std::string_view rest = text;
        if (is_clause(take_config_token(rest).text)) {
            return Dialect::unbound;
        }
        keys = keys || text.contains(':');
    }
    return keys ? Dialect::deckard : Dialect::unbound;
}

}  // namespace

bool read_config_part(ScenarioReader& reader) {
    reader.scenario.dialect = dialect_of(reader.lines);
    return reader.is_deckard() ? read_deckard_options(reader) : read_unbound_options(reader);
}

}  // namespace wend::sim
