// The board in the words of other resolvers, for the tools that were made for them. What wend does
// not count is left out, never zero.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "observe/board.h"
#include "observe/process_usage.h"

namespace wend {

struct ForeignFacts {
    BoardView board;
    WallTime now;
    std::optional<ProcessUsage> process{};  // the serving one
};

// "total.num.queries", "12": the keys of unbound-control(8) stats that have a meaning here, in its
// order: threads, total, time, histogram (of answers that were waited for), the rest.
std::vector<std::pair<std::string, std::string>> unbound_values(const ForeignFacts& facts);

// `unbound-control stats_noreset`: "total.num.queries=12", a line each. Nothing is ever reset.
std::string unbound_text(const ForeignFacts& facts);

// /metrics/unbound: the same as unbound_exporter tells it to Prometheus, by its names.
std::string unbound_metrics(const ForeignFacts& facts);

// `rec_control get-all`: "questions\t12", a line each. Latencies are counted to the nearest edge of
// our histogram: 1.024 ms where it says 1 ms.
std::string pdns_text(const ForeignFacts& facts);

}  // namespace wend
