#include "config/changes.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/date.h"
#include "config/keys.h"
#include "config/machine.h"
#include "config/rules.h"

namespace wend {
namespace {

// What says which files are read, and what may be changed, is the operator's alone.
constexpr auto always_locked =
    std::to_array<std::string_view>({"$schema", "include", "lock", "state.folder"});

bool is_at_or_below(std::string_view path, std::string_view section) {
    return path == section || (path.starts_with(section) && path[section.size()] == '.');
}

// Why the key may not be changed; empty: it may.
std::string refusal(const LoadedConfig& file, std::string_view path) {
    if (std::ranges::find(always_locked, path) != always_locked.end()) {
        return fmt::format("{} can be changed in {} only", path, file.sources.files.front());
    }
    const auto& locks = file.config.lock;
    const auto lock = std::ranges::find_if(
        locks, [path](const std::string& locked) { return is_at_or_below(path, locked); });
    if (lock == locks.end()) {
        return {};
    }
    const std::string place = place_of_value(file.sources, "lock");
    return fmt::format("{} is locked by \"{}\" in \"lock\" ({}): it can be changed in {} only",
                       path, *lock, place.empty() ? "by default" : place,
                       file.sources.files.front());
}

void place_all(JsonNode& node, Place place) {
    node.place = place;
    node.key_place = place;
    for (JsonNode& element : node.elements) {
        place_all(element, place);
    }
    for (JsonNode& member : node.members) {
        place_all(member, place);
    }
}

// Puts the value where the path leads, through objects that are made where there are none.
void put_value(JsonNode& root, std::string_view path, JsonNode value) {
    JsonNode* at = &root;
    while (true) {
        const std::size_t dot = path.find('.');
        const std::string_view key = path.substr(0, dot);
        const auto found = std::ranges::find(at->members, key, &JsonNode::key);
        JsonNode* member = found == at->members.end() ? nullptr : &*found;
        if (member == nullptr) {
            at->members.push_back({.kind = JsonNode::Kind::object,
                                   .place = value.place,
                                   .key = std::string(key),
                                   .key_place = value.place});
            member = &at->members.back();
        }
        if (dot == std::string_view::npos) {
            value.key = std::string(key);
            *member = std::move(value);
            return;
        }
        at = member;
        path.remove_prefix(dot + 1);
    }
}

void sort_by_table(Changes& changes) {
    const auto row = [](const Change& change) { return find_key(change.path); };
    std::ranges::sort(changes, {}, row);  // one for a key
}

std::string sentence_of(const std::vector<Finding>& mistakes) {
    return mistakes.front().text;
}

// A text without the folders before its file's name.
std::string file_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

const JsonNode* member_of(const JsonNode& object, std::string_view key) {
    const auto found = std::ranges::find(object.members, key, &JsonNode::key);
    return found == object.members.end() ? nullptr : &*found;
}

// "key", "value", "who" and "when" of one element; a mistake where they are not so.
std::expected<Change, Mistake> read_change(const JsonNode& element, const std::string& directory) {
    const JsonNode* const key = member_of(element, "key");
    const JsonNode* const value = member_of(element, "value");
    const JsonNode* const who = member_of(element, "who");
    const JsonNode* const when = member_of(element, "when");
    if (key == nullptr || value == nullptr || who == nullptr || when == nullptr) {
        return std::unexpected(
            Mistake{element.place, R"(a change has "key", "value", "who" and "when")"});
    }
    const ConfigKey<Config>* const row = find_key(key->text);
    if (row == nullptr) {
        const auto path = key_path_of(key->text);
        return std::unexpected(Mistake{key->place, path ? "is no path of a key" : path.error()});
    }
    Config scratch;
    ConfigContext context{.directory = directory};
    row->set(*value, scratch, context);
    std::optional<WallTime> time;
    value::Date::set(*when, time, context);
    if (!context.mistakes.empty()) {
        return std::unexpected(context.mistakes.front());
    }
    return Change{std::string(row->path), row->get(scratch), who->text, time.value_or(WallTime{}),
                  value->place};
}

}  // namespace

std::expected<std::string_view, std::string> key_path_of(std::string_view words) {
    std::string path(words);
    if (path.starts_with('/')) {
        path.erase(0, 1);
        std::ranges::replace(path, '/', '.');
    }
    if (const ConfigKey<Config>* const key = find_key(path)) {
        return key->path;
    }
    const std::string section = path + ".";
    for (const ConfigKey<Config>& key : config_keys()) {
        if (key.path.starts_with(section)) {
            return std::unexpected(fmt::format(
                "\"{}\" is a section: name one of its keys, such as {}", path, key.path));
        }
    }
    return std::unexpected(fmt::format("there is no key \"{}\"; the nearest is \"{}\"", path,
                                       nearest_key(path, key_and_section_paths())));
}

std::expected<ChangedConfig, std::vector<Finding>> with_changes(const LoadedConfig& file,
                                                                Changes changes,
                                                                const std::string& path) {
    ChangedConfig changed{.of_file = file.config, .sources = file.sources};
    sort_by_table(changes);
    if (!changes.empty()) {
        changed.sources.files.push_back(path);
    }
    const std::size_t number = changed.sources.files.size() - 1;
    for (const Change& change : changes) {
        auto value = parse_json(change.value);
        if (!value) {
            return std::unexpected(std::vector{Finding{path, value.error().text}});
        }
        place_all(*value, {change.place.line, change.place.column, number});
        put_value(changed.sources.root, change.path, std::move(*value));
    }
    auto config = config_of(changed.sources.root, changed.sources.directory);
    if (!config) {
        std::vector<Finding> mistakes;
        for (const Mistake& mistake : config.error()) {
            mistakes.push_back(finding_of(changed.sources, mistake));
        }
        return std::unexpected(std::move(mistakes));
    }
    changed.config = std::move(*config);
    changed.changes = std::move(changes);
    return changed;
}

std::expected<ChangedConfig, std::string> set_key(const LoadedConfig& file, const Changes& changes,
                                                  std::string_view words, std::string_view value,
                                                  std::string who, WallTime when) {
    const auto path = key_path_of(words);
    if (!path) {
        return std::unexpected(path.error());
    }
    if (std::string why = refusal(file, *path); !why.empty()) {
        return std::unexpected(std::move(why));
    }
    const auto node = parse_json(value);
    if (!node) {
        return std::unexpected(
            fmt::format("the value of {} is no JSON: {}", *path, node.error().text));
    }
    const ConfigKey<Config>& key = *find_key(*path);
    Config scratch;
    ConfigContext context{.directory = file.sources.directory};
    key.set(*node, scratch, context);
    if (!context.mistakes.empty()) {
        return std::unexpected(fmt::format("{} {}", *path, context.mistakes.front().text));
    }
    Changes more = changes;
    std::erase_if(more, [&](const Change& change) { return change.path == *path; });
    more.push_back({std::string(*path), key.get(scratch), std::move(who), when});
    auto changed = with_changes(file, std::move(more), "changes.json");
    if (!changed) {
        return std::unexpected(fmt::format("{} cannot be {}: {}", *path, key.get(scratch),
                                           sentence_of(changed.error())));
    }
    return std::move(*changed);
}

std::expected<ChangedConfig, std::string> unset_key(const LoadedConfig& file,
                                                    const Changes& changes,
                                                    std::string_view words) {
    const auto path = key_path_of(words);
    if (!path) {
        return std::unexpected(path.error());
    }
    Changes fewer = changes;
    if (std::erase_if(fewer, [&](const Change& change) { return change.path == *path; }) == 0) {
        return std::unexpected(
            fmt::format("{} is not changed: it is as {} says", *path, file.sources.files.front()));
    }
    auto changed = with_changes(file, std::move(fewer), "changes.json");
    if (!changed) {
        return std::unexpected(
            fmt::format("{} cannot go back alone: {}", *path, sentence_of(changed.error())));
    }
    return std::move(*changed);
}

std::string adoption_text(const Changes& changes) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const Change& change : changes) {
        std::string pointer = "/" + change.path;
        std::ranges::replace(pointer, '.', '/');
        json[nlohmann::ordered_json::json_pointer(pointer)] =
            nlohmann::ordered_json::parse(change.value, nullptr, false);
    }
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Changes not_adopted(const Changes& changes, const Config& of_file) {
    Changes left = changes;
    std::erase_if(left, [&of_file](const Change& change) {
        return find_key(change.path)->get(of_file) == change.value;
    });
    return left;
}

