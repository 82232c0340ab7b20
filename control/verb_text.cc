#include "control/verb_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

std::string scalar(const Json& value) {
    if (value.is_string()) {
        return for_terminal(value.get_ref<const std::string&>());
    }
    if (value.is_number_float()) {
        return fmt::format("{:.1f}", value.get<double>());
    }
    return for_terminal(value.dump(-1, ' ', true, Json::error_handler_t::replace));
}

// Values of a list with blanks between; "-" for none.
std::string joined(const Json& list) {
    std::string text;
    for (const Json& value : list) {
        text += (text.empty() ? "" : " ") + scalar(value);
    }
    return text.empty() ? "-" : text;
}

// "-" for what is not there.
std::string member(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null() || (found->is_string() && found->empty())) {
        return "-";
    }
    return found->is_array() ? joined(*found) : scalar(*found);
}

bool is_set(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

void append_members(const Json& object, std::string_view before, std::string_view between,
                    std::string& text) {
    for (const auto& [key, value] : object.items()) {
        const std::string name =
            before.empty() ? for_terminal(key) : fmt::format("{}.{}", before, for_terminal(key));
        if (value.is_object()) {
            append_members(value, name, between, text);
        } else {
            text += fmt::format("{}{}{}\n", name, between,
                                value.is_array() ? joined(value) : scalar(value));
        }
    }
}

std::optional<Json> object_from(std::string_view json) {
    Json read = Json::parse(json, nullptr, false);
    return read.is_object() ? std::optional(std::move(read)) : std::nullopt;
}

// A line for each element of the list that the object has first, as `to_line` says it.
template <class ToLine>
VerbText each(std::string_view json, ToLine to_line) {
    const auto read = object_from(json);
    if (!read || read->empty() || !read->front().is_array()) {
        return std::nullopt;
    }
    std::string text;
    for (const Json& element : read->front()) {
        text += to_line(element);
    }
    return text;
}

std::string lines_of(const Json& lines) {
    std::string text;
    for (const Json& line : lines) {
        text += scalar(line) + "\n";
    }
    return text;
}

// "62.2ms", or "-".
std::string milliseconds(const Json& object, const char* key) {
    const std::string text = member(object, key);
    return text == "-" ? text : text + "ms";
}

// "1 entry", "2 entries".
std::string entries(const std::string& count) {
    return fmt::format("{} {}", count, count == "1" ? "entry" : "entries");
}

std::string change_lines(const Json& changes, char sign, std::string_view effect) {
    std::string text;
    for (const Json& change : changes) {
        text += fmt::format("{} {} {} -> {} {}\n", sign, member(change, "key"),
                            member(change, "was"), member(change, "is"), effect);
    }
    return text;
}

std::string server_line(const Json& server) {
    std::string flags;
    for (const char* const flag : {"silent", "lame", "cookie"}) {
        flags += is_set(server, flag) ? fmt::format(" {}", flag) : "";
    }
    flags += server.contains("edns") && !is_set(server, "edns") ? " no-edns" : "";
    flags += server.contains("mixed_case") && !is_set(server, "mixed_case") ? " loses-case" : "";
    return fmt::format("{} {} {} rtt={} quiet={} timeouts={} {}{}\n", member(server, "zone"),
                       member(server, "name"), member(server, "address"),
                       milliseconds(server, "round_trip_ms"), milliseconds(server, "quiet_ms"),
                       member(server, "timeouts_in_a_row"), member(server, "source"), flags);
}

}  // namespace

std::string for_terminal(std::string_view text) {
    std::string shown;
    for (const char octet : text) {
        const auto number = static_cast<unsigned char>(octet);
        shown +=
            number < ' ' || number > '~' ? fmt::format("\\{:03}", number) : std::string(1, octet);
    }
    return shown;
}

std::optional<std::string> printable_json(std::string_view json) {
    const Json read = Json::parse(json, nullptr, false);
    if (read.is_discarded()) {
        return std::nullopt;
    }
    std::string text = read.dump(-1, ' ', true, Json::error_handler_t::replace);
    for (std::size_t at = text.find('\x7f'); at != std::string::npos; at = text.find('\x7f', at)) {
        text.replace(at, 1, "\\u007f");  // the one control that JSON lets stand
    }
    return text;
}

