#include "observe/stats.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

namespace wend {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Counter::count)> counter_names = {
    "queries-udp",    "queries-tcp",     "dropped",      "cache-hits",       "cache-misses",
    "resolutions",    "repeated",        "refused",      "refused-silently", "unanswered-at-end",
    "truncated-late", "truncated-pulse", "rate-limited", "rate-shadowed",    "cookies-valid",
    "reads-deferred", "reads-shadowed",
};

constexpr std::array<std::string_view, place_of(UpstreamOutcome::count)> outcome_names = {
    "reply",     "timeout",   "unreachable", "refused",      "reset", "forgery-suspected",
    "case-lost", "oversized", "unreadable",  "no-resources",
};

template <class Key>
void append(std::string& line, std::span<const Stats* const> workers, Key key,
            std::string_view name) {
    std::uint64_t sum = 0;
    for (const Stats* worker : workers) {
        sum += worker->get(key);
    }
    if (sum != 0) {
        fmt::format_to(std::back_inserter(line), "{}{}={}", line.empty() ? "" : " ", name, sum);
    }
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

std::string_view to_text(Counter counter) {
    return counter_names[static_cast<std::size_t>(counter)];
}

std::string_view to_text(UpstreamOutcome outcome) {
    return outcome_names[place_of(outcome)];
}

std::string_view channel_of(Path path) {
    constexpr std::array<std::string_view, place_of(Path::count)> names = {"udp", "udp", "tcp",
                                                                           "tcp", "tls", "tls"};
    return names[place_of(path)];
}

std::string to_text(std::span<const Stats* const> workers) {
    std::string line;
    for (std::size_t i = 0; i < counter_names.size(); ++i) {
        append(line, workers, static_cast<Counter>(i), counter_names[i]);
    }
    for (std::uint16_t i = 0; i < Stats::rcode_count; ++i) {
        const auto rcode = static_cast<dns::Rcode>(i);
        const bool is_rest = i + 1 == Stats::rcode_count;
        append(line, workers, rcode, "rcode-" + (is_rest ? "other" : lower_case(to_text(rcode))));
    }
    for (std::size_t i = 0; i < dns::reason_count; ++i) {
        const auto reason = static_cast<dns::Reason>(i);
        append(line, workers, reason, fmt::format("reason-{}", to_text(reason)));
    }
    return line;
}

}  // namespace wend
