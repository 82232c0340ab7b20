// The sub-commands of `wend`: what each is given, and what it does. Each runs to its end, writes
// for people to stdout and stderr, and returns the process's exit status.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace wend {

inline constexpr int exit_done = 0;
inline constexpr int exit_no = 1;      // a name that does not resolve, a mistake, a failed scenario
inline constexpr int exit_failed = 2;  // it could not be tried, or not be told
inline constexpr int exit_changes = 10;  // of `plan`: something would change
// Of `serve`: it will not start before somebody changes something. EX_CONFIG of sysexits.h, at
// which the unit for systemd does not try again.
inline constexpr int exit_config = 78;

struct ServeArguments {
    std::optional<std::string> config;  // a path; the defaults if left out
    bool lab = false;                   // the sandbox internet instead of the real one
};

struct ResolveArguments {
    std::string name;  // or an address
    std::string type;  // empty: A, or PTR for an address
    bool reverse = false;
    std::optional<std::string> config;
    bool lab = false;
    bool trace = false;  // every step, a line each
    bool json = false;   // answer and every step as JSON; goes before `trace`
    bool checking_disabled = false;
};

struct CheckArguments {
    std::string config;
    bool strict = false;  // warnings count
    bool online = false;  // ask the servers that forward and stub name
    bool json = false;
};

struct PlanArguments {
    std::string config;
    std::optional<std::string> against;  // a path; the defaults if left out
    bool json = false;
};

struct CtlArguments {
    std::vector<std::string> words{};  // behind `wend ctl`
    bool as_unbound_control = false;   // the program was called by that name
};

int serve(const ServeArguments& arguments);
int resolve(const ResolveArguments& arguments);
int check(const CheckArguments& arguments);
int plan(const PlanArguments& arguments);
int print_version();
// With exit statuses of its own: `wend ctl --help` tells them.
int ctl(const CtlArguments& arguments);
// The process that serve() starts for its control doors.
int control();

// Says on stderr why a command ends, and returns the exit status for that.
int fail(const std::string& sentence, int status = exit_failed);

}  // namespace wend
