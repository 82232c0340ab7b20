#include "replay/files.h"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

using namespace wend;

namespace {

namespace fs = std::filesystem;

// A folder of its own for each test, gone when that ends.
class Folder {
  public:
    Folder() : path_(fs::temp_directory_path() / "wend-replay-XXXXXX") {
        std::string name = path_.string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }

    std::string add(std::string_view name, std::string_view text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }

    std::string path() const { return path_.string(); }

  private:
    fs::path path_;
};

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
    const Folder folder;
    folder.add("notes.txt", sound);
    const Played played = play({folder.path()});
    CHECK(played.status == 1);
    CHECK(played.lines ==
          std::vector<std::string>{"not ok " + folder.path() + ": no scenario in this folder",
                                   "0 passed, 1 failed, 0 skipped"});
}

TEST_CASE("a folder's scenarios are played, and a misspelt step is told with its line",
          "[replay][replay]") {
    const Folder folder;
    const std::string first = folder.add("a.rpl", sound);
    std::string misspelt(sound);
    misspelt.replace(misspelt.find("NOTHING"), 7, "NOTHINK");
    const std::string second = folder.add("b.rpl", misspelt);
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
