#include "observe/prometheus.h"

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/unit/observe/test_board.h"

namespace wend {
namespace {

// "name{labels}" -> value, of all lines but comments.
std::map<std::string, std::string> samples_of(const std::string& text) {
    std::map<std::string, std::string> samples;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) {
            continue;
        }
        const std::size_t gap = line.rfind(' ');
        REQUIRE(gap != std::string::npos);
        const bool is_new = samples.emplace(line.substr(0, gap), line.substr(gap + 1)).second;
        INFO(line);
        CHECK(is_new);
    }
    return samples;
}

MetricFacts facts_of(const Board& board) {
    return {.board = board.view(),
            .compiler = "a compiler",
            .process = ProcessUsage{.user_seconds = 1,
                                    .system_seconds = 0.5,
                                    .resident_bytes = 4'096,
                                    .virtual_bytes = 8'192,
                                    .threads = 2,
                                    .open_files = 9,
                                    .open_files_max = 1'024},
            .now = Instant(std::chrono::milliseconds(100'250))};
}

std::string metrics_of(const Board& board) {
    MetricText text;
    write_metrics(text, facts_of(board));
    return text.take();
}

}  // namespace

TEST_CASE(
    "every family has its help, its type and at least one sample, and counters end in total") {
    const Board board = board_with_numbers(2);
    const std::string text = metrics_of(board);
    const auto samples = samples_of(text);
    std::set<std::string_view> names;
    for (const MetricFamily& family : metric_families()) {
        INFO(family.name);
        CHECK(names.insert(family.name).second);
        CHECK(text.find(fmt::format("# HELP {} ", family.name)) != std::string::npos);
        CHECK(text.find(fmt::format("# TYPE {} ", family.name)) != std::string::npos);
        CHECK((family.type == MetricType::counter) == family.name.ends_with("_total"));
        const auto first = samples.lower_bound(std::string(family.name));
        REQUIRE(first != samples.end());
        CHECK(first->first.starts_with(family.name));
    }
}

TEST_CASE("every reason and every counter of the board is in a metric") {
    const Board board = board_with_numbers(2);
    const auto samples = samples_of(metrics_of(board));
    for (std::size_t i = 0; i < dns::reason_count; ++i) {
        const auto reason = static_cast<dns::Reason>(i);
        const auto key = fmt::format("wend_answers_total{{reason=\"{}\"}}", to_text(reason));
        INFO(key);
        REQUIRE(samples.contains(key));
        CHECK(samples.at(key) == std::to_string(board.view().sum(reason)));
    }
    std::set<std::string> values;
    for (const auto& [key, value] : samples) {
        values.insert(value);
    }
    // Queries are told by their ways, whose sum these two are.
    for (std::size_t i = place_of(Counter::queries_tcp) + 1; i < place_of(Counter::count); ++i) {
        const auto counter = static_cast<Counter>(i);
        const std::uint64_t sum = board.view().sum(counter);
        const std::uint64_t of_first = board.view().workers()[0].stats.get(counter);
        INFO(to_text(counter));
        CHECK((values.contains(std::to_string(sum)) || values.contains(std::to_string(of_first))));
    }
    for (std::size_t i = 0; i < place_of(Gauge::lists_loading); ++i) {
        CHECK(values.contains(std::to_string(500 + i)));
    }
}

TEST_CASE("two workers have at most 800 series, and one more worker adds few") {
    const auto series = [](unsigned workers) {
        const Board board = board_with_numbers(workers);
        MetricText text;
        write_metrics(text, facts_of(board));
        return text.series();
    };
    CHECK(series(2) <= metric_series_max);
    CHECK(series(3) - series(2) <= 12);
    CHECK(samples_of(metrics_of(board_with_numbers(2))).size() == series(2));
}

TEST_CASE("histograms go up to all that was counted, at edges that are powers of two") {
    const Board board = board_with_numbers(2);
    const auto samples = samples_of(metrics_of(board));
    const auto bucket = [&](std::string_view edge) {
        return samples.at(
            fmt::format("wend_response_seconds_bucket{{source=\"network\",le=\"{}\"}}", edge));
    };
    CHECK(bucket("0.000064") == "0");
    CHECK(bucket("0.016384") == "0");
    CHECK(bucket("0.032768") == "6");
    CHECK(bucket("8.388608") == "6");
    CHECK(bucket("+Inf") == "6");
    CHECK(samples.at("wend_response_seconds_count{source=\"network\"}") == "6");
    CHECK(samples.at("wend_response_seconds_sum{source=\"network\"}") == "0.180000");
}

TEST_CASE("what the kernel does not tell of the process is left out, never zero") {
    const Board board = board_with_numbers(1);
    MetricFacts facts = facts_of(board);
    facts.process.reset();
    MetricText text;
    write_metrics(text, facts);
    for (const auto& [key, value] : samples_of(text.take())) {
        CHECK((!key.starts_with("process_") || key == "process_start_time_seconds"));
    }
}

TEST_CASE("health is that every worker's loop has turned of late") {
    Board board = board_with_numbers(2);
    const Instant then(std::chrono::seconds(100));
    CHECK(is_alive(board.view(), then + std::chrono::seconds(4)));
    CHECK_FALSE(is_alive(board.view(), then + worker_stuck_time));
    board.worker(0).stamp(then + std::chrono::seconds(4));
    CHECK_FALSE(is_alive(board.view(), then + worker_stuck_time));
}

TEST_CASE("a server is ready when nothing that it needs is missing, and else says what") {
    auto board = make_board(1, "1.2.3", false);
    REQUIRE(board);
    CHECK(reasons_not_ready(board->view()).size() == 1);  // nobody has looked at the anchors
    board->process().set(Gauge::root_key_ready, 1);
    CHECK(reasons_not_ready(board->view()).empty());
    board->process().set(Gauge::draining, 1);
    CHECK(reasons_not_ready(board->view()) ==
          std::vector<std::string_view>{"the server is about to end"});
}

TEST_CASE("the kernel's words on a process are read past a name with brackets and spaces in it") {
    const std::string stat =
        "7 (a) b ) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 3 0 12345 1048576 25 "
        "18446744073709551615 1";
    const auto usage = usage_from_stat(stat, 100, 4'096);
    REQUIRE(usage);
    CHECK(usage->user_seconds == 2.5);
    CHECK(usage->system_seconds == 0.5);
    CHECK(usage->threads == 3);
    CHECK(usage->virtual_bytes == 1'048'576);
    CHECK(usage->resident_bytes == 25 * 4'096);
    CHECK_FALSE(usage_from_stat("", 100, 4'096));
    CHECK_FALSE(usage_from_stat("7 (a) S 1", 100, 4'096));
    const auto own = read_usage(static_cast<std::uint64_t>(getpid()));
    REQUIRE(own);
    CHECK(own->resident_bytes > 0);
    CHECK(own->open_files > 2);
    CHECK(own->open_files_max > own->open_files);
}

}  // namespace wend
