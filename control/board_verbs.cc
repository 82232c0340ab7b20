#include "control/board_verbs.h"

#include <algorithm>
#include <chrono>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "dns/reason.h"
#include "observe/prometheus.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::uint64_t seconds_up(const BoardFacts& facts) {
    const auto now = facts.wall_now.time_since_epoch().count();
    const auto since = static_cast<std::int64_t>(facts.board.header().started_at);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(now - since, 0));
}

template <class Key, class Text>
Json sums(const BoardView& board, std::size_t count, Text text) {
    Json all = Json::object();
    for (std::size_t i = 0; i < count; ++i) {
        const Key key{static_cast<std::underlying_type_t<Key>>(i)};
        all[std::string(text(key))] = board.sum(key);
    }
    return all;
}

Json rcodes_of(const BoardView& board) {
    Json all = Json::object();
    for (std::size_t i = 0; i + 1 < Stats::rcode_count; ++i) {
        const dns::Rcode rcode{static_cast<std::uint16_t>(i)};
        all[to_text(rcode)] = board.sum(rcode);
    }
    return all;
}

Json cache_of(const BoardView& board) {
    const ProcessBoard& process = board.process();
    return {{"entries", process.get(Gauge::cache_entries)},
            {"octets", process.get(Gauge::cache_bytes)},
            {"octets-max", process.get(Gauge::cache_bytes_max)},
            {"evictions", process.get(ProcessCounter::cache_evictions)}};
}

}  // namespace

Judged health_of(const BoardFacts& facts) {
    if (is_alive(facts.board, facts.now)) {
        return {true, text_of({{"health", "ok"}})};
    }
    return {false, text_of({{"health", "a worker's loop has not turned for 5 seconds"}})};
}

Judged readiness_of(const BoardFacts& facts) {
    const auto reasons = reasons_not_ready(facts.board);
    return {reasons.empty(), text_of({{"ready", reasons.empty()}, {"reasons", reasons}})};
}

std::string status_json(const BoardFacts& facts) {
    const ProcessBoard& process = facts.board.process();
    Json status = {
        {"version", facts.board.version()},
        {"pid", facts.board.header().pid},
        {"uptime", time_in_words(seconds_up(facts))},
        {"uptime-seconds", seconds_up(facts)},
        {"workers", facts.board.header().workers},
        {"healthy", is_alive(facts.board, facts.now)},
        {"ready", reasons_not_ready(facts.board).empty()},
        {"not-ready-because", reasons_not_ready(facts.board)},
        {"generation", process.get(Gauge::generation)},
        {"last-reload-failed", process.get(Gauge::reload_failed) != 0},
        {"queries", facts.board.sum(Counter::queries_udp) + facts.board.sum(Counter::queries_tcp)},
        {"in-flight", facts.board.sum(WorkerGauge::in_flight_questions)},
        {"cache", cache_of(facts.board)},
        {"control-restarts", process.get(ProcessCounter::control_restarts)}};
    if (facts.process) {
        status["resident-octets"] = facts.process->resident_bytes;
    }
    return text_of(status);
}

std::string uptime_json(const BoardFacts& facts) {
    return text_of(
        {{"uptime", time_in_words(seconds_up(facts))}, {"uptime-seconds", seconds_up(facts)}});
}

std::string version_json(const BoardFacts& facts) {
    return text_of({{"version", facts.board.version()}});
}

std::string stats_json(const BoardFacts& facts) {
    const BoardView& board = facts.board;
    return text_of(
        {{"counters", sums<Counter>(board, static_cast<std::size_t>(Counter::count),
                                    [](Counter counter) { return to_text(counter); })},
         {"rcodes", rcodes_of(board)},
         {"reasons", sums<dns::Reason>(board, dns::reason_count,
                                       [](dns::Reason reason) { return dns::to_text(reason); })},
         {"upstream",
          sums<UpstreamOutcome>(board, static_cast<std::size_t>(UpstreamOutcome::count),
                                [](UpstreamOutcome outcome) { return to_text(outcome); })},
         {"cache", cache_of(board)}});
}

std::string time_in_words(std::uint64_t seconds) {
    std::string text;
    const auto add = [&](std::uint64_t amount, char unit) {
        if (amount > 0 || !text.empty() || unit == 's') {
            text += fmt::format("{}{}{}", text.empty() ? "" : " ", amount, unit);
        }
    };
    add(seconds / 86'400, 'd');
    add(seconds / 3'600 % 24, 'h');
    add(seconds / 60 % 60, 'm');
    add(seconds % 60, 's');
    return text;
}

}  // namespace wend
