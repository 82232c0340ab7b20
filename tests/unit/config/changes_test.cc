#include "config/changes.h"

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "config/keys.h"
#include "tests/temporary_directory.h"

using namespace wend;

namespace {

constexpr WallTime noon{std::chrono::hours(24 * 20'000 + 12)};

// A configuration of its own, with the state folder beside it.
struct Home {
    TemporaryDirectory directory{};
    std::string path;

    explicit Home(const std::string& members) {
        path = directory.write("wend.json", R"({"state": {"folder": "."}, )" + members + "}");
    }

    LoadedConfig file() const {
        auto loaded = load_config_file(path);
        REQUIRE(loaded);
        return *loaded;
    }

    std::string refused(std::string_view key, std::string_view value) const {
        const auto changed = set_key(file(), {}, key, value, "uid 0", noon);
        return changed ? "" : changed.error();
    }
};

// A disk on which one step fails.
class FailingFiles final : public FileStore {
  public:
    explicit FailingFiles(int error) : error_(error) {}

    std::expected<std::optional<std::string>, std::string> read(const std::string& path,
                                                                std::size_t) override {
        return std::unexpected(sentence("read", path));
    }

    Outcome write_and_sync(const std::string& path, std::string_view) override {
        return std::unexpected(sentence("write", path));
    }

    Outcome rename(const std::string&, const std::string&) override { return {}; }

    Outcome sync_folder_of(const std::string&) override { return {}; }

  private:
    std::string sentence(const char* what, const std::string& path) const {
        return std::string("cannot ") + what + " " + path + ": " +
               std::generic_category().message(error_);
    }

    int error_;
};

}  // namespace

TEST_CASE("a change lies over the file, and each value tells where it comes from",
          "[config][changes]") {
    const Home home(R"("cache": {"ttl-max": 600, "ttl-min": 1})");
    const auto one = set_key(home.file(), {}, "/cache/ttl-max", "3600", "uid 0", noon);
    REQUIRE(one);
    const auto two =
        set_key(home.file(), one->changes, "forward",
                R"([{"zone": "a.example", "addresses": ["10.0.0.1"]}])", "token page", noon);
    REQUIRE(two);
    CHECK(two->config.cache.ttl_max == 3600);
    CHECK(two->config.cache.ttl_min == 1);
    CHECK(two->of_file.cache.ttl_max == 600);
    CHECK(two->config.forward.size() == 1);
    std::vector<std::string> told;
    for (const Origin& origin : origins(*two)) {
        if (origin.path == "forward" || origin.path.starts_with("cache.ttl") ||
            origin.path == "workers") {
            told.push_back(std::string(origin.path) + " " + origin.value + " " + origin.origin);
        }
    }
    CHECK(told ==
          std::vector<std::string>{
              "workers 0 default", "cache.ttl-min 1 " + home.path + ":1:65",
              "cache.ttl-max 3600 changes.json: set by uid 0 at 2024-10-04T12:00:00Z",
              R"(forward [{"zone": "a.example.", "addresses": ["10.0.0.1:53"], )"
              R"("first": false}] changes.json: set by token page at 2024-10-04T12:00:00Z)"});
    CHECK(origins(*two).size() + 1 == config_keys().size());
    const auto back = unset_key(home.file(), two->changes, "cache.ttl-max");
    REQUIRE(back);
    CHECK(back->config.cache.ttl_max == 600);
    CHECK(back->changes.size() == 1);
}

TEST_CASE("changes are kept whole, and read as they were written", "[config][changes]") {
    const Home home(R"("workers": 1)");
    KernelFiles files;
    CHECK(load_with_changes(home.path, files)->changes.empty());
    const auto changed =
        set_key(home.file(), {}, "chaos.identity", R"("a \"b\"")", "token \"x\"", noon);
    REQUIRE(changed);
    const std::string folder = home.file().config.state.folder;
    REQUIRE(write_changes(files, folder, changed->changes));
    const auto loaded = load_with_changes(home.path, files);
    REQUIRE(loaded);
    CHECK(loaded->config.chaos.identity == "a \"b\"");
    CHECK(loaded->of_file.chaos.identity.empty());
    REQUIRE(loaded->changes.size() == 1);
    CHECK(loaded->changes.front().who == "token \"x\"");
    CHECK(loaded->changes.front().when == noon);
    struct stat facts{};
    REQUIRE(stat(changes_path(folder).c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600);
}

TEST_CASE("a locked key is refused in one sentence that names the lock", "[config][changes]") {
    const Home home(R"("lock": ["cache", "chaos.version"])");
    const std::string only =
        " in \"lock\" (" + home.path + ":1:36): it can be changed in " + home.path + " only";
    CHECK(home.refused("cache.size", "\"1GiB\"") == "cache.size is locked by \"cache\"" + only);
    CHECK(home.refused("chaos.version", "\"1\"") ==
          "chaos.version is locked by \"chaos.version\"" + only);
    CHECK(home.refused("chaos.identity", "\"1\"").empty());
    CHECK(home.refused("lock", "[]") == "lock can be changed in " + home.path + " only");
    CHECK(home.refused("include", "null") == "include can be changed in " + home.path + " only");
    // Back to what the file says is what a lock is for.
    const Changes older = {{"cache.ttl-max", "600", "uid 0", noon}};
    CHECK(unset_key(home.file(), older, "cache.ttl-max")->changes.empty());
    const Home other(R"("workers": 1)");
    CHECK(other.refused("workers", "2")
              .starts_with("workers is locked by \"workers\" in \"lock\" (by default): "));
    CHECK(other.refused("http.plain", "true").starts_with("http.plain is locked by \"http\""));
}

TEST_CASE("a change that cannot be is refused in one sentence", "[config][changes]") {
    const Home home(R"("cache": {"ttl-min": 60}, "lock": [])");
    CHECK(home.refused("cache.ttl-mx", "1") ==
          "there is no key \"cache.ttl-mx\"; the nearest is \"cache.ttl-max\"");
    CHECK(home.refused("/cache", "{}") ==
          "\"cache\" is a section: name one of its keys, such as cache.size");
    CHECK(home.refused("cach", "{}") == "there is no key \"cach\"; the nearest is \"cache\"");
    CHECK(home.refused("cache.ttl-max", "0") ==
          "cache.ttl-max wants a whole number from 1 to 604800");
    CHECK(home.refused("cache.ttl-max", "30") ==
          "cache.ttl-max cannot be 30: cache.ttl-min is over cache.ttl-max");
    CHECK(home.refused("chaos.identity", "ns1")
              .starts_with("the value of chaos.identity is no JSON: "));
    CHECK(unset_key(home.file(), {}, "workers").error() ==
          "workers is not changed: it is as " + home.path + " says");
    const auto low = set_key(home.file(), {}, "cache.ttl-min", "0", "uid 0", noon);
    REQUIRE(low);
    const auto both = set_key(home.file(), low->changes, "cache.ttl-max", "30", "uid 0", noon);
    REQUIRE(both);
    CHECK(unset_key(home.file(), both->changes, "cache.ttl-min").error() ==
          "cache.ttl-min cannot go back alone: cache.ttl-min is over cache.ttl-max");
}

TEST_CASE("what is adopted into the file is no change any more", "[config][changes]") {
    const Home home(R"("cache": {"ttl-max": 600})");
    auto changed = set_key(home.file(), {}, "cache.ttl-max", "3600", "uid 0", noon);
    changed = set_key(home.file(), changed->changes, "log.level", "\"debug\"", "uid 0", noon);
    REQUIRE(changed);
    CHECK(adoption_text(changed->changes) ==
          "{\n  \"cache\": {\n    \"ttl-max\": 3600\n  },\n  \"log\": {\n    \"level\": "
          "\"debug\"\n  }\n}\n");
    CHECK(not_adopted(changed->changes, home.file().config).size() == 2);
    const Home adopted(R"("cache": {"ttl-max": 3600})");
    const Changes left = not_adopted(changed->changes, adopted.file().config);
    REQUIRE(left.size() == 1);
    CHECK(left.front().path == "log.level");
}

TEST_CASE("a file of changes that is not right is told with its place", "[config][changes]") {
    const auto mistake = [](std::string_view text) {
        const auto changes = parse_changes(text, "changes.json", ".");
        return changes ? "" : changes.error().place + " " + changes.error().text;
    };
    CHECK(mistake("{").starts_with("changes.json:1:"));
    CHECK(mistake("{}").starts_with("changes.json:1:1 is not of version 1 of the changes"));
    const std::string head = R"({"version": 1, "changes": [)";
    CHECK(mistake(head + "]}").empty());
    CHECK(mistake(head + "{}]}") ==
          R"(changes.json:1:28 a change has "key", "value", "who" and "when")");
    const std::string tail = R"(, "who": "uid 0", "when": "2026-12-01"})";
    CHECK(mistake(head + R"({"key": "wrkers", "value": 1)" + tail + "]}") ==
          "changes.json:1:36 there is no key \"wrkers\"; the nearest is \"workers\"");
    CHECK(mistake(head + R"({"key": "workers", "value": 999)" + tail + "]}") ==
          "changes.json:1:56 wants a whole number from 0 to 256");
    const std::string one = R"({"key": "workers", "value": 9)" + tail;
    CHECK(mistake(head + one + ",\n" + one + "]}") ==
          "changes.json:2:1 the key workers is given twice");
}

TEST_CASE("a change that contradicts what the file says later is told where it stands",
          "[config][changes]") {
    const Home home(R"("cache": {"ttl-min": 60})");
    const std::string path = home.directory.write("changes.json", R"({"version": 1, "changes": [
  {"key": "cache.ttl-min", "value": 90, "who": "uid 0", "when": "2026-12-01"},
  {"key": "cache.ttl-max", "value": 30, "who": "uid 0", "when": "2026-12-01"}]})");
    KernelFiles files;
    const auto loaded = load_with_changes(home.path, files);
    REQUIRE_FALSE(loaded);
    REQUIRE(loaded.error().size() == 1);
    CHECK(loaded.error().front().place.ends_with("/changes.json:2:37"));
    CHECK(loaded.error().front().text == "cache.ttl-min is over cache.ttl-max");
}

TEST_CASE("a full disk, a folder that is closed and none at all are one clear sentence each",
          "[config][changes]") {
    FailingFiles full(ENOSPC);
    CHECK(write_changes(full, "/s", {}).error() ==
          "the change is not kept: cannot write /s/changes.json.new: No space left on device");
    FailingFiles closed(EACCES);
    CHECK(write_changes(closed, "/s", {}).error() ==
          "the change is not kept: cannot write /s/changes.json.new: Permission denied");
    CHECK(read_changes(closed, "/s", ".").error().text ==
          "cannot read /s/changes.json: Permission denied");
    CHECK(write_changes(full, "", {}).error().starts_with("there is no state folder"));
    CHECK(read_changes(closed, "", ".")->empty());
}
