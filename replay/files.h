// `wend replay PATH...`: scenarios in the simulator, a line each, and how many passed.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace wend {

struct ReplayCommand {
    std::vector<std::string> paths;  // files, or folders that are searched for .rpl and .crpl
    std::uint64_t seed = 1;
    bool trace = false;
};

// Writes "ok FILE", "not ok FILE: why", "skip FILE: needs what", then "N passed, N failed, N
// skipped", a line at a time. Returns the exit status: 1 if anything failed or cannot be read.
int run_replay(const ReplayCommand& command, const std::function<void(std::string_view)>& write);

}  // namespace wend
