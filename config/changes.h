// Changes of the configuration that were made through a control door. They lie over the file, in
// "changes.json" of the state folder: nobody rewrites the file of the operator, who can adopt a
// change into it by hand or drop it. All here is pure but load_with_changes() and the reading and
// writing of that one file.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/durable_file.h"
#include "base/time.h"
#include "config/config.h"
#include "config/lint_rules.h"
#include "config/read.h"
#include "config/sources.h"

namespace wend {

inline constexpr std::size_t changes_octets_max = std::size_t{1} << 20;

// A key that has another value than the file says.
struct Change {
    std::string path;   // of the key, "cache.ttl-max"
    std::string value;  // JSON text, as the key's getter writes it
    std::string who;    // "uid 0", "token page"
    WallTime when{};
    Place place{};  // in changes.json, where it was read from there

    bool operator==(const Change&) const = default;
};

using Changes = std::vector<Change>;  // at most one for a key, in the order of the key table

// What is in force, and what it is made of.
struct ChangedConfig {
    Config config{};          // the file's with the changes over it
    Config of_file{};         // the file's alone
    ConfigSources sources{};  // of both; the last of `files` is changes.json if there are changes
    Changes changes{};
};

// The path of a key by its name, "cache.ttl-max", or by a JSON pointer, "/cache/ttl-max" (RFC
// 6901). The error is one sentence that names the nearest key, or a key of the section.
std::expected<std::string_view, std::string> key_path_of(std::string_view words);

// The file's configuration with `changes` over it. `path` is that of changes.json, for places.
// Errors are mistakes of single values and of rules between keys.
std::expected<ChangedConfig, std::vector<Finding>> with_changes(const LoadedConfig& file,
                                                                Changes changes,
                                                                const std::string& path);

// One key more, or otherwise. `words` as for key_path_of(), `value` is JSON text. Refused in one
// sentence: an unknown key, a locked one (which lock, and where it stands), a value of the wrong
// kind, and one that contradicts another key.
std::expected<ChangedConfig, std::string> set_key(const LoadedConfig& file, const Changes& changes,
                                                  std::string_view words, std::string_view value,
                                                  std::string who, WallTime when);

// The file's value holds again. Refused in one sentence: an unknown or a locked key, one that is
// not changed, and one whose value in the file contradicts another change.
std::expected<ChangedConfig, std::string> unset_key(const LoadedConfig& file,
                                                    const Changes& changes, std::string_view words);

// What to write into the file so that it says what the changes say: a JSON object, indented, with a
// final line end. What is there of these keys is to be replaced.
std::string adoption_text(const Changes& changes);

// Those that the file does not say by itself: after adopting, the others can go.
Changes not_adopted(const Changes& changes, const Config& of_file);

// Where a key's value comes from: for `config show --origin`.
struct Origin {
    std::string_view path;
    std::string value;  // JSON text
    // "default", "wend.json:3:4" or "changes.json: set by uid 0 at 2026-12-01T10:00:00Z".
    std::string origin;
};

std::vector<Origin> origins(const ChangedConfig& config);

// The octets of changes.json, and back. `path` and `directory` (of the configuration) are for
// sentences and for the paths of files. An error is one sentence with file, line and column.
std::string changes_text(const Changes& changes);
std::expected<Changes, Finding> parse_changes(std::string_view text, const std::string& path,
                                              const std::string& directory);

// `folder` + "/changes.json".
std::string changes_path(const std::string& folder);
// Without a folder or a file there are no changes. Blocks.
std::expected<Changes, Finding> read_changes(FileStore& files, const std::string& folder,
                                             const std::string& directory);
// Replaces the file whole. The error is one sentence: no state folder, a full disk, a folder that
// cannot be written to. Nothing has changed then. Blocks.
std::expected<void, std::string> write_changes(FileStore& files, const std::string& folder,
                                               const Changes& changes);

// The file at `path`, its includes, and the changes in its state folder. Blocks.
std::expected<ChangedConfig, std::vector<Finding>> load_with_changes(const std::string& path,
                                                                     FileStore& files);

}  // namespace wend
