#include "server/service/change_plan.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include "base/check.h"
#include "config/json_tree.h"
#include "config/keys.h"

namespace wend {
namespace {

bool has_same_hints(const ResolverOptions& a, const ResolverOptions& b) {
    return std::ranges::equal(a.root_hints, b.root_hints, [](const auto& one, const auto& other) {
        return one.addresses == other.addresses && one.names == other.names;
    });
}

bool has_same_anchors(const Generation& in_force, const ResolverOptions& wanted) {
    const auto anchors = wanted.anchors == nullptr ? nullptr : wanted.anchors->get();
    return in_force.trust->is_of(in_force.config, anchors.get());
}

void add(Plan& plan, Flush flush) {
    if (std::ranges::find(plan.flushes, flush) == plan.flushes.end()) {
        plan.flushes.push_back(std::move(flush));
    }
}

}  // namespace

Plan change_plan(const Generation& in_force, const ReadConfig& wanted) {
    Plan plan = plan_of(in_force.config, wanted.config);
    if (!has_same_hints(in_force.resolver, wanted.resolver)) {
        add(plan, flush_of_hints());
    }
    if (!has_same_anchors(in_force, wanted.resolver)) {
        add(plan, flush_of_anchors());
    }
    return plan;
}

void keep_what_wants_a_restart(const Config& in_force, Config& wanted) {
    for (const ConfigKey<Config>& key : config_keys()) {
        const std::string value = key.get(in_force);
        if (key.applies != Applies::restart || value == key.get(wanted)) {
            continue;
        }
        const auto node = parse_json(value);
        check(node.has_value(), "a key writes its value as JSON");
        ConfigContext context;
        key.set(*node, wanted, context);
        check(context.mistakes.empty(), "a key reads what it writes");
    }
}

ReadConfig read_config_of(const Generation& generation) {
    ReadConfig read{.config = generation.config,
                    .resolver = generation.resolver,
                    .origins = generation.origins};
    if (generation.trust->configured != nullptr) {
        read.resolver.anchors =
            std::make_shared<const dnssec::CurrentAnchors>(generation.trust->configured);
    }
    return read;
}

void log_outcome(const Reloaded& reloaded) {
    if (!reloaded.mistakes.empty()) {
        for (const std::string& mistake : reloaded.mistakes) {
            spdlog::error("{}", mistake);
        }
        spdlog::error("nothing is changed: generation {} stays in force", reloaded.generation);
        return;
    }
    std::vector<std::string_view> changed;
    for (const KeyChange& key : reloaded.plan.keys) {
        if (key.applies == Applies::live) {
            changed.push_back(key.path);
        } else {
            spdlog::warn("{} changes from {} to {} when wend is started again", key.path, key.was,
                         key.is);
        }
    }
    const std::string what = changed.empty() ? std::string("no key changed")
                                             : fmt::format("{}", fmt::join(changed, ", "));
    const std::string flushed =
        reloaded.plan.flushes.empty()
            ? std::string()
            : fmt::format("; {} entries of the cache were not true any more", reloaded.flushed);
    spdlog::info("generation {} is in force after {} ms: {}{}", reloaded.generation,
                 std::chrono::duration_cast<std::chrono::milliseconds>(reloaded.took).count(), what,
                 flushed);
}

}  // namespace wend
