#include "config/sources.h"

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "config/read.h"
#include "tests/temporary_directory.h"

using namespace wend;

namespace {

using SourceLines = std::vector<std::string>;

// A configuration beside a folder "wend.d".
struct Folder {
    TemporaryDirectory directory{};
    std::string path = directory.path() + "/wend.json";

    Folder() { std::filesystem::create_directory(directory.path() + "/wend.d"); }

    SourceLines lines_of_mistakes() const {
        const auto config = read_config_file(path);
        return config ? SourceLines() : config.error();
    }
};

}  // namespace

TEST_CASE("included files are merged in the order of their names: objects merge, lists replace",
          "[config][include]") {
    const Folder folder;
    folder.directory.write("wend.json", R"({"cache": {"ttl-max": 60, "ttl-min": 1},
                                            "chaos": {"identity": "main"},
                                            "listen": ["192.0.2.1", "192.0.2.2"]})");
    folder.directory.write("wend.d/20.json", R"({"$schema": "x", "cache": {"ttl-max": 90}})");
    folder.directory.write("wend.d/10.json",
                           R"({"$schema": "y", "cache": {"ttl-max": 70}, "workers": 3,
                               "listen": ["192.0.2.3"], "root": {"hints": "wend.json"}})");
    folder.directory.write("wend.d/30.json~", "not read");
    folder.directory.write("wend.d/.hidden.json", "not read");
    const auto config = read_config_file(folder.path);
    REQUIRE(config);
    CHECK(config->cache.ttl_max == 90);
    CHECK(config->cache.ttl_min == 1);
    CHECK(config->workers == 3);
    CHECK(config->chaos.identity == "main");
    CHECK(config->listen == std::vector{*Endpoint::from_text("192.0.2.3:53")});
    // Paths start at the folder of the configuration.
    CHECK(config->root.hints == folder.path);
    const auto sources = read_sources(folder.path);
    REQUIRE(sources);
    SourceLines twice;
    for (const SetTwice& again : sources->twice) {
        twice.push_back(
            again.path + " " +
            std::filesystem::path(place_text(*sources, again.first)).filename().string() + " " +
            place_text(*sources, again.second).substr(folder.path.size() - 9));
    }
    CHECK(twice == SourceLines{"cache.ttl-max wend.json:1:12 wend.d/10.json:1:28",
                               "listen wend.json:3:45 wend.d/10.json:2:32",
                               "cache.ttl-max 10.json:1:28 wend.d/20.json:1:28"});
}

TEST_CASE("each mistake keeps the file, line and column that it stands in", "[config][include]") {
    const Folder folder;
    folder.directory.write("wend.json", R"({"workers": "two", "cache": {"ttl-max": 60}})");
    const std::string one = folder.directory.write("wend.d/1.json", "{\n \"wrkers\": 1}");
    const std::string two = folder.directory.write("wend.d/2.json", R"({"cache": {"ttl-max": 0},
        "log": {"level": "info"}, "log": {}})");
    CHECK(folder.lines_of_mistakes() ==
          SourceLines{folder.path + ":1:13: wants a whole number from 0 to 256",
                      one + ":2:2: there is no key \"wrkers\"; the nearest is \"workers\"",
                      two + ":1:23: wants a whole number from 1 to 604800",
                      two + ":2:35: the key \"log\" is given twice"});
}

TEST_CASE("a mistake of form in any of the files is told, and which file it is",
          "[config][include]") {
    const Folder folder;
    folder.directory.write("wend.json", "{}");
    const std::string one = folder.directory.write("wend.d/1.json", "{,}");
    const std::string two = folder.directory.write("wend.d/2.json", "[]");
    const std::string three = folder.directory.write("wend.d/3.json", "");
    const std::string four = folder.directory.write("wend.d/4.json", "{ \"include\": \"x\"}");
    const SourceLines lines = folder.lines_of_mistakes();
    REQUIRE(lines.size() == 4);
    CHECK(lines[0].starts_with(one + ":1:2: "));
    CHECK(lines[1] == two + ":1:1: a configuration is an object, { ... }, not a list");
    CHECK(lines[2] == three + ": the file is empty");
    CHECK(lines[3] == four + ":1:3: a file that is included includes no others");
}

TEST_CASE("another pattern, one file or none can be included", "[config][include]") {
    const Folder folder;
    folder.directory.write("wend.d/1.json", R"({"workers": 1})");
    folder.directory.write("two.conf", R"({"workers": 2})");
    folder.directory.write("wend.json", R"({"include": "two.conf"})");
    CHECK(read_config_file(folder.path)->workers == 2);
    folder.directory.write("wend.json", R"({"include": null})");
    CHECK(read_config_file(folder.path)->workers == 0);
    folder.directory.write("wend.json", R"({"include": "nowhere/*"})");
    CHECK(read_config_file(folder.path)->workers == 0);
    folder.directory.write("wend.json", R"({"include": 5})");
    CHECK(folder.lines_of_mistakes() ==
          SourceLines{folder.path + ":1:13: wants a text, not a whole number"});
}
