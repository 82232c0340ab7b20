#include "base/durable_file.h"

#include <filesystem>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "tests/temporary_directory.h"

using namespace wend;

namespace {

// A disk that loses power after so many steps: an octet written, a sync, a rename are a step each.
// What was not synced is lost.
class FailingDisk final : public FileStore {
  public:
    explicit FailingDisk(std::size_t steps) : steps_left_(steps) {}

    std::expected<std::optional<std::string>, std::string> read(const std::string& path,
                                                                std::size_t) override {
        const auto found = names_.find(path);
        return found == names_.end() ? std::nullopt : std::optional(contents_.at(found->second));
    }

    Outcome write_and_sync(const std::string& path, std::string_view text) override {
        if (!step()) {
            return dead();
        }
        const int file = ++files_;
        names_[path] = file;
        synced_[file] = "";
        contents_[file] = "";
        for (const char octet : text) {
            if (!step()) {
                return dead();
            }
            contents_[file] += octet;
        }
        if (!step()) {
            return dead();
        }
        synced_[file] = contents_[file];
        return {};
    }

    Outcome rename(const std::string& from, const std::string& to) override {
        if (!step()) {
            return dead();
        }
        names_[to] = names_.at(from);
        names_.erase(from);
        return {};
    }

    Outcome sync_folder_of(const std::string&) override {
        if (!step()) {
            return dead();
        }
        synced_names_ = names_;
        return {};
    }

    // What the next start finds. The disk may have written names, and contents, sooner than it was
    // made to.
    void restart(bool names_early, bool contents_early) {
        names_ = names_early ? names_ : synced_names_;
        contents_ = contents_early ? contents_ : synced_;
        steps_left_ = 1'000'000;
    }

    void refill(std::size_t steps) { steps_left_ = steps; }

    std::size_t steps_left() const { return steps_left_; }

  private:
    bool step() { return steps_left_ > 0 && steps_left_-- > 0; }

    static std::unexpected<std::string> dead() { return std::unexpected(std::string("no power")); }

    std::size_t steps_left_;
    int files_ = 0;
    std::map<std::string, int> names_;
    std::map<std::string, int> synced_names_;
    std::map<int, std::string> contents_;
    std::map<int, std::string> synced_;
};

}  // namespace

TEST_CASE("a crash at any octet of a replacement leaves the old text or the new one", "[base]") {
    const std::string before = "the text before";
    const std::string after = "another text, and a longer one";
    FailingDisk whole(1'000'000);
    REQUIRE(replace_file(whole, "f", after));
    const std::size_t steps = 1'000'000 - whole.steps_left();
    REQUIRE(steps == after.size() + 4);
    for (std::size_t at = 0; at <= steps; ++at) {
        for (const bool names_early : {false, true}) {
            for (const bool contents_early : {false, true}) {
                CAPTURE(at, names_early, contents_early);
                FailingDisk disk(1'000'000);
                REQUIRE(replace_file(disk, "f", before));
                disk.refill(at);
                CHECK(replace_file(disk, "f", after).has_value() == (at == steps));
                disk.restart(names_early, contents_early);
                const auto found = disk.read("f", 1'000);
                REQUIRE(found);
                REQUIRE(found->has_value());
                CHECK((**found == before || **found == after));
                CHECK((at < steps || **found == after));
                // And the next replacement works.
                REQUIRE(replace_file(disk, "f", after));
                CHECK(**disk.read("f", 1'000) == after);
            }
        }
    }
}

TEST_CASE("a file of this machine is replaced, read and limited", "[base]") {
    const TemporaryDirectory folder;
    const std::string path = folder.path() + "/state";
    KernelFiles files;
    const auto none = files.read(path, 100);
    REQUIRE(none);
    CHECK_FALSE(none->has_value());
    REQUIRE(replace_file(files, path, "one"));
    REQUIRE(replace_file(files, path, "another"));
    const auto text = files.read(path, 100);
    REQUIRE(text);
    CHECK(*text == "another");
    CHECK(files.read(path, 7).has_value());
    CHECK_FALSE(files.read(path, 6).has_value());
    CHECK_FALSE(std::filesystem::exists(path + ".new"));
    CHECK_FALSE(replace_file(files, folder.path() + "/no/such", "x").has_value());
}
