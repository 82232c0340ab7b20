// check: mistakes, then lint.
#include <algorithm>
#include <chrono>
#include <string>

#include <fmt/core.h>

#include "command/ask_servers.h"
#include "command/commands.h"
#include "command/lint_words.h"
#include "command/standard_streams.h"
#include "config/lint.h"
#include "config/machine.h"
#include "config/read.h"
#include "server/setup.h"

namespace wend {
namespace {

constexpr std::chrono::seconds patience(3);  // with servers that are asked

int tell_mistakes(const CheckArguments& arguments, const std::vector<Finding>& mistakes) {
    if (arguments.json) {
        put(stdout, check_json(arguments.config, mistakes, {}) + "\n");
        return exit_no;
    }
    for (const Finding& mistake : mistakes) {
        put(stderr, fmt::format("{}{}{}\n", mistake.place, mistake.place.empty() ? "" : ": ",
                                mistake.text));
    }
    return exit_no;
}

std::vector<Finding> findings_in(const CheckArguments& arguments, const LoadedConfig& loaded) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const Machine machine = read_machine(loaded.config);
    std::vector<Finding> findings = lint(loaded.config, &loaded.sources, &machine, now);
    if (arguments.online) {
        const auto more = unreachable_findings(loaded.config, &loaded.sources,
                                               ask_servers(loaded.config, patience));
        findings.insert(findings.end(), more.begin(), more.end());
    }
    return findings;
}

}  // namespace

int check(const CheckArguments& arguments) {
    const auto loaded = load_config_file(arguments.config);
    if (!loaded) {
        return tell_mistakes(arguments, loaded.error());
    }
    // What its keys name must be readable too.
    const auto options = resolver_options(loaded->config, nullptr);
    if (!options) {
        return tell_mistakes(arguments, {{"", options.error()}});
    }
    const std::vector<Finding> findings = findings_in(arguments, *loaded);
    const auto warnings = std::ranges::count_if(
        findings, [](const Finding& finding) { return finding.severity() >= Severity::warning; });
    const bool fails = arguments.strict && warnings > 0;
    if (arguments.json) {
        put(stdout, check_json(arguments.config, {}, findings) + "\n");
        return fails ? exit_no : exit_done;
    }
    for (const std::string& line : finding_lines(findings)) {
        put(stdout, line + "\n");
    }
    put(stdout, fmt::format("{}: no mistakes\n", arguments.config));
    if (fails) {
        put(stderr, fmt::format("{}: {} warning{}, which --strict counts\n", arguments.config,
                                warnings, warnings == 1 ? "" : "s"));
    }
    return fails ? exit_no : exit_done;
}

}  // namespace wend
