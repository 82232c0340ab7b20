// Times as people type them. Pure.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace wend {

// "90d", "12h", "30m", "45s" or seconds; at least one, at most ten years.
std::optional<std::chrono::seconds> time_from_text(std::string_view text);

}  // namespace wend
