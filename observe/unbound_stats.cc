#include <array>
#include <chrono>

#include <fmt/format.h>

#include "observe/foreign_stats.h"
#include "observe/metric_text.h"

namespace wend {
namespace {

using dns::Reason;
using Values = std::vector<std::pair<std::string, std::string>>;

constexpr double us_per_second = 1e6;
constexpr std::size_t histogram_lines = 40;  // as unbound has them: doubling from 1 us

void put(Values& values, std::string key, std::uint64_t value) {
    values.emplace_back(std::move(key), std::to_string(value));
}

std::uint64_t queries_of(const Stats& stats) {
    return stats.get(Counter::queries_udp) + stats.get(Counter::queries_tcp);
}

struct Recursion {
    std::uint64_t count = 0;
    std::string average;
    std::string median;
};

Recursion recursion_of(const HistogramSum& waited) {
    const std::uint64_t count = waited.total();
    const double average = count == 0 ? 0
                                      : static_cast<double>(waited.sum_us) /
                                            static_cast<double>(count) / us_per_second;
    const double median = static_cast<double>(waited.quantile(0.5).count()) / us_per_second;
    return {.count = count,
            .average = fmt::format("{:.6f}", average),
            .median = fmt::format("{:.6f}", median)};
}

// One thread's, or the sum of all by the name "total".
struct Thread {
    std::string name;
    std::uint64_t queries = 0;
    std::uint64_t limited = 0;
    std::uint64_t cookies = 0;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t exceeded = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t waiting = 0;
    HistogramSum waited{};

    void add(const WorkerBoard& worker) {
        const Stats& stats = worker.stats;
        queries += queries_of(stats);
        limited += stats.get(Counter::rate_limited);
        cookies += stats.get(Counter::cookies_valid);
        hits += stats.get(Counter::cache_hits);
        misses += stats.get(Counter::cache_misses);
        exceeded += stats.get(Counter::refused);
        in_flight += worker.get(WorkerGauge::in_flight_questions);
        waiting += worker.get(WorkerGauge::waiting_clients);
        waited.add(worker.response[place_of(dns::Source::network)]);
    }
};

void put_thread(Values& values, const Thread& thread) {
    const auto key = [&](std::string_view what) { return fmt::format("{}.{}", thread.name, what); };
    const Recursion recursion = recursion_of(thread.waited);
    put(values, key("num.queries"), thread.queries);
    put(values, key("num.queries_ip_ratelimited"), thread.limited);
    put(values, key("num.queries_cookie_valid"), thread.cookies);
    put(values, key("num.cachehits"), thread.hits);
    put(values, key("num.cachemiss"), thread.misses);
    put(values, key("num.recursivereplies"), recursion.count);
    put(values, key("requestlist.exceeded"), thread.exceeded);
    put(values, key("requestlist.current.all"), thread.in_flight);
    put(values, key("requestlist.current.user"), thread.in_flight);
    put(values, key("requestlist.current.replies"), thread.waiting);
    values.emplace_back(key("recursion.time.avg"), recursion.average);
    values.emplace_back(key("recursion.time.median"), recursion.median);
}

std::string edge(std::size_t line) {
    const std::uint64_t us = line == 0 ? 0 : std::uint64_t{1} << (line - 1);
    return fmt::format("{:06}.{:06}", us / 1'000'000, us % 1'000'000);
}

void put_histogram(Values& values, const HistogramSum& waited) {
    for (std::size_t line = 0; line < histogram_lines; ++line) {
        // The first is of what took less than 1 us: no answer that was waited for.
        const bool is_ours = line >= 1 && line <= Histogram::octaves;
        const std::uint64_t count =
            is_ours ? waited.below_octave(line) - waited.below_octave(line - 1) : 0;
        put(values, fmt::format("histogram.{}.to.{}", edge(line), edge(line + 1)), count);
    }
}

void put_types(Values& values, const BoardView& board) {
    for (std::size_t i = 0; i < Stats::type_count; ++i) {
        std::uint64_t count = 0;
        for (const WorkerBoard& worker : board.workers()) {
            count += worker.stats.type(i);
        }
        const bool is_named = i < counted_types.size();
        put(values, "num.query.type." + (is_named ? dns::to_text(counted_types[i]) : "other"),
            count);
    }
}

std::uint64_t over_paths(const BoardView& board, std::uint64_t (Stats::*number)(Path) const,
                         bool (*wanted)(Path)) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < place_of(Path::count); ++i) {
        const auto path = static_cast<Path>(i);
        for (const WorkerBoard& worker : board.workers()) {
            sum += wanted(path) ? (worker.stats.*number)(path) : 0;
        }
    }
    return sum;
}

