// plan: what going from one configuration to another would do.
#include <chrono>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "command/commands.h"
#include "command/lint_words.h"
#include "command/standard_streams.h"
#include "config/lint.h"
#include "config/machine.h"
#include "config/plan_text.h"
#include "config/read.h"
#include "server/setup.h"

namespace wend {
namespace {

void tell(const std::vector<Finding>& mistakes) {
    for (const Finding& mistake : mistakes) {
        put(stderr, fmt::format("{}: {}\n", mistake.place, mistake.text));
    }
}

void tell_as_text(const PlanArguments& arguments, const Plan& plan, const PlaceOfKey& place,
                  const std::vector<Finding>& findings) {
    for (const std::string& line : plan_text(plan, place)) {
        put(stdout, line + "\n");
    }
    for (const std::string& line : finding_lines(findings)) {
        put(stdout, line + "\n");
    }
    if (plan.empty()) {
        put(stdout, fmt::format("{}: nothing changes\n", arguments.config));
    }
}

}  // namespace

int plan(const PlanArguments& arguments) {
    const auto wanted = load_config_file(arguments.config);
    if (!wanted) {
        tell(wanted.error());
        return exit_no;
    }
    // What its keys name must be readable too.
    const auto options = resolver_options(wanted->config, nullptr);
    if (!options) {
        put(stderr, fmt::format("{}\n", options.error()));
        return exit_no;
    }
    Config before;
    if (arguments.against) {
        auto other = load_config_file(*arguments.against);
        if (!other) {
            tell(other.error());
            return exit_no;
        }
        before = std::move(other->config);
    }
    const Plan plan = plan_of(before, wanted->config);
    const PlaceOfKey place = [&wanted](std::string_view path) {
        return place_of_value(wanted->sources, path);
    };
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const Machine machine = read_machine(wanted->config);
    const std::vector<Finding> findings = lint(wanted->config, &wanted->sources, &machine, now);
    if (arguments.json) {
        put(stdout, plan_json(plan, place, findings) + "\n");
    } else {
        tell_as_text(arguments, plan, place, findings);
    }
    return plan.empty() ? exit_done : exit_changes;
}

}  // namespace wend
