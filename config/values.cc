#include "config/values.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/un.h>
#include <unistd.h>

#include "base/date.h"
#include "config/read.h"

namespace wend::value {
namespace {

using Kind = JsonNode::Kind;
using Context = ConfigContext;

template <class Value>
using Word = std::pair<std::string_view, Value>;

constexpr std::array<Word<LogLevel>, 5> levels = {{{"debug", LogLevel::debug},
                                                   {"info", LogLevel::info},
                                                   {"warning", LogLevel::warning},
                                                   {"error", LogLevel::error},
                                                   {"off", LogLevel::off}}};
constexpr std::array<Word<DoorScope>, 5> scopes = {{{"metrics", DoorScope::metrics},
                                                    {"read", DoorScope::read},
                                                    {"read-names", DoorScope::read_names},
                                                    {"operate", DoorScope::operate},
                                                    {"admin", DoorScope::admin}}};
constexpr std::array<Word<policy::RateMode>, 3> modes = {{{"off", policy::RateMode::off},
                                                          {"shadow", policy::RateMode::shadow},
                                                          {"enforce", policy::RateMode::enforce}}};
constexpr std::array<Word<dns::Type>, 2> minimise_types = {
    {{"A", dns::Type::a}, {"NS", dns::Type::ns}}};

// "a", "b" or "c"
template <class Value>
std::string alternatives(std::span<const Word<Value>> words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        text += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
        text += fmt::format("\"{}\"", words[i].first);
    }
    return text;
}

template <class Value>
void set_word(const JsonNode& node, std::span<const Word<Value>> words, Value& value,
              Context& context) {
    const auto found = std::ranges::find(words, node.text, &Word<Value>::first);
    if (node.kind != Kind::text || found == words.end()) {
        context.add(node, fmt::format("wants {}", alternatives(words)));
        return;
    }
    value = found->second;
}

template <class Value>
std::string get_word(std::span<const Word<Value>> words, Value value) {
    const auto found = std::ranges::find(words, value, &Word<Value>::second);
    return found == words.end() ? "null" : json_string(found->first);
}

std::string path_below(const std::string& directory, const std::string& path) {
    return path.starts_with('/') ? path : directory + "/" + path;
}

}  // namespace

bool is_kind(const JsonNode& node, Kind kind, Context& context) {
    if (node.kind != kind) {
        context.add(node, fmt::format("wants {}, not {}", describe(kind), describe(node.kind)));
    }
    return node.kind == kind;
}

std::optional<std::int64_t> whole_number(const JsonNode& node, std::int64_t min, std::int64_t max,
                                         Context& context) {
    if (node.kind != Kind::integer || node.integer < min || node.integer > max) {
        context.add(node, fmt::format("wants a whole number from {} to {}", min, max));
        return std::nullopt;
    }
    return node.integer;
}

std::string json_string(std::string_view text) {
    using Json = nlohmann::json;
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Flag::set(const JsonNode& node, bool& value, Context& context) {
    if (is_kind(node, Kind::boolean, context)) {
        value = node.boolean;
    }
}

std::string Flag::get(bool value) {
    return value ? "true" : "false";
}

void Text::set(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        if (node.text.size() > 255) {
            context.add(node, "is over 255 octets");
        } else {
            value = node.text;
        }
    }
}

std::string Text::get(const std::string& value) {
    return value.empty() ? "null" : json_string(value);
}

void ReadableFile::set(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        value = path_below(context.directory, node.text);
        if (access(value.c_str(), R_OK) != 0) {
            context.add(node, fmt::format("the file \"{}\" cannot be read", node.text));
        }
    }
}

void WritableFile::set(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        value = path_below(context.directory, node.text);
        const std::string folder = value.substr(0, value.rfind('/') + 1);
        if (node.text.empty() || node.text.ends_with('/')) {
            context.add(node, "wants the name of a file");
        } else if (access(folder.c_str(), W_OK | X_OK) != 0) {
            context.add(node, fmt::format("the folder \"{}\" cannot be written to", folder));
        }
    }
}

void AnyPath::set(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        value = path_below(context.directory, node.text);
        if (node.text.empty()) {
            context.add(node, "wants a path, or null");
        }
    }
}

void SocketPath::set(const JsonNode& node, std::string& value, Context& context) {
    constexpr std::size_t octets_max = sizeof(sockaddr_un::sun_path) - 1;
    AnyPath::set(node, value, context);
    if (value.size() > octets_max) {
        context.add(node, fmt::format("is a path of {} octets; that of a socket has at most {}",
                                      value.size(), octets_max));
    }
}

void FilePattern::set(const JsonNode& node, std::string& value, Context& context) {
    if (node.kind == Kind::null) {
        value.clear();
    } else if (is_kind(node, Kind::text, context)) {
        value = node.text;
        const std::size_t slash = value.rfind('/');
        if (value.empty() || value.ends_with('/')) {
            context.add(node, R"(wants files of a folder, such as "wend.d/*.json", or null)");
        } else if (slash != std::string::npos && value.find_first_of("*?[") < slash) {
            context.add(node, "has a wildcard in the name of a folder; only files may have one");
        }
    }
}

void Size::set(const JsonNode& node, std::size_t& value, Context& context) {
    constexpr std::size_t min = std::size_t{1} << 20;
    const auto size = node.kind == Kind::text ? size_from_text(node.text) : std::nullopt;
    if (!size || *size < min) {
        context.add(node, "wants a size of at least 1MiB, such as \"256MiB\" or \"2GiB\"");
        return;
    }
    if (*size > size_max) {
        context.add(node, fmt::format("wants a size of at most {}TiB", size_max >> 40));
        return;
    }
    value = *size;
}

std::string Size::get(std::size_t value) {
    return json_string(size_to_text(value));
}

void Level::set(const JsonNode& node, LogLevel& value, Context& context) {
    set_word<LogLevel>(node, levels, value, context);
}

std::string Level::get(LogLevel value) {
    return get_word<LogLevel>(levels, value);
}

void Scope::set(const JsonNode& node, DoorScope& value, Context& context) {
    set_word<DoorScope>(node, scopes, value, context);
}

std::string Scope::get(DoorScope value) {
    return get_word<DoorScope>(scopes, value);
}

void Mode::set(const JsonNode& node, policy::RateMode& value, Context& context) {
    set_word<policy::RateMode>(node, modes, value, context);
}

std::string Mode::get(policy::RateMode value) {
    return get_word<policy::RateMode>(modes, value);
}

void MinimiseType::set(const JsonNode& node, dns::Type& value, Context& context) {
    set_word<dns::Type>(node, minimise_types, value, context);
}

std::string MinimiseType::get(dns::Type value) {
    return get_word<dns::Type>(minimise_types, value);
}

void Date::set(const JsonNode& node, std::optional<WallTime>& value, Context& context) {
    value = node.kind == Kind::text ? wall_time_from_text(node.text) : std::nullopt;
    if (!value && node.kind != Kind::null) {
        context.add(node, R"(wants a date in UTC, such as "2026-12-31T00:00:00Z", or null)");
    }
}

std::string Date::get(std::optional<WallTime> value) {
    return value ? json_string(to_text(*value)) : "null";
}

}  // namespace wend::value
