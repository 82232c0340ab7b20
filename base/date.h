// Wall-clock times as text (RFC 3339).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace wend {

// "2026-12-31T00:00:00Z", or "2026-12-31" for its midnight; UTC, from 1970 to 9999. Nothing else.
std::optional<WallTime> wall_time_from_text(std::string_view text);

// "2026-12-31T00:00:00Z".
std::string to_text(WallTime time);

}  // namespace wend
