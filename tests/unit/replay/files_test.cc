#include "replay/files.h"

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/temporary_directory.h"

using namespace wend;

namespace {

namespace fs = std::filesystem;

struct Played {
    int status = 0;
    std::vector<std::string> lines;
};

Played play(std::vector<std::string> paths) {
    Played played;
    played.status = run_replay({.paths = std::move(paths)},
                               [&](std::string_view line) { played.lines.emplace_back(line); });
    return played;
}

constexpr std::string_view sound =
    "server:\nCONFIG_END\nSCENARIO_BEGIN t\nSTEP 1 NOTHING\nSCENARIO_END\n";

}  // namespace

TEST_CASE("a folder without scenarios has not passed", "[replay][replay]") {
    const TemporaryDirectory folder;
    folder.write("notes.txt", sound);
    const Played played = play({folder.path()});
    CHECK(played.status == 1);
    CHECK(played.lines ==
          std::vector<std::string>{"not ok " + folder.path() + ": no scenario in this folder",
                                   "0 passed, 1 failed, 0 skipped"});
}

TEST_CASE("a folder's scenarios are played, and a misspelt step is told with its line",
          "[replay][replay]") {
    const TemporaryDirectory folder;
    const std::string first = folder.write("a.rpl", sound);
    std::string misspelt(sound);
    misspelt.replace(misspelt.find("NOTHING"), 7, "NOTHINK");
    const std::string second = folder.write("b.rpl", misspelt);
    const Played played = play({folder.path()});
    CHECK(played.status == 1);
    CHECK(played.lines ==
          std::vector<std::string>{
              "ok " + first,
              "not ok " + second +
                  ": line 4: \"NOTHINK\" is not a type of step; the nearest is NOTHING",
              "1 passed, 1 failed, 0 skipped"});
    CHECK(play({first}).status == 0);
}
