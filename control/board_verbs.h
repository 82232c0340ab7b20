// What the control process answers from the board: nobody is asked, nobody is held up. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "observe/board.h"
#include "observe/process_usage.h"

namespace wend {

struct BoardFacts {
    BoardView board;
    Instant now;
    WallTime wall_now;
    std::optional<ProcessUsage> process{};  // of the server
};

// {"health": "ok"} or {"health": "stuck", "workers": [0]}, and whether it is the first.
struct Judged {
    bool is_good = true;
    std::string json;
};

Judged health_of(const BoardFacts& facts);
Judged readiness_of(const BoardFacts& facts);

std::string status_json(const BoardFacts& facts);
std::string uptime_json(const BoardFacts& facts);
std::string version_json(const BoardFacts& facts);

// By our own names; zeros too.
std::string stats_json(const BoardFacts& facts);

// "3d 4h 12m 7s".
std::string time_in_words(std::uint64_t seconds);

}  // namespace wend
