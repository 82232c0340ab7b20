#include "command/command_line.h"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "command/completions.h"
#include "command/words_of_ctl.h"

namespace wend {
namespace {

constexpr const char* exit_statuses =
    "Exit status: 0 done; 1 the answer is no: the name does not resolve, the configuration has\n"
    "mistakes, a scenario failed; 2 it could not be tried or told: wrong words, a file that "
    "cannot\n"
    "be used, output that cannot be written; 10 `plan` found changes; 78 `serve` will not start\n"
    "before somebody changes something: the configuration has mistakes, or a port is held or not\n"
    "allowed.";

constexpr std::string_view ctl_command = "ctl";
constexpr std::string_view completions_command = "completions";
constexpr std::array<std::pair<std::string_view, Shell>, 3> shells = {
    {{"bash", Shell::bash}, {"zsh", Shell::zsh}, {"fish", Shell::fish}}};

void add_config(CLI::App& command, std::optional<std::string>& config) {
    command.add_option("--config", config, "The configuration (see etc/wend.json)")
        ->type_name("FILE");
}

void add_lab(CLI::App& command, bool& lab) {
    command.add_flag("--lab", lab,
                     "Resolve inside the sandbox internet that is built in; needs no network");
}

void add_serve(CLI::App& app, CommandLine& chosen, ServeArguments& serve) {
    CLI::App* const command = app.add_subcommand("serve", "Serve clients, in the foreground");
    add_config(*command, serve.config);
    add_lab(*command, serve.lab);
    command->callback([&] { chosen = serve; });
}

void add_resolve(CLI::App& app, CommandLine& chosen, ResolveArguments& resolve) {
    CLI::App* const command =
        app.add_subcommand("resolve", "Resolve one name in this process and show the answer");
    command
        ->add_option("NAME", resolve.name,
                     "The domain name, in any writing; or an address, for its reverse name")
        ->required();
    command->add_option("TYPE", resolve.type,
                        "The type of record; if left out A, or PTR for an address");
    command->add_flag("-x,--reverse", resolve.reverse, "NAME is an address");
    add_config(*command, resolve.config);
    command->add_flag("--trace", resolve.trace, "Show every step on the way");
    command->add_flag("--json", resolve.json, "Answer and every step as JSON");
    command->add_flag("--cd", resolve.checking_disabled, "Do not check signatures");
    add_lab(*command, resolve.lab);
    command->callback([&] { chosen = resolve; });
}

void add_replay(CLI::App& app, CommandLine& chosen, ReplayCommand& replay) {
    CLI::App* const command =
        app.add_subcommand("replay", "Play scenarios (.rpl) in the simulator");
    command->add_option("paths", replay.paths, "Files, or folders that are searched for them")
        ->required();
    command->add_option("--seed", replay.seed, "Varies what is random")->type_name("NUMBER");
    command->add_flag("--trace", replay.trace, "Show every packet and event in virtual time");
    command->callback([&] { chosen = replay; });
}

void add_check(CLI::App& app, CommandLine& chosen, CheckArguments& check) {
    CLI::App* const command =
        app.add_subcommand("check", "Say what is wrong with a configuration, with line and column");
    command->add_option("FILE", check.config, "The configuration")->required();
    command->add_flag("--strict", check.strict, "End with 1 for warnings too");
    command->add_flag("--online", check.online,
                      "Ask the servers of \"forward\" and \"stub\" over UDP and TCP");
    command->add_flag("--json", check.json, "The same for programs");
    command->callback([&] { chosen = check; });
}

void add_plan(CLI::App& app, CommandLine& chosen, PlanArguments& plan) {
    CLI::App* const command = app.add_subcommand(
        "plan",
        "Say what a configuration changes, live or at a restart, and what would be flushed");
    command->add_option("FILE", plan.config, "The configuration that is wanted")->required();
    command
        ->add_option("--against", plan.against,
                     "The one that it is compared with; if left out the defaults")
        ->type_name("FILE");
    command->add_flag("--json", plan.json, "The same for programs");
    command->callback([&] { chosen = plan; });
}

void add_version(CLI::App& app, CommandLine& chosen) {
    app.add_flag_callback(
        "--version", [&] { chosen = VersionArguments{}; }, "Say which wend this is");
    app.add_subcommand("version", "Say which wend this is")->callback([&] {
        chosen = VersionArguments{};
    });
}

// What a shell may complete: all but what nobody types.
WordsOfCommand words_of(const CLI::App& app) {
    WordsOfCommand words{.name = app.get_name(), .help = app.get_description()};
    for (const CLI::Option* const option : app.get_options()) {
        if (!option->nonpositional()) {
            continue;
        }
        WordsOfOption of_option{.names = {},
                                .help = option->get_description(),
                                .takes_value = option->get_items_expected_max() > 0};
        for (const std::string& name : option->get_snames()) {
            of_option.names.push_back("-" + name);
        }
        for (const std::string& name : option->get_lnames()) {
            of_option.names.push_back("--" + name);
        }
        words.options.push_back(std::move(of_option));
    }
    for (const CLI::App* const below :
         app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); })) {
        words.commands.push_back(below->get_name() == ctl_command
                                     ? words_of_ctl(below->get_description())
                                     : words_of(*below));
    }
    if (words.name == completions_command) {
        for (const auto& [name, shell] : shells) {
            words.values.emplace_back(name);
        }
    }
    return words;
}

