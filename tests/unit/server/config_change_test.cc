#include "server/service/config_change.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/temporary_directory.h"

namespace wend {
namespace {

class File {
  public:
    explicit File(const std::string& text) {
        auto loaded = load_config_file(directory_.write("wend.json", text));
        REQUIRE(loaded);
        file_ = std::move(*loaded);
    }

    std::expected<Changes, std::string> after(std::string_view verb,
                                              const std::vector<std::string>& words) {
        return changes_by({.verb = verb,
                           .arguments = words,
                           .who = "uid 0",
                           .when = WallTime(std::chrono::seconds(1'800'000'000))},
                          file_, changes_);
    }

    // Keeps what it came to.
    void change(std::string_view verb, const std::vector<std::string>& words) {
        auto changed = after(verb, words);
        INFO(verb << (changed ? "" : ": " + changed.error()));
        REQUIRE(changed);
        changes_ = std::move(*changed);
    }

    Config config() const {
        const auto changed = with_changes(file_, changes_, "changes.json");
        REQUIRE(changed);
        return changed->config;
    }

    const Changes& changes() const { return changes_; }

  private:
    TemporaryDirectory directory_;
    LoadedConfig file_;
    Changes changes_;
};

}  // namespace

TEST_CASE("a key is set in the words of JSON or of people, and unset again", "[service]") {
    File file("{}");
    file.change("config set", {"log.level", "debug"});
    CHECK(file.config().log.level == LogLevel::debug);
    file.change("config set", {"-p", "/cache/ttl-max", "3600"});
    CHECK(file.config().cache.ttl_max == 3'600);
    CHECK(file.changes().size() == 2);
    CHECK(file.changes().front().who == "uid 0");
    file.change("config set", {"cache.size", "64MiB"});  // begins as a number does
    CHECK(file.config().cache.size == 64 << 20);
    file.change("config unset", {"log.level"});
    CHECK(file.config().log.level == LogLevel::info);
    file.change("config drop", {});
    CHECK(file.changes().empty());
}

TEST_CASE("what cannot be is refused in a sentence and changes nothing", "[service]") {
    File file("{}");
    const auto loud = file.after("config set", {"log.level", "loud"});
    REQUIRE_FALSE(loud);
    CHECK(loud.error().find("debug") != std::string::npos);
    CHECK_FALSE(file.after("config set", {"log.levle", "debug"}));
    CHECK_FALSE(file.after("config set", {"workers", "2"}));  // locked
    CHECK_FALSE(file.after("config set", {"log.level"}));
    CHECK_FALSE(file.after("config unset", {"log.level"}));  // not changed
    CHECK_FALSE(file.after("config drop", {"all"}));
    CHECK_FALSE(file.after("forward add", {"corp.example"}));
    CHECK_FALSE(file.after("forward add", {}));
    CHECK_FALSE(file.after("forward add", {"corp.example", "192.0.2.53\", \"192.0.2.54"}));
    CHECK_FALSE(file.after("forward remove", {"corp.example"}));
    CHECK_FALSE(file.after("insecure add", {"corp.example"}));
    CHECK_FALSE(file.after("insecure add", {"corp.example", "--until", "tomorrow"}));
    const auto over = file.after("insecure add", {"corp.example", "--until", "1999-01-31"});
    REQUIRE_FALSE(over);
    CHECK(over.error().starts_with("1999-01-31 is over: it is 2027-01-15T08:00:00Z"));
    CHECK(file.changes().empty());
}

TEST_CASE("a zone is added beside those of the file, replaced and removed", "[service]") {
    File file(R"({"forward": [{"zone": "a.example", "addresses": ["192.0.2.1"]}]})");
    file.change("forward add", {"corp.example", "192.0.2.53", "192.0.2.54:5353", "--first"});
    REQUIRE(file.config().forward.size() == 2);
    const Config::Zone added = file.config().forward.at(1);
    CHECK(added.zone == dns::name_of("corp.example."));
    CHECK(added.first);
    REQUIRE(added.addresses.size() == 2);
    CHECK(added.addresses.at(0).to_text() == "192.0.2.53:53");
    CHECK(added.addresses.at(1).to_text() == "192.0.2.54:5353");
    file.change("forward add", {"A.example.", "192.0.2.9"});
    REQUIRE(file.config().forward.size() == 2);
    CHECK(file.config().forward.at(1).addresses.at(0).to_text() == "192.0.2.9:53");
    file.change("forward remove", {"corp.example"});
    file.change("forward remove", {"a.example"});
    CHECK(file.config().forward.empty());
    file.change("stub add", {"10.in-addr.arpa", "192.0.2.3"});
    CHECK(file.config().stub.size() == 1);
    file.change("insecure add", {"corp.example", "--until", "2030-01-31"});
    REQUIRE(file.config().dnssec.negative_anchors.size() == 1);
    CHECK(file.config().dnssec.negative_anchors.at(0).until);
    file.change("insecure remove", {"corp.example"});
    CHECK(file.config().dnssec.negative_anchors.empty());
}

TEST_CASE("what the file says by itself is no change any more", "[service]") {
    File file(R"({"cache": {"ttl-max": 3600}})");
    file.change("config set", {"log.level", "debug"});
    file.change("config set", {"cache.ttl-max", "3600"});
    file.change("config adopt", {});
    REQUIRE(file.changes().size() == 1);
    CHECK(file.changes().front().path == "log.level");
}

}  // namespace wend
