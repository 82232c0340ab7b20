// check and version.
#include <chrono>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "server/anchors.h"
#include "server/commands.h"
#include "server/config_read.h"
#include "server/setup.h"

namespace wend {
namespace {

int check(const std::string& path) {
    const auto config = read_config_file(path);
    if (!config) {
        for (const std::string& mistake : config.error()) {
            fmt::print(stderr, "{}\n", mistake);
        }
        return 1;
    }
    // What its keys name must be readable too.
    const auto options = resolver_options(*config, false);
    if (!options) {
        fmt::print(stderr, "{}\n", options.error());
        return 1;
    }
    if (config->dnssec.validate) {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        const auto anchors = load_anchors(*config, now);
        if (!anchors) {
            fmt::print(stderr, "{}\n", anchors.error());
            return 1;
        }
        for (const std::string& remark : anchor_remarks(*config, *anchors, now)) {
            fmt::print("{}: note: {}\n", path, remark);
        }
    }
    fmt::print("{}: no mistakes\n", path);
    return 0;
}

}  // namespace

void add_check_command(CLI::App& app, int& status) {
    CLI::App* const command =
        app.add_subcommand("check", "Say what is wrong with a configuration, with line and column");
    const auto path = std::make_shared<std::string>();
    command->add_option("FILE", *path, "The configuration")->required();
    command->callback([path, &status] { status = check(*path); });
}

void add_version_command(CLI::App& app, int& status) {
    CLI::App* const command = app.add_subcommand("version", "Say which wend this is");
    command->callback([&status] {
        fmt::print("wend {}\n", WEND_VERSION);
        status = 0;
    });
}

}  // namespace wend
