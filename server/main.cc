// wend: a caching recursive resolver.
#include <cstdio>
#include <exception>
#include <string_view>
#include <variant>

#include <fmt/core.h>

#include "server/command_line.h"

namespace {

struct Run {
    int operator()(const wend::Explain& explain) const {
        fmt::print(explain.status == 0 ? stdout : stderr, "{}", explain.text);
        return explain.status;
    }

    int operator()(const wend::ServeArguments& arguments) const { return wend::serve(arguments); }

    int operator()(const wend::ResolveArguments& arguments) const {
        return wend::resolve(arguments);
    }

    int operator()(const wend::ReplayCommand& command) const {
        return wend::run_replay(command, [](std::string_view line) { fmt::print("{}\n", line); });
    }

    int operator()(const wend::CheckArguments& arguments) const {
        return wend::check(arguments.config);
    }

    int operator()(const wend::VersionArguments&) const { return wend::print_version(); }
};

}  // namespace

int main(int argc, char** argv) {
    try {
        return std::visit(Run{}, wend::read_command_line(argc, argv));
    } catch (const std::exception& error) {
        fmt::print(stderr, "wend: {}\n", error.what());
        return 1;
    }
}
