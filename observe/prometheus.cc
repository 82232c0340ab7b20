#include "observe/prometheus.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace wend {
namespace {

using enum MetricType;
using dns::Reason;
using dns::Source;
using Text = MetricText;
using Facts = MetricFacts;

// Those whose area there is, and that get a reply.
constexpr std::array answering = {Source::cache, Source::local, Source::network, Source::refused};

constexpr std::array<dns::Rcode, 13> named_rcodes = {
    dns::Rcode::noerror,  dns::Rcode::formerr, dns::Rcode::servfail, dns::Rcode::nxdomain,
    dns::Rcode::notimp,   dns::Rcode::refused, dns::Rcode::yxdomain, dns::Rcode::yxrrset,
    dns::Rcode::nxrrset,  dns::Rcode::notauth, dns::Rcode::notzone,  dns::Rcode::badvers,
    dns::Rcode::badcookie};

constexpr std::array paths = {Path::udp_ipv4, Path::udp_ipv6, Path::tcp_ipv4, Path::tcp_ipv6};

std::string_view family_of(Path path) {
    return is_ipv6(path) ? "ipv6" : "ipv4";
}

template <class Get>
std::uint64_t over_workers(const Facts& facts, const Get& get) {
    std::uint64_t sum = 0;
    for (const WorkerBoard& worker : facts.board.workers()) {
        sum += get(worker);
    }
    return sum;
}

template <class Get>
void by_worker(Text& text, const Facts& facts, const Get& get) {
    std::size_t number = 0;
    for (const WorkerBoard& worker : facts.board.workers()) {
        text.add({{"worker", std::to_string(number++)}}, get(worker));
    }
}

template <class Get>
void by_reason(Text& text, const Facts& facts, bool (*wanted)(Reason), const Get& get) {
    for (std::size_t i = 0; i < dns::reason_count; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (wanted == nullptr || wanted(reason)) {
            const auto of_one = [&](const WorkerBoard& worker) {
                return get(worker.stats, reason);
            };
            text.add({{"reason", to_text(reason)}}, over_workers(facts, of_one));
        }
    }
}

template <Counter counter>
void total(Text& text, const Facts& facts) {
    text.add({}, facts.board.sum(counter));
}

template <Counter counter>
void each_worker(Text& text, const Facts& facts) {
    by_worker(text, facts, [](const WorkerBoard& worker) { return worker.stats.get(counter); });
}

template <WorkerGauge gauge>
void each_worker(Text& text, const Facts& facts) {
    by_worker(text, facts, [](const WorkerBoard& worker) { return worker.get(gauge); });
}

template <Gauge gauge>
void of_process(Text& text, const Facts& facts) {
    text.add({}, facts.board.process().get(gauge));
}

template <ProcessCounter counter>
void of_process(Text& text, const Facts& facts) {
    text.add({}, facts.board.process().get(counter));
}

template <Counter enforced, Counter shadow>
void by_mode(Text& text, const Facts& facts) {
    text.add({{"mode", "enforce"}}, facts.board.sum(enforced));
    text.add({{"mode", "shadow"}}, facts.board.sum(shadow));
}

std::uint64_t reason_of(const Stats& stats, Reason reason) {
    return stats.get(reason);
}

void write_queries(Text& text, const Facts& facts) {
    for (const Path path : paths) {
        const auto get = [&](const WorkerBoard& worker) { return worker.stats.queries(path); };
        text.add({{"transport", channel_of(path)}, {"family", family_of(path)}},
                 over_workers(facts, get));
    }
}

void write_upstream(Text& text, const Facts& facts) {
    for (const Path path : paths) {
        const auto get = [&](const WorkerBoard& worker) { return worker.stats.upstream(path); };
        text.add({{"transport", channel_of(path)}, {"family", family_of(path)}},
                 over_workers(facts, get));
    }
}

void write_rcodes(Text& text, const Facts& facts) {
    std::uint64_t others = 0;
    for (std::size_t i = 0; i < Stats::rcode_count; ++i) {
        const auto rcode = static_cast<dns::Rcode>(i);
        const std::uint64_t count = facts.board.sum(rcode);
        if (std::ranges::find(named_rcodes, rcode) == named_rcodes.end()) {
            others += count;
        } else {
            text.add({{"rcode", dns::to_text(rcode)}}, count);
        }
    }
    text.add({{"rcode", "other"}}, others);
}

void write_answers(Text& text, const Facts& facts) {
    by_reason(text, facts, nullptr, reason_of);
}

void write_drops(Text& text, const Facts& facts) {
    by_reason(text, facts, nullptr,
              [](const Stats& stats, Reason reason) { return stats.drops(reason); });
}

void write_bogus(Text& text, const Facts& facts) {
    by_reason(text, facts, dns::is_bogus, reason_of);
}

void write_budgets(Text& text, const Facts& facts) {
    by_reason(text, facts, dns::is_limit, reason_of);
}

void write_sources(Text& text, const Facts& facts) {
    for (const Source source : answering) {
        text.add({{"source", to_text(source)}}, facts.board.response(source).total());
    }
    text.add({{"source", to_text(Source::dropped)}}, facts.board.sum(Counter::dropped));
}

void write_security(Text& text, const Facts& facts) {
    for (std::size_t i = 0; i < Stats::security_count; ++i) {
        const auto security = static_cast<dns::Security>(i);
        text.add({{"security", dns::to_text(security)}}, facts.board.sum(security));
    }
}

void write_types(Text& text, const Facts& facts) {
    for (std::size_t i = 0; i < Stats::type_count; ++i) {
        const auto get = [&](const WorkerBoard& worker) { return worker.stats.type(i); };
        const bool is_named = i < counted_types.size();
        text.add({{"type", is_named ? dns::to_text(counted_types[i]) : "other"}},
                 over_workers(facts, get));
    }
}

void write_response(Text& text, const Facts& facts) {
    for (const Source source : answering) {
        text.add({{"source", to_text(source)}}, facts.board.response(source));
    }
}

void write_round_trip(Text& text, const Facts& facts) {
    text.add({{"transport", "udp"}}, facts.board.round_trip(0));
    text.add({{"transport", "tcp"}}, facts.board.round_trip(1));
}

void write_outcomes(Text& text, const Facts& facts) {
    for (std::size_t i = 0; i < place_of(UpstreamOutcome::count); ++i) {
        const auto outcome = static_cast<UpstreamOutcome>(i);
        text.add({{"outcome", to_text(outcome)}}, facts.board.sum(outcome));
    }
}

void write_cookies(Text& text, const Facts& facts) {
    text.add({{"verdict", "valid"}}, facts.board.sum(Counter::cookies_valid));
}

void write_truncated(Text& text, const Facts& facts) {
    text.add({{"cause", "late"}}, facts.board.sum(Counter::truncated_late));
    text.add({{"cause", "pulse"}}, facts.board.sum(Counter::truncated_pulse));
}

std::uint64_t age_us(const WorkerBoard& worker, Instant now) {
    const auto now_us = static_cast<std::uint64_t>(now.time_since_epoch().count());
    const std::uint64_t then = worker.alive_at_us.load(std::memory_order_relaxed);
    return now_us > then ? now_us - then : 0;
}

void write_ages(Text& text, const Facts& facts) {
    constexpr double us_per_second = 1e6;
    std::size_t number = 0;
    for (const WorkerBoard& worker : facts.board.workers()) {
        text.add_seconds({{"worker", std::to_string(number++)}},
                         static_cast<double>(age_us(worker, facts.now)) / us_per_second);
    }
}

void write_build(Text& text, const Facts& facts) {
    text.add({{"version", facts.board.version()}, {"compiler", facts.compiler}}, 1);
}

void write_start(Text& text, const Facts& facts) {
    text.add({}, facts.board.header().started_at);
}

template <std::uint64_t ProcessUsage::* number>
void of_kernel(Text& text, const Facts& facts) {
    if (facts.process && (*facts.process).*number != 0) {
        text.add({}, (*facts.process).*number);
    }
}

void write_cpu(Text& text, const Facts& facts) {
    if (facts.process) {
        text.add_seconds({}, facts.process->user_seconds + facts.process->system_seconds);
    }
}

constexpr MetricFamily families[] = {
    {"wend_queries_total", counter, "Queries that clients sent, by how they came.", write_queries},
    {"wend_query_types_total", counter, "Questions that clients asked, by their type.",
     write_types},
    {"wend_responses_total", counter, "Responses to clients, by RCODE.", write_rcodes},
    {"wend_answers_total", counter, "What queries and connections came to, by reason.",
     write_answers},
    {"wend_answer_sources_total", counter, "What queries came to, by who answered.", write_sources},
    {"wend_answers_security_total", counter, "Answers from cache or network, by validation.",
     write_security},
    {"wend_response_seconds", histogram, "From a query, or its turn of the loop, to the response.",
     write_response},
    {"wend_dropped_total", counter, "Queries that got no response, by reason.", write_drops},
    {"wend_rate_limited_total", counter, "Queries over UDP that were over a rate.",
     by_mode<Counter::rate_limited, Counter::rate_shadowed>},
    {"wend_reads_deferred_total", counter, "Reads of TCP clients that had their share of time.",
     by_mode<Counter::reads_deferred, Counter::reads_shadowed>},
    {"wend_cookies_total", counter, "Queries with a DNS cookie of ours.", write_cookies},
    {"wend_truncated_total", counter, "Answers over UDP sent as a bare TC, by cause.",
     write_truncated},
    {"wend_retransmissions_total", counter, "Queries whose client waits for the same already.",
     total<Counter::repeated>},
    {"wend_refused_total", counter, "Questions that found no place to wait.",
     total<Counter::refused>},
    {"wend_refused_silently_total", counter, "Of wend_refused_total: without a response.",
     total<Counter::refused_silently>},
    {"wend_unanswered_at_end_total", counter, "Questions that waited when the server ended.",
     total<Counter::unanswered_at_end>},
    {"wend_cache_hits_total", counter, "Questions answered without the network.",
     each_worker<Counter::cache_hits>},
    {"wend_cache_misses_total", counter, "Questions that began or joined a resolution.",
     each_worker<Counter::cache_misses>},
    {"wend_resolutions_total", counter, "Resolutions begun; equal questions share one.",
     each_worker<Counter::resolutions>},
    {"wend_in_flight_questions", gauge, "Different questions that are being resolved.",
     each_worker<WorkerGauge::in_flight_questions>},
    {"wend_waiting_clients", gauge, "Queries that wait for a resolution.",
     each_worker<WorkerGauge::waiting_clients>},
    {"wend_tcp_connections", gauge, "Connections of clients.",
     each_worker<WorkerGauge::tcp_connections>},
    {"wend_upstream_exchanges", gauge, "Queries to servers that are under way.",
     each_worker<WorkerGauge::exchanges>},
    {"wend_worker_silent_seconds", gauge, "Since a worker last said that its loop turns.",
     write_ages},
    {"wend_upstream_queries_total", counter, "Queries to servers, by how they went.",
     write_upstream},
    {"wend_upstream_replies_total", counter, "What queries to servers came to.", write_outcomes},
    {"wend_upstream_round_trip_seconds", histogram, "From a query to a server to its reply.",
     write_round_trip},
    {"wend_bogus_total", counter, "Answers that failed validation, by why.", write_bogus},
    {"wend_budget_reached_total", counter, "Queries that ran out of what one may cost, by what.",
     write_budgets},
    {"wend_cache_entries", gauge, "What the cache holds.", of_process<Gauge::cache_entries>},
    {"wend_cache_bytes", gauge, "Memory that the cache uses.", of_process<Gauge::cache_bytes>},
    {"wend_cache_bytes_max", gauge, "Memory that the cache may use.",
     of_process<Gauge::cache_bytes_max>},
    {"wend_cache_evictions_total", counter, "What left the cache to make room.",
     of_process<ProcessCounter::cache_evictions>},
    {"wend_span_bytes", gauge, "Memory of verified spans of signed zones.",
     of_process<Gauge::span_bytes>},
    {"wend_places_taken", gauge, "Places for waiting queries that are taken, in all workers.",
     of_process<Gauge::places_taken>},
    {"wend_places", gauge, "Places for waiting queries, in all workers.",
     of_process<Gauge::places_all>},
    {"wend_configuration_generation", gauge, "Number of the configuration in force.",
     of_process<Gauge::generation>},
    {"wend_reloads_total", counter, "Reloads, whatever they came to.",
     of_process<ProcessCounter::reloads>},
    {"wend_reload_failed", gauge, "1 if the last reload changed nothing because of a mistake.",
     of_process<Gauge::reload_failed>},
    {"wend_reload_timestamp_seconds", gauge, "When the last reload ended.",
     of_process<Gauge::reload_time>},
    {"wend_clock_wrong", gauge, "1 if the clock is too wrong to validate by.",
     of_process<Gauge::clock_wrong>},
    {"wend_root_key_ready", gauge, "1 if there are trust anchors, or none are wanted.",
     of_process<Gauge::root_key_ready>},
    {"wend_root_unreachable", gauge, "1 if no root server can be reached.",
     of_process<Gauge::root_unreachable>},
    {"wend_draining", gauge, "1 if the server is about to end.", of_process<Gauge::draining>},
    {"wend_control_restarts_total", counter, "Times that the control process was started again.",
     of_process<ProcessCounter::control_restarts>},
    {"wend_build_info", gauge, "The program.", write_build},
    {"wend_start_time_seconds", gauge, "When the server was started.", write_start},
    {"process_start_time_seconds", gauge, "When the serving process was started.", write_start},
    {"process_cpu_seconds_total", counter, "CPU time of the serving process.", write_cpu},
    {"process_resident_memory_bytes", gauge, "Resident memory of the serving process.",
     of_kernel<&ProcessUsage::resident_bytes>},
    {"process_virtual_memory_bytes", gauge, "Virtual memory of the serving process.",
     of_kernel<&ProcessUsage::virtual_bytes>},
    {"process_threads", gauge, "Threads of the serving process.",
     of_kernel<&ProcessUsage::threads>},
    {"process_open_fds", gauge, "Open files of the serving process.",
     of_kernel<&ProcessUsage::open_files>},
    {"process_max_fds", gauge, "Files that the serving process may open.",
     of_kernel<&ProcessUsage::open_files_max>},
};

}  // namespace

std::span<const MetricFamily> metric_families() {
    return families;
}

void write_metrics(MetricText& text, const MetricFacts& facts) {
    for (const MetricFamily& family : families) {
        text.family(family.name, family.type, family.help);
        family.write(text, facts);
    }
}

bool is_alive(const BoardView& board, Instant now) {
    constexpr auto limit = static_cast<std::uint64_t>(worker_stuck_time.count());
    return std::ranges::all_of(
        board.workers(), [&](const WorkerBoard& worker) { return age_us(worker, now) < limit; });
}

std::vector<std::string_view> reasons_not_ready(const BoardView& board) {
    std::vector<std::string_view> reasons;
    const auto look = [&](Gauge gauge, std::uint64_t wrong, std::string_view reason) {
        if (board.process().get(gauge) == wrong) {
            reasons.push_back(reason);
        }
    };
    look(Gauge::clock_wrong, 1, "the clock is wrong");
    look(Gauge::root_key_ready, 0, "the trust anchors' keys are not known yet");
    look(Gauge::root_unreachable, 1, "no root server can be reached");
    look(Gauge::lists_loading, 1, "lists are being loaded");
    look(Gauge::draining, 1, "the server is about to end");
    return reasons;
}

}  // namespace wend
