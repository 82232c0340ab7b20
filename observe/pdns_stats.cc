#include <cstdint>

#include <fmt/format.h>

#include "observe/foreign_stats.h"

namespace wend {
namespace {

using dns::Reason;

class Lines {
  public:
    void put(std::string_view key, std::uint64_t value) {
        fmt::format_to(std::back_inserter(text_), "{}\t{}\n", key, value);
    }

    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

// Of what took less than that.
std::uint64_t answered_within(const HistogramSum& all, Duration limit) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < Histogram::cells && Histogram::lower_bound(i) < limit; ++i) {
        sum += all.counts[i];
    }
    return sum;
}

void put_answers(Lines& lines, const BoardView& board) {
    using std::chrono::milliseconds;
    const HistogramSum all = board.response_of_all();
    const std::uint64_t within_1 = answered_within(all, milliseconds(1));
    const std::uint64_t within_10 = answered_within(all, milliseconds(10));
    const std::uint64_t within_100 = answered_within(all, milliseconds(100));
    const std::uint64_t within_1000 = answered_within(all, milliseconds(1'000));
    lines.put("answers0-1", within_1);
    lines.put("answers1-10", within_10 - within_1);
    lines.put("answers10-100", within_100 - within_10);
    lines.put("answers100-1000", within_1000 - within_100);
    lines.put("answers-slow", all.total() - within_1000);
    lines.put("noerror-answers", board.sum(dns::Rcode::noerror));
    lines.put("nxdomain-answers", board.sum(dns::Rcode::nxdomain));
    lines.put("servfail-answers", board.sum(dns::Rcode::servfail));
}

struct Outgoing {
    std::uint64_t all = 0;
    std::uint64_t tcp = 0;
    std::uint64_t ipv6 = 0;
    std::uint64_t queries_ipv6 = 0;
};

Outgoing outgoing(const BoardView& board) {
    Outgoing sums;
    for (const WorkerBoard& worker : board.workers()) {
        for (std::size_t i = 0; i < place_of(Path::count); ++i) {
            const auto path = static_cast<Path>(i);
            const std::uint64_t count = worker.stats.upstream(path);
            sums.all += count;
            sums.tcp += path >= Path::tcp_ipv4 ? count : 0;
            sums.ipv6 += is_ipv6(path) ? count : 0;
            sums.queries_ipv6 += is_ipv6(path) ? worker.stats.queries(path) : 0;
        }
    }
    return sums;
}

void put_validation(Lines& lines, const BoardView& board) {
    lines.put("dnssec-result-secure", board.sum(dns::Security::secure));
    lines.put("dnssec-result-insecure", board.sum(dns::Security::insecure));
    lines.put("dnssec-result-bogus", board.sum(dns::Security::bogus));
    lines.put("dnssec-result-indeterminate", board.sum(dns::Security::indeterminate));
}

void put_process(Lines& lines, const ForeignFacts& facts) {
    const auto now = static_cast<std::uint64_t>(facts.now.time_since_epoch().count());
    const std::uint64_t started = facts.board.header().started_at;
    lines.put("uptime", now > started ? now - started : 0);
    if (facts.process) {
        constexpr double ms_per_second = 1e3;
        lines.put("real-memory-usage", facts.process->resident_bytes);
        lines.put("user-msec",
                  static_cast<std::uint64_t>(facts.process->user_seconds * ms_per_second));
        lines.put("sys-msec",
                  static_cast<std::uint64_t>(facts.process->system_seconds * ms_per_second));
    }
    if (facts.process && facts.process->open_files != 0) {
        lines.put("fd-usage", facts.process->open_files);
    }
}

}  // namespace

std::string pdns_text(const ForeignFacts& facts) {
    const BoardView& board = facts.board;
    const Outgoing sums = outgoing(board);
    Lines lines;
    lines.put("questions", board.sum(Counter::queries_udp) + board.sum(Counter::queries_tcp));
    lines.put("tcp-questions", board.sum(Counter::queries_tcp));
    lines.put("ipv6-questions", sums.queries_ipv6);
    put_answers(lines, board);
    lines.put("all-outqueries", sums.all);
    lines.put("tcp-outqueries", sums.tcp);
    lines.put("ipv6-outqueries", sums.ipv6);
    lines.put("outgoing-timeouts", board.sum(UpstreamOutcome::timeout));
    lines.put("unreachables", board.sum(UpstreamOutcome::unreachable));
    lines.put("server-parse-errors", board.sum(UpstreamOutcome::unreadable));
    lines.put("client-parse-errors", board.sum(Reason::malformed_query));
    lines.put("over-capacity-drops", board.sum(Counter::refused));
    lines.put("concurrent-queries", board.sum(WorkerGauge::in_flight_questions));
    lines.put("tcp-clients", board.sum(WorkerGauge::tcp_connections));
    lines.put("cache-entries", board.process().get(Gauge::cache_entries));
    lines.put("cache-bytes", board.process().get(Gauge::cache_bytes));
    put_validation(lines, board);
    put_process(lines, facts);
    return lines.take();
}

}  // namespace wend
