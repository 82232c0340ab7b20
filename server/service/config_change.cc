#include "server/service/config_change.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/date.h"
#include "config/json_tree.h"
#include "config/keys.h"
#include "server/verbs/arguments.h"

namespace wend {
namespace {

using Result = std::expected<Changes, std::string>;

// A word that stands in JSON as it is.
bool is_plain(std::string_view word) {
    return std::ranges::all_of(
        word, [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

// What people type for a string, such as 64MiB or 192.0.2.1: without the quotes of JSON.
std::string json_of_word(const std::string& word) {
    constexpr std::string_view begins_json = "\"[{";
    const bool is_json = word.empty() || begins_json.contains(word.front()) || !is_plain(word) ||
                         parse_json(word).has_value();
    return is_json ? word : "\"" + word + "\"";
}

Result with_key(const ConfigWords& words, const LoadedConfig& file, const Changes& changes,
                std::string_view key, std::string_view value) {
    auto changed = set_key(file, changes, key, value, words.who, words.when);
    if (!changed) {
        return std::unexpected(std::move(changed.error()));
    }
    return std::move(changed->changes);
}

Result set(const ConfigWords& words, const LoadedConfig& file, const Changes& changes) {
    std::vector<std::string> given = words.arguments;
    std::erase(given, "-p");
    if (given.size() != 2) {
        return std::unexpected("config set wants a key and a value: config set log.level debug");
    }
    return with_key(words, file, changes, given[0], json_of_word(given[1]));
}

Result unset(const ConfigWords& words, const LoadedConfig& file, const Changes& changes) {
    std::vector<std::string> given = words.arguments;
    std::erase(given, "-p");
    if (given.size() != 1) {
        return std::unexpected("config unset wants a key: config unset log.level");
    }
    auto changed = unset_key(file, changes, given[0]);
    if (!changed) {
        return std::unexpected(std::move(changed.error()));
    }
    return std::move(changed->changes);
}

// The list of a key without the elements of that zone; the number of those.
template <class Element>
std::size_t erase_zone(std::vector<Element>& elements, const dns::Name& zone) {
    return std::erase_if(elements,
                         [&zone](const Element& element) { return element.zone == zone; });
}

Config in_force(const LoadedConfig& file, const Changes& changes) {
    auto changed = with_changes(file, changes, "changes.json");
    return changed ? std::move(changed->config) : file.config;
}

std::size_t erase_zone_of(std::string_view key, const dns::Name& zone, Config& config) {
    if (key == "forward") {
        return erase_zone(config.forward, zone);
    }
    return key == "stub" ? erase_zone(config.stub, zone)
                         : erase_zone(config.dnssec.negative_anchors, zone);
}

// {"zone": ..., "addresses": [...]} or {"zone": ..., "until": ...}.
std::expected<std::string, std::string> element_of(std::string_view key,
                                                   const std::vector<std::string>& words) {
    if (!std::ranges::all_of(words, is_plain)) {
        return std::unexpected("a zone, an address or a time has no blank and no quotes");
    }
    if (key == "dnssec.negative-anchors") {
        const bool has_end = words.size() == 3 && words[1] == "--until";
        return has_end ? std::expected<std::string, std::string>(
                             fmt::format(R"({{"zone": "{}", "until": "{}"}})", words[0], words[2]))
                       : std::unexpected(
                             "insecure add wants a zone and when it is to end: insecure add "
                             "corp.example --until 2027-01-31");
    }
    std::vector<std::string> addresses(words.begin() + (words.empty() ? 0 : 1), words.end());
    const bool first = std::erase(addresses, "--first") > 0;
    if (addresses.empty()) {
        return std::unexpected(fmt::format(
            "{} add wants a zone and the addresses of its servers: {} add corp.example 192.0.2.53",
            key, key));
    }
    return fmt::format(R"({{"zone": "{}", "addresses": ["{}"], "first": {}}})", words[0],
                       fmt::join(addresses, R"(", ")"), first);
}

// Who adds a zone that is there replaces it.
Result add_zone(const ConfigWords& words, std::string_view key, const LoadedConfig& file,
                const Changes& changes) {
    const auto element = element_of(key, words.arguments);
    if (!element) {
        return std::unexpected(element.error());
    }
    // A negative anchor that has ended before it begins is a slip of who gave it.
    const auto until =
        key == "dnssec.negative-anchors" ? wall_time_from_text(words.arguments[2]) : std::nullopt;
    if (until && *until <= words.when) {
        return std::unexpected(fmt::format("{} is over: it is {}; nothing was changed",
                                           words.arguments[2], to_text(words.when)));
    }
    Config config = in_force(file, changes);
    if (const auto zone = name_argument(words.arguments[0])) {
        erase_zone_of(key, *zone, config);
    }
    std::string list = find_key(key)->get(config);
    const std::size_t end = list.rfind(']');
    const bool is_empty = list.find_first_not_of("[ ]") == std::string::npos;
    list.insert(end, (is_empty ? "" : ", ") + *element);
    return with_key(words, file, changes, key, list);
}

Result remove_zone(const ConfigWords& words, std::string_view key, const LoadedConfig& file,
                   const Changes& changes) {
    const auto zone = words.arguments.size() == 1
                          ? name_argument(words.arguments[0])
                          : std::unexpected(fmt::format("{} wants a zone", words.verb));
    if (!zone) {
        return std::unexpected(zone.error());
    }
    Config config = in_force(file, changes);
    if (erase_zone_of(key, *zone, config) == 0) {
        return std::unexpected(fmt::format("{} is not in {}", to_text(*zone), key));
    }
    return with_key(words, file, changes, key, find_key(key)->get(config));
}

struct ZoneVerb {
    std::string_view verb;
    std::string_view key;
    Result (*change)(const ConfigWords&, std::string_view key, const LoadedConfig&, const Changes&);
};

constexpr std::array zone_verbs = {
    ZoneVerb{"forward add", "forward", add_zone},
    ZoneVerb{"forward remove", "forward", remove_zone},
    ZoneVerb{"stub add", "stub", add_zone},
    ZoneVerb{"stub remove", "stub", remove_zone},
    ZoneVerb{"insecure add", "dnssec.negative-anchors", add_zone},
    ZoneVerb{"insecure remove", "dnssec.negative-anchors", remove_zone},
};

}  // namespace

Result changes_by(const ConfigWords& words, const LoadedConfig& file, const Changes& changes) {
    if (words.verb == "config set") {
        return set(words, file, changes);
    }
    if (words.verb == "config unset") {
        return unset(words, file, changes);
    }
    const auto* const zone_verb = std::ranges::find(zone_verbs, words.verb, &ZoneVerb::verb);
    if (zone_verb != zone_verbs.end()) {
        return zone_verb->change(words, zone_verb->key, file, changes);
    }
    if (!words.arguments.empty()) {
        return std::unexpected(fmt::format("{} wants no argument", words.verb));
    }
    // What the file says by itself by now can go; of "config drop", everything.
    return words.verb == "config adopt" ? not_adopted(changes, file.config) : Changes();
}

}  // namespace wend
