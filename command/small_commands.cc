// check and version.
#include <chrono>
#include <string>

#include <fmt/core.h>

#include "command/commands.h"
#include "command/standard_streams.h"
#include "config/read.h"
#include "config/remarks.h"
#include "server/setup.h"

namespace wend {

int check(const std::string& path) {
    const auto config = read_config_file(path);
    if (!config) {
        for (const std::string& mistake : config.error()) {
            put(stderr, fmt::format("{}\n", mistake));
        }
        return exit_no;
    }
    // What its keys name must be readable too.
    const auto options = resolver_options(*config, nullptr);
    if (!options) {
        put(stderr, fmt::format("{}\n", options.error()));
        return exit_no;
    }
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    for (const Remark& remark : config_remarks(*config, path, now)) {
        put(stdout, fmt::format("{}: note: {}\n", remark.place, remark.text));
    }
    put(stdout, fmt::format("{}: no mistakes\n", path));
    return exit_done;
}

int fail(const std::string& sentence) {
    put(stderr, fmt::format("wend: {}\n", sentence));
    return exit_failed;
}

int print_version() {
    put(stdout, fmt::format("wend {}\n", WEND_VERSION));
    return exit_done;
}

}  // namespace wend