std::vector<Origin> origins(const ChangedConfig& config) {
    std::vector<Origin> all;
    for (const ConfigKey<Config>& key : config_keys()) {
        if (key.path == "$schema") {
            continue;
        }
        const auto change = std::ranges::find(config.changes, key.path, &Change::path);
        std::string origin = place_of_value(config.sources, key.path);
        if (change != config.changes.end()) {
            origin = fmt::format("{}: set by {} at {}", file_name(config.sources.files.back()),
                                 change->who, to_text(change->when));
        } else if (origin.empty()) {
            origin = "default";
        }
        all.push_back({key.path, key.get(config.config), std::move(origin)});
    }
    return all;
}

std::string changes_text(const Changes& changes) {
    std::string text = "{\n  \"version\": 1,\n  \"changes\": [";
    std::string_view comma = "\n";
    for (const Change& change : changes) {
        text += fmt::format("{}    {{\"key\": {}, \"value\": {},\n     \"who\": {}, \"when\": {}}}",
                            comma, value::json_string(change.path), change.value,
                            value::json_string(change.who), value::Date::get(change.when));
        comma = ",\n";
    }
    return text + "\n  ]\n}\n";
}

std::expected<Changes, Finding> parse_changes(std::string_view text, const std::string& path,
                                              const std::string& directory) {
    const ConfigSources sources{.directory = directory, .files = {path}};
    const auto root = parse_json(text);
    if (!root) {
        return std::unexpected(finding_of(sources, root.error()));
    }
    const JsonNode* const version = member_of(*root, "version");
    const JsonNode* const list = member_of(*root, "changes");
    if (version == nullptr || version->integer != 1 || list == nullptr) {
        return std::unexpected(
            finding_of(sources, {root->place,
                                 "is not of version 1 of the changes: take the file away to go on "
                                 "with the configuration alone"}));
    }
    Changes changes;
    for (const JsonNode& element : list->elements) {
        auto change = read_change(element, directory);
        if (!change) {
            return std::unexpected(finding_of(sources, change.error()));
        }
        if (std::ranges::find(changes, change->path, &Change::path) != changes.end()) {
            return std::unexpected(finding_of(
                sources, {element.place, fmt::format("the key {} is given twice", change->path)}));
        }
        changes.push_back(std::move(*change));
    }
    sort_by_table(changes);
    return changes;
}