void add_completions(CLI::App& app, CommandLine& chosen, std::string& shell) {
    CLI::App* const command =
        app.add_subcommand(std::string(completions_command),
                           "Write what a shell needs to complete these words: bash, zsh or fish");
    command->add_option("SHELL", shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}));
    command->callback([&] {
        const auto* const wanted =
            std::ranges::find(shells, shell, &std::pair<std::string_view, Shell>::first);
        chosen = Explain{.text = completions(words_of(app), wanted->second)};
    });
}

// Nobody types it: `wend serve` does.
void add_control(CLI::App& app, CommandLine& chosen) {
    app.add_subcommand("control", "The doors of a running server")->group("")->callback([&] {
        chosen = ControlArguments{};
    });
}

// Here for the list of commands; its words are read by control/ctl_words.
void add_ctl(CLI::App& app) {
    app.add_subcommand("ctl", "Ask a running server, or tell it something");
}

std::optional<CtlArguments> ctl_arguments(int argc, const char* const* argv) {
    const std::string_view called = argc > 0 ? argv[0] : "";
    const bool as_unbound_control = called.ends_with("unbound-control");
    const int first = as_unbound_control ? 1 : 2;
    if (!as_unbound_control && (argc < 2 || std::string_view(argv[1]) != "ctl")) {
        return std::nullopt;
    }
    return CtlArguments{.words = {argv + first, argv + argc},
                        .as_unbound_control = as_unbound_control};
}

// CLI11 writes the help of the sub-command that was asked about.
Explain help(const CLI::App& app, const CLI::Error& asked) {
    std::ostringstream text;
    app.exit(asked, text, text);
    return {.text = text.str()};
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
    if (auto ctl = ctl_arguments(argc, argv)) {
        return std::move(*ctl);
    }
    CLI::App app("wend resolves names: a caching, validating recursive resolver.", "wend");
    app.require_subcommand(0, 1);
    CommandLine chosen;
    ServeArguments serve;
    ResolveArguments resolve;
    ReplayCommand replay;
    CheckArguments check;
    PlanArguments plan;
    std::string shell;
    add_serve(app, chosen, serve);
    add_resolve(app, chosen, resolve);
    add_replay(app, chosen, replay);
    add_check(app, chosen, check);
    add_plan(app, chosen, plan);
    add_completions(app, chosen, shell);
    add_version(app, chosen);
    add_ctl(app);
    add_control(app, chosen);
    app.footer(exit_statuses);
    for (CLI::App* const command : app.get_subcommands({})) {
        command->footer(exit_statuses);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& asked) {
        return help(app, asked);
    } catch (const CLI::CallForAllHelp& asked) {
        return help(app, asked);
    } catch (const CLI::ParseError& error) {
        return Explain{.text = fmt::format("wend: {}\n", error.what()), .status = exit_failed};
    }
    if (app.get_subcommands().empty() && !std::holds_alternative<VersionArguments>(chosen)) {
        return Explain{.text = app.help()};
    }
    return chosen;
}

}  // namespace wend
