// wend: a caching recursive resolver.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <variant>

#include <fmt/core.h>

#include "command/command_line.h"
#include "command/standard_streams.h"

namespace {

struct Run {
    int operator()(const wend::Explain& explain) const {
        wend::put(explain.status == 0 ? stdout : stderr, fmt::format("{}", explain.text));
        return explain.status;
    }

    int operator()(const wend::ServeArguments& arguments) const { return wend::serve(arguments); }

    int operator()(const wend::ResolveArguments& arguments) const {
        return wend::resolve(arguments);
    }

    int operator()(const wend::ReplayCommand& command) const {
        return wend::run_replay(
            command, [](std::string_view line) { wend::put(stdout, fmt::format("{}\n", line)); });
    }

    int operator()(const wend::CheckArguments& arguments) const { return wend::check(arguments); }

    int operator()(const wend::PlanArguments& arguments) const { return wend::plan(arguments); }

    int operator()(const wend::CtlArguments& arguments) const { return wend::ctl(arguments); }

    int operator()(const wend::ControlArguments&) const { return wend::control(); }

    int operator()(const wend::VersionArguments&) const { return wend::print_version(); }
};

}  // namespace

int main(int argc, char** argv) {
    try {
        wend::open_standard_streams();
        const int status = std::visit(Run{}, wend::read_command_line(argc, argv));
        const std::string why_not = wend::finish_standard_output();
        return why_not.empty() ? status
                               : wend::fail("standard output could not be written: " + why_not);
    } catch (const std::exception& error) {
        return wend::fail(error.what());
    }
}