std::string changes_path(const std::string& folder) {
    return folder + "/changes.json";
}

std::expected<Changes, Finding> read_changes(FileStore& files, const std::string& folder,
                                             const std::string& directory) {
    if (folder.empty()) {
        return Changes{};
    }
    const std::string path = changes_path(folder);
    const auto text = files.read(path, changes_octets_max);
    if (!text) {
        return std::unexpected(Finding{path, text.error()});
    }
    return *text ? parse_changes(**text, path, directory) : Changes{};
}

std::expected<void, std::string> write_changes(FileStore& files, const std::string& folder,
                                               const Changes& changes) {
    if (folder.empty()) {
        return std::unexpected(
            "there is no state folder to keep the change in: set \"state\": {\"folder\": ...}, or "
            "start wend by its systemd unit");
    }
    const auto outcome = replace_file(files, changes_path(folder), changes_text(changes));
    if (!outcome) {
        return std::unexpected(fmt::format("the change is not kept: {}", outcome.error()));
    }
    return {};
}

std::expected<ChangedConfig, std::vector<Finding>> load_with_changes(const std::string& path,
                                                                     FileStore& files) {
    const auto file = load_config_file(path);
    if (!file) {
        return std::unexpected(file.error());
    }
    const std::string folder = state_folder(file->config);
    auto changes = read_changes(files, folder, file->sources.directory);
    if (!changes) {
        return std::unexpected(std::vector{changes.error()});
    }
    return with_changes(*file, std::move(*changes), changes_path(folder));
}

}  // namespace wend
