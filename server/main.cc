// wend: a caching recursive resolver.
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "server/commands.h"

namespace {

int run(int argc, char** argv) {
    CLI::App app("wend resolves names: a caching, validating recursive resolver.", "wend");
    app.require_subcommand(0, 1);
    int status = 0;
    wend::add_serve_command(app, status);
    wend::add_resolve_command(app, status);
    wend::add_replay_command(app, status);
    wend::add_check_command(app, status);
    wend::add_version_command(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::CallForAllHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        fmt::print(stderr, "wend: {}\n", error.what());
        return 1;
    }
    if (app.get_subcommands().empty()) {
        fmt::print("{}", app.help());
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "wend: {}\n", error.what());
        return 1;
    }
}
