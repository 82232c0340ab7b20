#include "config/plan_text.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "config/read.h"
#include "tests/temporary_directory.h"

using namespace wend;

namespace {

using PlanText = std::vector<std::string>;

Config config_from(std::string_view text) {
    const auto config = read_config(text, ".");
    REQUIRE(config);
    return *config;
}

std::string nowhere(std::string_view) {
    return {};
}

}  // namespace

TEST_CASE("a plan is told in lines that say what holds when, and where it stands",
          "[config][plan]") {
    const TemporaryDirectory directory;
    const std::string path = directory.write("wend.json", R"({
  "listen": ["127.0.0.1:53", "192.0.2.53"], "workers": 4,
  "cache": {"ttl-max": 3600}, "forward": [{"zone": "corp.example", "addresses": ["10.0.0.1"]}]
})");
    const auto wanted = load_config_file(path);
    REQUIRE(wanted);
    Config before;
    before.workers = 2;
    before.chaos.identity = "ns1";
    const auto place = [&](std::string_view key) {
        const std::string text = place_of_value(wanted->sources, key);
        return text.empty() ? text : text.substr(directory.path().size() + 1);
    };
    CHECK(plan_text(plan_of(before, wanted->config), place) ==
          PlanText{"- listen [::1]:53 (wend.json:2:13) live, closes a socket when its queries are "
                   "answered",
                   "+ listen 192.0.2.53:53 (wend.json:2:13) live, opens a socket",
                   "! workers 2 -> 4 (wend.json:2:56) needs a restart",
                   "~ cache.ttl-max 86400 -> 3600 (wend.json:3:24) live",
                   "+ forward {\"zone\":\"corp.example.\",\"addresses\":[\"10.0.0.1:53\"],"
                   "\"first\":false} (wend.json:3:42) live",
                   "~ chaos.identity \"ns1\" -> null live", "would flush corp.example.",
                   "what is cached keeps the TTLs it was stored with; flush it if it should not"});
    CHECK(plan_text(Plan{}, place).empty());
}

TEST_CASE("a list in another order is one change", "[config][plan]") {
    const Plan plan = plan_of(config_from(R"({"listen": ["192.0.2.1", "192.0.2.2"]})"),
                              config_from(R"({"listen": ["192.0.2.2", "192.0.2.1"]})"));
    CHECK(plan_text(plan, nowhere) ==
          PlanText{R"(~ listen ["192.0.2.1:53", "192.0.2.2:53"] -> ["192.0.2.2:53", )"
                   R"("192.0.2.1:53"] live)"});
}

TEST_CASE("a plan as JSON has values, zones and findings", "[config][plan]") {
    const Plan plan =
        plan_of(config_from(R"({"forward": [{"zone": "example", "addresses": ["192.0.2.1"]},
                                    {"zone": "a.example", "addresses": ["192.0.2.2"]}]})"),
                config_from(R"({"forward": [{"zone": "a.example", "addresses": ["192.0.2.2"]}],
                        "workers": 3})"));
    const auto json =
        nlohmann::json::parse(plan_json(plan, nowhere, {{"f:1:1", "a text", "open-resolver"}}));
    CHECK(json.at("needs-restart") == true);
    CHECK(json.at("changes").at(0) ==
          nlohmann::json::parse(
              R"({"key": "workers", "was": 0, "is": 3, "place": "", "applies": "restart"})"));
    CHECK(json.at("changes").at(1).at("is").at(0).at("zone") == "a.example.");
    CHECK(json.at("flushes").at(0) ==
          nlohmann::json::parse(R"({"what": "everything", "zone": "example.",
              "except": ["a.example."], "text": "example. but not a.example."})"));
    CHECK(json.at("flushes").at(2).at("servers") == nlohmann::json::parse(R"(["192.0.2.1:53"])"));
    CHECK(json.at("findings").at(0).at("severity") == "warning");
    CHECK_FALSE(json.at("findings").at(0).at("remedy").empty());
}
