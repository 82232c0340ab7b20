// /metrics: the board as Prometheus reads it. Counters only grow, also over a reload and over the
// end of a control process; label values are words of the program, never of a query.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "observe/board.h"
#include "observe/metric_text.h"
#include "observe/process_usage.h"

namespace wend {

// What is read together.
struct MetricFacts {
    BoardView board;
    std::string_view compiler;            // that built the program
    std::optional<ProcessUsage> process;  // the serving one; left out if not known
    Instant now;                          // of the clock by which workers say that they are alive
};

inline constexpr std::size_t metric_series_max = 800;  // with two workers

struct MetricFamily {
    std::string_view name;
    MetricType type;
    std::string_view help;
    void (*write)(MetricText& text, const MetricFacts& facts);
};

// All of the server's, in their order.
std::span<const MetricFamily> metric_families();

// `text` may have had, or get, families of the control process too.
void write_metrics(MetricText& text, const MetricFacts& facts);

// A worker whose loop has not turned for so long is stuck.
inline constexpr Duration worker_stuck_time = std::chrono::seconds(5);

// Health: whether every worker's loop turns.
bool is_alive(const BoardView& board, Instant now);

// Readiness: what names cannot be answered well for, now; empty if they can.
std::vector<std::string_view> reasons_not_ready(const BoardView& board);

}  // namespace wend
