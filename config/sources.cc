#include "config/sources.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include <dirent.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include "config/config.h"
#include "config/rules.h"

namespace wend {
namespace {

using Findings = std::vector<Finding>;

constexpr std::size_t config_octets_max = std::size_t{4} << 20;

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

std::expected<std::string, Finding> read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(config_octets_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.eof() || file.bad() || file.gcount() == 0) {
        const char* why = file.eof() ? "is empty" : "cannot be read";
        if (file.is_open() && file.good()) {
            why = "is over 4 MiB";
        }
        return std::unexpected(Finding{path, fmt::format("the file {}", why)});
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

// Nothing, and a mistake more, for a text that is no object.
std::optional<JsonNode> read_object(ConfigSources& sources, const std::string& path,
                                    Findings& mistakes) {
    const std::size_t file = sources.files.size();
    sources.files.push_back(path);
    const auto text = read_text(path);
    if (!text) {
        mistakes.push_back(text.error());
        return std::nullopt;
    }
    auto root = parse_json(*text, file);
    if (!root) {
        mistakes.push_back(finding_of(sources, root.error()));
        return std::nullopt;
    }
    if (root->kind != JsonNode::Kind::object) {
        const auto sentence =
            fmt::format("a configuration is an object, {{ ... }}, not {}", describe(root->kind));
        mistakes.push_back(finding_of(sources, {root->place, sentence}));
        return std::nullopt;
    }
    return std::move(*root);
}

void merge(JsonNode& into, JsonNode&& from, const std::string& prefix,
           std::vector<SetTwice>& twice) {
    for (JsonNode& member : from.members) {
        const auto found = std::ranges::find(into.members, member.key, &JsonNode::key);
        // Twice in one file is a mistake, which whoever reads the members will tell.
        if (found == into.members.end() || found->key_place.file == member.key_place.file) {
            into.members.push_back(std::move(member));
        } else if (found->kind == JsonNode::Kind::object && member.kind == found->kind) {
            merge(*found, std::move(member), fmt::format("{}{}.", prefix, member.key), twice);
        } else {
            if (member.key != "$schema") {
                twice.push_back({prefix + member.key, found->key_place, member.key_place});
            }
            *found = std::move(member);
        }
    }
}

// The files of the pattern in the order of their names. A folder that is not there has none.
std::vector<std::string> matching(const std::string& directory, const std::string& pattern) {
    const std::string path = pattern.starts_with('/') ? pattern : directory + "/" + pattern;
    const std::string folder = directory_of(path);
    const std::string name = path.substr(path.rfind('/') + 1);
    std::vector<std::string> found;
    DIR* const entries = opendir(folder.c_str());
    if (entries == nullptr) {
        return found;
    }
    while (const dirent* const entry = readdir(entries)) {
        if (fnmatch(name.c_str(), entry->d_name, FNM_PERIOD) == 0) {
            found.push_back(folder + "/" + entry->d_name);
        }
    }
    closedir(entries);
    std::ranges::sort(found);
    return found;
}

std::string pattern_of(const JsonNode& root) {
    const auto include = std::ranges::find(root.members, "include", &JsonNode::key);
    // Of another kind it is null, or a mistake that is told later.
    return include == root.members.end() ? Config{}.include : include->text;
}

void include_files(ConfigSources& sources, const std::string& pattern, Findings& mistakes) {
    const std::vector<std::string> paths = matching(sources.directory, pattern);
    if (paths.size() > included_files_max) {
        mistakes.push_back(
            {sources.files.front(), fmt::format("\"include\" names {} files; the most are {}",
                                                paths.size(), included_files_max)});
        return;
    }
    for (const std::string& path : paths) {
        auto object = read_object(sources, path, mistakes);
        if (!object) {
            continue;
        }
        const auto include = std::ranges::find(object->members, "include", &JsonNode::key);
        if (include != object->members.end()) {
            mistakes.push_back(finding_of(
                sources, {include->key_place, "a file that is included includes no others"}));
            continue;
        }
        merge(sources.root, std::move(*object), "", sources.twice);
    }
}

}  // namespace

std::expected<ConfigSources, Findings> read_sources(const std::string& path) {
    ConfigSources sources{.directory = directory_of(path)};
    Findings mistakes;
    auto root = read_object(sources, path, mistakes);
    if (root) {
        sources.root = std::move(*root);
        const std::string pattern = pattern_of(sources.root);
        if (!pattern.empty()) {
            include_files(sources, pattern, mistakes);
        }
    }
    if (!mistakes.empty()) {
        return std::unexpected(std::move(mistakes));
    }
    return sources;
}

std::string place_of_value(const ConfigSources& sources, std::string_view path) {
    const JsonNode* const node = find_node(sources.root, path);
    return node == nullptr ? std::string() : place_text(sources, node->place);
}

std::string place_text(const ConfigSources& sources, Place place) {
    return fmt::format("{}:{}:{}", sources.files.at(place.file), place.line, place.column);
}

Finding finding_of(const ConfigSources& sources, const Mistake& mistake) {
    return {place_text(sources, mistake.place), mistake.text, mistake.id};
}

}  // namespace wend