bool is_datagram(Path path) {
    return path <= Path::udp_ipv6;
}

bool is_stream(Path path) {
    return !is_datagram(path);
}

void put_answers(Values& values, const BoardView& board) {
    for (const dns::Rcode rcode : {dns::Rcode::noerror, dns::Rcode::formerr, dns::Rcode::servfail,
                                   dns::Rcode::nxdomain, dns::Rcode::notimp, dns::Rcode::refused}) {
        put(values, "num.answer.rcode." + dns::to_text(rcode), board.sum(rcode));
    }
    std::uint64_t bogus = 0;
    for (std::size_t i = 0; i < dns::reason_count; ++i) {
        const auto reason = static_cast<Reason>(i);
        bogus += dns::is_bogus(reason) ? board.sum(reason) : 0;
    }
    put(values, "num.answer.secure", board.sum(dns::Security::secure));
    put(values, "num.answer.bogus", bogus);
}

// A metric of unbound_exporter: its name, and the keys that it is made of. What a key has in place
// of the star is the value of the label.
struct Exported {
    std::string_view metric;
    MetricType type;
    std::string_view help;
    std::string_view key;
    std::string_view label{};
};

constexpr auto counter = MetricType::counter;
constexpr auto gauge = MetricType::gauge;

constexpr std::array exported = {
    Exported{"answer_rcodes_total", counter, "Answers, by response code.", "num.answer.rcode.*",
             "rcode"},
    Exported{"answers_bogus", counter, "Answers that were bogus.", "num.answer.bogus"},
    Exported{"answers_secure_total", counter, "Answers that were secure.", "num.answer.secure"},
    Exported{"cache_hits_total", counter, "Queries answered from the cache.",
             "thread*.num.cachehits", "thread"},
    Exported{"cache_misses_total", counter, "Queries that needed recursion.",
             "thread*.num.cachemiss", "thread"},
    Exported{"queries_cookie_valid_total", counter, "Queries with a valid cookie.",
             "thread*.num.queries_cookie_valid", "thread"},
    Exported{"memory_caches_bytes", gauge, "Memory of caches.", "mem.cache.*", "cache"},
    Exported{"queries_total", counter, "Queries received.", "thread*.num.queries", "thread"},
    Exported{"query_ipv6_total", counter, "Queries over IPv6.", "num.query.ipv6"},
    Exported{"query_tcp_total", counter, "Queries over TCP.", "num.query.tcp"},
    Exported{"query_tcpout_total", counter, "Queries to servers over TCP.", "num.query.tcpout"},
    Exported{"query_types_total", counter, "Queries, by type.", "num.query.type.*", "type"},
    Exported{"query_udpout_total", counter, "Queries to servers over UDP.", "num.query.udpout"},
    Exported{"request_list_current_all", gauge, "Questions in flight.",
             "thread*.requestlist.current.all", "thread"},
    Exported{"request_list_current_replies", gauge, "Queries that wait for an answer.",
             "thread*.requestlist.current.replies", "thread"},
    Exported{"request_list_current_user", gauge, "Questions of clients in flight.",
             "thread*.requestlist.current.user", "thread"},
    Exported{"request_list_exceeded_total", counter, "Queries that found no place.",
             "thread*.requestlist.exceeded", "thread"},
    Exported{"recursive_replies_total", counter, "Answers that needed recursion.",
             "thread*.num.recursivereplies", "thread"},
    Exported{"time_elapsed_seconds", counter, "Time that the numbers are of.", "time.elapsed"},
    Exported{"time_now_seconds", gauge, "Seconds since 1970.", "time.now"},
    Exported{"time_up_seconds_total", counter, "Time since the start.", "time.up"},
    Exported{"unwanted_queries_total", counter, "Queries of clients that may not ask.",
             "unwanted.queries"},
    Exported{"recursion_time_seconds_avg", gauge, "Mean time of recursion.",
             "total.recursion.time.avg"},
    Exported{"recursion_time_seconds_median", gauge, "Median time of recursion.",
             "total.recursion.time.median"},
    Exported{"rrset_cache_count", gauge, "What the cache holds.", "rrset.cache.count"},
};

