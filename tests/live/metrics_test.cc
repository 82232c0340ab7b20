// What wend tells Prometheus, and what is shipped for it, judged by Prometheus's own tool.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "observe/prometheus.h"
#include "tests/temporary_directory.h"
#include "tests/unit/observe/test_board.h"

namespace wend {
namespace {

const std::string source_folder = WEND_SOURCE_DIR;
const std::string rules_file = source_folder + "/etc/prometheus/wend.rules.yml";

std::string content_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string in(const TemporaryDirectory& folder, const std::string& name) {
    return folder.path() + "/" + name;
}

// Nothing where prometheus is not unpacked.
std::string promtool() {
    const char* const folder = std::getenv("WEND_PROMETHEUS_DIR");
    return folder == nullptr ? std::string() : fmt::format("'{}/promtool'", folder);
}

// Its exit status; what it says goes to `said`.
int run(const std::string& command, const std::string& said) {
    return std::system(fmt::format("{} >'{}' 2>&1", command, said).c_str());
}

std::vector<std::string> dashboard_expressions() {
    std::vector<std::string> found;
    const auto dashboard =
        nlohmann::json::parse(content_of(source_folder + "/etc/grafana/wend.json"));
    for (const auto& panel : dashboard.at("panels")) {
        for (const auto& target : panel.value("targets", nlohmann::json::array())) {
            const std::string expression = target.at("expr");
            found.push_back(
                std::regex_replace(expression, std::regex(R"(\$__rate_interval)"), "5m"));
        }
    }
    return found;
}

std::set<std::string> names_in(const std::string& text) {
    std::set<std::string> names;
    const std::regex name(R"(\b(wend|process)_[a-z0-9_]+)");
    for (std::sregex_iterator each(text.begin(), text.end(), name), end; each != end; ++each) {
        names.insert(std::regex_replace(each->str(), std::regex("_seconds_(bucket|sum|count)$"),
                                        "_seconds"));
    }
    return names;
}

}  // namespace

TEST_CASE("every metric that the dashboard and the alerts name is one that wend has", "[live]") {
    std::set<std::string> known;
    for (const MetricFamily& family : metric_families()) {
        known.emplace(family.name);
    }
    std::string asked = content_of(rules_file);
    REQUIRE(asked.size() > 1'000);
    for (const std::string& expression : dashboard_expressions()) {
        asked += "\n" + expression;
    }
    const auto names = names_in(asked);
    CHECK(names.size() > 30);
    for (const std::string& name : names) {
        INFO(name);
        CHECK(known.contains(name));
    }
}

TEST_CASE("every reason that an alert names is one that wend has", "[live]") {
    std::set<std::string> known;
    for (std::size_t i = 0; i < dns::reason_count; ++i) {
        known.emplace(to_text(static_cast<dns::Reason>(i)));
    }
    const std::string rules = content_of(rules_file);
    const std::regex matcher("reason=~?\"([a-z|-]+)\"");
    std::size_t count = 0;
    for (std::sregex_iterator each(rules.begin(), rules.end(), matcher), end; each != end; ++each) {
        std::istringstream words((*each)[1].str());
        for (std::string word; std::getline(words, word, '|'); ++count) {
            INFO(word);
            CHECK(known.contains(word));
        }
    }
    CHECK(count >= 7);
}

TEST_CASE("promtool finds nothing to say about the metrics", "[live]") {
    if (promtool().empty()) {
        WARN("WEND_PROMETHEUS_DIR does not say where promtool is: left out");
        return;
    }
    const TemporaryDirectory folder;
    const Board board = board_with_numbers(2);
    MetricText text;
    write_metrics(text, {.board = board.view(),
                         .compiler = "g++ 12.2",
                         .process = read_usage(static_cast<std::uint64_t>(getpid())),
                         .now = Instant(std::chrono::seconds(101))});
    folder.write("metrics", text.take());
    const int status = run(fmt::format("{} check metrics <'{}'", promtool(), in(folder, "metrics")),
                           in(folder, "said"));
    INFO(content_of(in(folder, "said")));
    CHECK(status == 0);
    CHECK(content_of(in(folder, "said")).empty());
}

TEST_CASE("promtool reads the alerts, sees each speak in its hour, and reads the dashboard",
          "[live]") {
    if (promtool().empty()) {
        WARN("WEND_PROMETHEUS_DIR does not say where promtool is: left out");
        return;
    }
    const TemporaryDirectory folder;
    const auto judged = [&](const std::string& words) {
        const int status = run(promtool() + " " + words, in(folder, "said"));
        INFO(content_of(in(folder, "said")));
        CHECK(status == 0);
    };
    judged(fmt::format("check rules '{}'", rules_file));
    std::filesystem::copy(rules_file, in(folder, "wend.rules.yml"));
    std::filesystem::copy(source_folder + "/tests/live/wend.rules.test.yml",
                          in(folder, "wend.rules.test.yml"));
    judged(fmt::format("test rules '{}'", in(folder, "wend.rules.test.yml")));

    std::string rules = "groups:\n  - name: dashboard\n    rules:\n";
    std::size_t number = 0;
    for (const std::string& expression : dashboard_expressions()) {
        rules += fmt::format("      - record: panel:{}\n        expr: |\n          {}\n", number++,
                             expression);
    }
    CHECK(number > 30);
    folder.write("dashboard.yml", rules);
    judged(fmt::format("check rules '{}'", in(folder, "dashboard.yml")));
}

}  // namespace wend
