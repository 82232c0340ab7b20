#include "observe/foreign_stats.h"

#include <cctype>
#include <charconv>
#include <map>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "tests/unit/observe/test_board.h"

namespace wend {
namespace {

ForeignFacts foreign_facts(const Board& board) {
    const auto started = static_cast<std::int64_t>(board.view().header().started_at);
    return {.board = board.view(),
            .now = WallTime(std::chrono::seconds(started + 60)),
            .process = ProcessUsage{.user_seconds = 2, .resident_bytes = 4'096}};
}

// As tools read what unbound-control prints: a key of letters, digits, dots, dashes and underlines,
// an equals sign, a number with at most one point.
std::map<std::string, double> read_as_unbound(const std::string& text) {
    std::map<std::string, double> values;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        const std::size_t equals = line.find('=');
        REQUIRE(equals != std::string::npos);
        for (const char c : line.substr(0, equals)) {
            const bool is_usual = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' ||
                                  c == '_' || c == '-';
            REQUIRE(is_usual);
        }
        double value = -1;
        const char* const end = line.data() + line.size();
        const auto read = std::from_chars(line.data() + equals + 1, end, value);
        REQUIRE(read.ptr == end);
        CHECK(values.emplace(line.substr(0, equals), value).second);
    }
    return values;
}

}  // namespace

TEST_CASE(
    "what unbound-control would print is read by whoever reads that, threads and their total") {
    const Board board = board_with_numbers(2);
    auto values = read_as_unbound(unbound_text(foreign_facts(board)));
    const auto sum = [&](Counter counter) {
        return static_cast<double>(board.view().sum(counter));
    };
    CHECK(values.at("total.num.queries") == sum(Counter::queries_udp) + sum(Counter::queries_tcp));
    for (const std::string what : {"num.queries", "num.cachehits", "num.cachemiss",
                                   "num.recursivereplies", "requestlist.current.replies"}) {
        CHECK(values.at("thread0." + what) + values.at("thread1." + what) ==
              values.at("total." + what));
    }
    CHECK(values.at("time.up") == 60);
    CHECK(values.at("num.query.type.AAAA") == 2);
    CHECK(values.at("num.answer.rcode.NXDOMAIN") == 2);
    CHECK(values.at("num.answer.secure") == 2);
    CHECK(values.at("num.query.udpout") == 4);
    CHECK(values.at("num.query.ipv6") == 6);
    CHECK(values.at("total.recursion.time.avg") == 0.03);
}

TEST_CASE(
    "the histogram for unbound's readers has forty doubling steps and every answer waited for") {
    const Board board = board_with_numbers(2);
    auto values = read_as_unbound(unbound_text(foreign_facts(board)));
    double all = 0;
    int lines = 0;
    for (const auto& [key, value] : values) {
        if (key.starts_with("histogram.")) {
            all += value;
            ++lines;
        }
    }
    CHECK(lines == 40);
    CHECK(all == values.at("total.num.recursivereplies"));
    CHECK(values.at("histogram.000000.000000.to.000000.000001") == 0);
    CHECK(values.at("histogram.000000.016384.to.000000.032768") == 6);
    CHECK(values.contains("histogram.262144.000000.to.524288.000000") == false);
}

TEST_CASE("what unbound_exporter would tell Prometheus has its names, its labels and our numbers") {
    const Board board = board_with_numbers(2);
    const std::string text = unbound_metrics(foreign_facts(board));
    const auto has = [&](const std::string& line) {
        return text.find("\n" + line + "\n") != std::string::npos;
    };
    const auto hits = board.view().workers()[1].stats.get(Counter::cache_hits);
    CHECK(has("unbound_up 1"));
    CHECK(has("unbound_cache_hits_total{thread=\"1\"} " + std::to_string(hits)));
    CHECK(has("unbound_query_types_total{type=\"AAAA\"} 2"));
    CHECK(has("unbound_answer_rcodes_total{rcode=\"NXDOMAIN\"} 2"));
    CHECK(has("unbound_memory_caches_bytes{cache=\"rrset\"} 501"));
    CHECK(has("unbound_response_time_seconds_count 6"));
    CHECK(text.find("unbound_rpz_action_count") == std::string::npos);  // what wend has not
    std::istringstream lines(text);
    std::string family;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
        } else if (!line.starts_with('#')) {
            CHECK(line.starts_with(family));
        } else {
            CHECK(line.starts_with("# HELP "));
        }
    }
}

TEST_CASE("what rec_control would print is a word, a tab and a number, and answers add up") {
    const Board board = board_with_numbers(2);
    std::map<std::string, std::uint64_t> values;
    std::istringstream lines(pdns_text(foreign_facts(board)));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t tab = line.find('\t');
        REQUIRE(tab != std::string::npos);
        values[line.substr(0, tab)] = std::stoull(line.substr(tab + 1));
    }
    CHECK(values.at("answers0-1") == 10);
    CHECK(values.at("answers10-100") == 6);
    CHECK(values.at("answers1-10") + values.at("answers100-1000") + values.at("answers-slow") == 0);
    CHECK(values.at("questions") ==
          board.view().sum(Counter::queries_udp) + board.view().sum(Counter::queries_tcp));
    CHECK(values.at("outgoing-timeouts") == 2);
    CHECK(values.at("uptime") == 60);
    CHECK(values.at("user-msec") == 2'000);
    CHECK_FALSE(values.contains("fd-usage"));
}

}  // namespace wend