// What the key has where the pattern has its star; empty where both are the same.
std::optional<std::string_view> match(std::string_view pattern, std::string_view key) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) {
        return pattern == key ? std::optional(std::string_view()) : std::nullopt;
    }
    const std::string_view before = pattern.substr(0, star);
    const std::string_view behind = pattern.substr(star + 1);
    if (key.size() <= before.size() + behind.size() || !key.starts_with(before) ||
        !key.ends_with(behind)) {
        return std::nullopt;
    }
    return key.substr(before.size(), key.size() - before.size() - behind.size());
}

void export_metric(std::string& text, const Exported& metric, const Values& values) {
    const std::string_view type = metric.type == counter ? "counter" : "gauge";
    fmt::format_to(std::back_inserter(text), "# HELP unbound_{0} {1}\n# TYPE unbound_{0} {2}\n",
                   metric.metric, metric.help, type);
    for (const auto& [key, value] : values) {
        const auto matched = match(metric.key, key);
        if (!matched) {
            continue;
        }
        const std::string label =
            matched->empty() ? "" : fmt::format("{{{}=\"{}\"}}", metric.label, *matched);
        fmt::format_to(std::back_inserter(text), "unbound_{}{} {}\n", metric.metric, label, value);
    }
}

}  // namespace

Values unbound_values(const ForeignFacts& facts) {
    Values values;
    const BoardView& board = facts.board;
    Thread total{.name = "total"};
    for (std::size_t i = 0; i < board.workers().size(); ++i) {
        Thread thread{.name = fmt::format("thread{}", i)};
        thread.add(board.workers()[i]);
        total.add(board.workers()[i]);
        put_thread(values, thread);
    }
    put_thread(values, total);
    const auto now = static_cast<std::uint64_t>(facts.now.time_since_epoch().count());
    const std::uint64_t started = board.header().started_at;
    const std::uint64_t up = now > started ? now - started : 0;
    values.emplace_back("time.now", fmt::format("{}.000000", now));
    values.emplace_back("time.up", fmt::format("{}.000000", up));
    values.emplace_back("time.elapsed", fmt::format("{}.000000", up));
    put_histogram(values, total.waited);
    put_types(values, board);
    put(values, "num.query.tcp", board.sum(Counter::queries_tcp));
    put(values, "num.query.tcpout", over_paths(board, &Stats::upstream, is_stream));
    put(values, "num.query.udpout", over_paths(board, &Stats::upstream, is_datagram));
    put(values, "num.query.ipv6", over_paths(board, &Stats::queries, is_ipv6));
    put_answers(values, board);
    put(values, "unwanted.queries", board.sum(Reason::client_not_allowed));
    put(values, "mem.cache.rrset", board.process().get(Gauge::cache_bytes));
    put(values, "rrset.cache.count", board.process().get(Gauge::cache_entries));
    return values;
}

std::string unbound_text(const ForeignFacts& facts) {
    std::string text;
    for (const auto& [key, value] : unbound_values(facts)) {
        fmt::format_to(std::back_inserter(text), "{}={}\n", key, value);
    }
    return text;
}

std::string unbound_metrics(const ForeignFacts& facts) {
    const Values values = unbound_values(facts);
    std::string text =
        "# HELP unbound_up Whether the numbers could be read.\n# TYPE unbound_up gauge\n"
        "unbound_up 1\n";
    for (const Exported& metric : exported) {
        export_metric(text, metric, values);
    }
    MetricText histogram;
    histogram.family("unbound_response_time_seconds", MetricType::histogram,
                     "Time that answers took which needed recursion.");
    histogram.add({}, facts.board.response(dns::Source::network));
    return text + histogram.take();
}

}  // namespace wend
