// What the words of the command line ask for.
#pragma once
#include <string>
#include <variant>

#include "command/commands.h"
#include "replay/files.h"

namespace wend {

struct VersionArguments {};

struct ControlArguments {};

// Words that ask for no command: help, or a mistake.
struct Explain {
    std::string text;
    int status = 0;  // of the process; 0 for help, and then the text is for stdout
};

using CommandLine =
    std::variant<Explain, ServeArguments, ResolveArguments, ReplayCommand, CheckArguments,
                 PlanArguments, VersionArguments, ControlArguments, CtlArguments>;

// Called as `unbound-control` it is `wend ctl` in that program's words; else `argv[0]` is not
// looked at. The words behind `ctl` have a grammar of their own. Never throws on what a person can
// type.
CommandLine read_command_line(int argc, const char* const* argv);

}  // namespace wend
