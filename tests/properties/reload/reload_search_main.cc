// Searches changes of the configuration for what a server keeps of the one before and should not.
//
//   reload_search [--seeds COUNT] [--first SEED] [--changes COUNT]   each seed; some twice
//   reload_search --seed SEED [--changes COUNT] [--trace] [--show]   one; its changes, its internet
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "tests/properties/reload/reload_search.h"

using namespace wend::sim;

namespace {

constexpr unsigned seconds_per_seed_max = 120;
constexpr std::uint64_t twice_every = 25;
constexpr std::size_t shown_max = 10;

struct ReloadArguments {
    std::uint64_t first = 1;
    std::uint64_t count = 50;
    std::optional<std::uint64_t> seed{};
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
    const std::uint64_t first = arguments.seed.value_or(arguments.first);
    const std::uint64_t count = arguments.seed ? 1 : arguments.count;
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
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--trace" || word == "--show") {
            (word == "--trace" ? arguments.options.trace : arguments.show) = true;
            continue;
        }
        std::uint64_t value = 0;
        const std::string_view text = i + 1 < words.size() ? words[++i] : "";
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
            return std::nullopt;
        }
        if (word == "--seed") {
            arguments.seed = value;
        } else if (word == "--first") {
            arguments.first = value;
        } else if (word == "--seeds") {
            arguments.count = value;
        } else if (word == "--changes") {
            arguments.options.changes = value;
        } else {
            return std::nullopt;
        }
    }
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
