// Files that a test needs on a real disk.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <catch2/catch.hpp>

namespace wend {

// A new directory below the system's own for such things; removed at the end with all that it has.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string pattern = std::filesystem::temp_directory_path() / "wend-test-XXXXXX";
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    TemporaryDirectory(TemporaryDirectory&&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;

    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::string& path() const { return path_; }

    // Writes a file in it and returns the file's path.
    std::string write(const std::string& name, std::string_view text) const {
        const std::string path = path_ + "/" + name;
        std::ofstream(path) << text;
        return path;
    }

  private:
    std::string path_;
};

}  // namespace wend
