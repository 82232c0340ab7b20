// The sub-commands of `wend`. Each adds itself to the command line; when it is chosen it runs at
// once and leaves the process's exit status in `status`.
#pragma once

namespace CLI {
class App;
}

namespace wend {

void add_serve_command(CLI::App& app, int& status);
void add_resolve_command(CLI::App& app, int& status);
void add_replay_command(CLI::App& app, int& status);
void add_check_command(CLI::App& app, int& status);
void add_version_command(CLI::App& app, int& status);

}  // namespace wend
