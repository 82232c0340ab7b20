// version, and how a command ends that could not be tried.
#include <string>

#include <fmt/core.h>

#include "command/commands.h"
#include "command/standard_streams.h"

namespace wend {

int fail(const std::string& sentence, int status) {
    put(stderr, fmt::format("wend: {}\n", sentence));
    return status;
}

int print_version() {
    put(stdout, fmt::format("wend {}\n", WEND_VERSION));
    return exit_done;
}

}  // namespace wend
