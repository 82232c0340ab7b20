// The macros of testbound: "${...}" in ASSIGN and EVAL texts and in the lines of FILE blocks.
#pragma once
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/time.h"

namespace wend::sim {

struct MacroContext {
    std::map<std::string, std::string, std::less<>> variables{};
    WallTime time{};              // ${time}
    std::int64_t next_timer = 0;  // ${timeout}: seconds until the subject's next timer, 0 if none
};

// `text` with every "${...}" replaced; the error is one sentence. Brackets nest at most 20 deep.
std::expected<std::string, std::string> expand_macros(std::string_view text,
                                                      const MacroContext& context);

}  // namespace wend::sim
