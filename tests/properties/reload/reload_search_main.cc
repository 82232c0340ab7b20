// Searches changes of the configuration for what a server keeps of the one before and should not.
//
//   reload_search [--seeds COUNT] [--first SEED] [--changes COUNT]   each seed; some twice
//   reload_search --seed SEED [--changes COUNT] [--trace] [--show]   one; its changes, its internet
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "tests/properties/reload/reload_search.h"
#include "tests/properties/seed_arguments.h"

using namespace wend::sim;

namespace {

constexpr unsigned seconds_per_seed_max = 120;
constexpr std::uint64_t twice_every = 25;
constexpr std::size_t shown_max = 10;

struct ReloadArguments {
    SeedArguments seeds{.count = 50};
    ReloadOptions options{};
    bool show = false;
};

ReloadReport watched_reloads(std::uint64_t seed, const ReloadOptions& options) {
    alarm(seconds_per_seed_max);
    ReloadReport report = search_reloads(seed, options);
    alarm(0);
    return report;
}

bool tell_reloads(const ReloadReport& report, std::uint64_t seed) {
    if (report.broken.empty()) {
        return true;
    }
    fmt::print("not ok seed {}\n", seed);
    for (std::size_t i = 0; i < report.broken.size() && i < shown_max; ++i) {
        fmt::print("  {}\n", report.broken[i]);
    }
    fmt::print("repeat it with: reload_search --seed {} --trace --show\n", seed);
    std::fflush(stdout);
    return false;
}

int run_reloads(const ReloadArguments& arguments) {
    ReloadReport total;
    std::uint64_t wrong = 0;
    const std::uint64_t first = arguments.seeds.seed.value_or(arguments.seeds.first);
    const std::uint64_t count = arguments.seeds.seed ? 1 : arguments.seeds.count;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const ReloadReport report = watched_reloads(seed, arguments.options);
        if (arguments.show) {
            fmt::print("{}", report.internet);
        }
        bool ok = tell_reloads(report, seed);
        if (seed % twice_every == 0 &&
            watched_reloads(seed, arguments.options).hash != report.hash) {
            fmt::print("not ok seed {}: other answers the second time\n", seed);
            ok = false;
        }
        wrong += ok ? 0 : 1;
        total.add(report);
    }
    fmt::print(
        "{} changes, {} flushes; {} answers compared: {} secure, {} failed; {} met a limit, {} "
        "from "
        "memory\n",
        total.changes, total.flushes, total.answers, total.secure, total.failed, total.limits,
        total.from_memory);
    fmt::print("hash {:016x}; {} passed, {} failed\n", total.hash, count - wrong, wrong);
    return wrong == 0 ? 0 : 1;
}

std::optional<ReloadArguments> read_reload_arguments(std::span<char*> words) {
    ReloadArguments arguments;
    std::uint64_t changes = arguments.options.changes;
    const auto flag = [&](std::string_view word) {
        arguments.options.trace |= word == "--trace";
        arguments.show |= word == "--show";
        return word == "--trace" || word == "--show";
    };
    const auto number = [&](std::string_view word) {
        return word == "--changes" ? &changes : nullptr;
    };
    const auto seeds = read_seed_arguments(words, arguments.seeds, {flag, number});
    if (!seeds) {
        return std::nullopt;
    }
    arguments.seeds = *seeds;
    arguments.options.changes = changes;
    return arguments;
}

}  // namespace

int main(int argc, char** argv) {
    spdlog::set_level(spdlog::level::off);
    const auto arguments = read_reload_arguments({argv, static_cast<std::size_t>(argc)});
    if (!arguments) {
        fmt::print(stderr,
                   "usage: reload_search [--seeds COUNT] [--first SEED] [--changes COUNT]\n"
                   "       reload_search --seed SEED [--changes COUNT] [--trace] [--show]\n");
        return 2;
    }
    return run_reloads(*arguments);
}