VerbText text_of_members(std::string_view json) {
    const auto read = object_from(json);
    if (!read) {
        return std::nullopt;
    }
    std::string text;
    append_members(*read, "", ": ", text);
    return text.empty() ? "ok\n" : text;
}

VerbText text_of_stats(std::string_view json) {
    const auto read = object_from(json);
    if (!read) {
        return std::nullopt;
    }
    std::string text;
    append_members(*read, "", "=", text);
    return text;
}

VerbText text_of_lines(std::string_view json) {
    return each(json, [](const Json& line) { return scalar(line) + "\n"; });
}

VerbText text_of_entries(std::string_view json) {
    return each(json, [](const Json& entry) {
        const auto lines = entry.find("lines");
        return lines == entry.end() ? std::string() : lines_of(*lines);
    });
}

VerbText text_of_keys(std::string_view json) {
    return each(json, [](const Json& key) {
        const std::string origin = member(key, "origin");
        return fmt::format("{} {}{}\n", member(key, "key"), member(key, "value"),
                           origin == "-" || origin == "default" ? "" : " (" + origin + ")");
    });
}

VerbText text_of_queries(std::string_view json) {
    return each(json, [](const Json& query) {
        return fmt::format("{} {} age={}ms waiters={} zone={} waits-for={}{}\n",
                           member(query, "name"), member(query, "type"), member(query, "age_ms"),
                           member(query, "waiters"), member(query, "zone"),
                           member(query, "waits_for"),
                           is_set(query, "checking_disabled") ? " cd" : "");
    });
}

VerbText text_of_servers(std::string_view json) {
    return each(json, server_line);
}

VerbText text_of_zones(std::string_view json) {
    return each(json, [](const Json& zone) {
        return fmt::format("{} {}{}\n", member(zone, "zone"), member(zone, "addresses"),
                           is_set(zone, "first") ? " first" : "");
    });
}

VerbText text_of_anchors(std::string_view json) {
    return each(json, [](const Json& anchor) {
        return fmt::format("{} until={}{}\n", member(anchor, "zone"), member(anchor, "until"),
                           is_set(anchor, "ended") ? " ended" : "");
    });
}

VerbText text_of_tokens(std::string_view json) {
    return each(json, [](const Json& token) {
        return fmt::format("{} {} networks={} expires={} last-used={}\n", member(token, "name"),
                           member(token, "scope"), member(token, "networks"),
                           member(token, "expires"), member(token, "last-used"));
    });
}

VerbText text_of_new_token(std::string_view json) {
    const auto read = object_from(json);
    return read ? std::optional(member(*read, "token") + "\n") : std::nullopt;
}

VerbText text_of_delegation(std::string_view json) {
    const auto read = object_from(json);
    if (!read) {
        return std::nullopt;
    }
    if (!is_set(*read, "known")) {
        return "no delegation is known; the root's servers would be asked\n";
    }
    std::string text = fmt::format("{} ttl={}{}\n", member(*read, "zone"), member(*read, "ttl"),
                                   is_set(*read, "ds_denied") ? " no-DS" : "");
    for (const Json& server : read->value("servers", Json::array())) {
        text += fmt::format("{} {}\n", member(server, "name"), member(server, "glue"));
    }
    return text + lines_of(read->value("ds", Json::array()));
}

VerbText text_of_flush(std::string_view json) {
    const auto read = object_from(json);
    return read ? std::optional(entries(member(*read, "flushed")) + " forgotten\n") : std::nullopt;
}

VerbText text_of_reload(std::string_view json) {
    const auto read = object_from(json);
    if (!read) {
        return std::nullopt;
    }
    std::string text = fmt::format("generation {} is in force", member(*read, "generation"));
    if (read->contains("took_ms")) {
        text += fmt::format(" after {} ms, {} forgotten", member(*read, "took_ms"),
                            entries(member(*read, "flushed")));
    }
    return text + "\n" + change_lines(read->value("changed", Json::array()), '~', "live") +
           change_lines(read->value("at_restart", Json::array()), '!', "needs a restart");
}

VerbText text_of_load(std::string_view json) {
    const auto read = object_from(json);
    return read ? std::optional(fmt::format(
                      "{} RRsets kept, {} known already, {} expired meanwhile, {} cut short\n",
                      member(*read, "kept"), member(*read, "known"), member(*read, "expired"),
                      member(*read, "cut")))
                : std::nullopt;
}

}  // namespace wend
