// `wend replay PATH...`
#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "server/commands.h"
#include "server/replay_files.h"

namespace wend {

void add_replay_command(CLI::App& app, int& status) {
    CLI::App* command = app.add_subcommand("replay", "Play scenarios (.rpl) in the simulator");
    auto chosen = std::make_shared<ReplayCommand>();
    command->add_option("paths", chosen->paths, "Files, or folders that are searched for them")
        ->required();
    command->add_option("--seed", chosen->seed, "Varies what is random");
    command->add_flag("--trace", chosen->trace, "Show every packet and event in virtual time");
    command->callback([chosen, &status] {
        status = run_replay(*chosen, [](std::string_view line) { fmt::print("{}\n", line); });
    });
}

}  // namespace wend
