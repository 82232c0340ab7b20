// Runs the simulation for many seeds, or for one to look at it.
//
//   simulation [--seeds COUNT] [--first SEED]     each seed; every twentieth twice
//   simulation --seed SEED [--trace] [--show]     one seed; its packets, its internet
//
// With --by-ns minimised questions are of type NS.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "simulation.h"
#include "tests/properties/seed_arguments.h"

using namespace wend::sim;

namespace {

constexpr unsigned seconds_per_seed_max = 120;
constexpr std::uint64_t twice_every = 20;

volatile std::sig_atomic_t running_seed = 0;

extern "C" void seed_without_end(int) {
    // Nothing may be allocated here; the seed fits in few digits.
    char text[] = "not ok: a seed does not end: 0000000000\n";
    std::sig_atomic_t seed = running_seed;
    for (std::size_t at = sizeof text - 3; seed > 0; seed /= 10) {
        text[at--] = static_cast<char>('0' + seed % 10);
    }
    (void)!write(STDOUT_FILENO, text, sizeof text - 1);
    std::_Exit(1);
}

SimulationReport watched(std::uint64_t seed, const SimulationOptions& options) {
    running_seed = static_cast<std::sig_atomic_t>(seed);
    alarm(seconds_per_seed_max);
    SimulationReport report = simulate(seed, options);
    alarm(0);
    return report;
}

bool report_of(std::uint64_t seed, const SimulationReport& report) {
    if (report.broken.empty()) {
        return true;
    }
    fmt::print("not ok seed {}\n", seed);
    for (const std::string& sentence : report.broken) {
        fmt::print("  {}\n", sentence);
    }
    fmt::print("the last events:\n{}repeat it with: simulation --seed {} --trace\n",
               report.last_events, seed);
    return false;
}

int run_one(std::uint64_t seed, const SimulationOptions& options, bool show) {
    const SimulationReport report = watched(seed, options);
    if (show) {
        fmt::print("{}", report.internet);
    }
    const bool ok = report_of(seed, report);
    fmt::print(
        "seed {}: trace {:016x}, {} events, {} upstream queries, {} faults, {} answers as "
        "the oracle's, {} failures by faults\n",
        seed, report.trace_hash, report.events, report.upstream_queries, report.faults,
        report.answers_as_the_oracle, report.failures_by_faults);
    fmt::print("{} passed, {} failed\n", ok ? 1 : 0, ok ? 0 : 1);
    return ok ? 0 : 1;
}

int run_many(std::uint64_t first, std::uint64_t count, const SimulationOptions& options) {
    std::uint64_t failed = 0;
    SimulationReport total;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const SimulationReport report = watched(seed, options);
        bool ok = report_of(seed, report);
        if (seed % twice_every == 0 && watched(seed, options).trace_hash != report.trace_hash) {
            fmt::print("not ok seed {}: another trace the second time\n", seed);
            ok = false;
        }
        failed += ok ? 0 : 1;
        total.trace_hash = total.trace_hash * 31 + report.trace_hash;
        total.events += report.events;
        total.upstream_queries += report.upstream_queries;
        total.faults += report.faults;
        total.answers_as_the_oracle += report.answers_as_the_oracle;
        total.failures_by_faults += report.failures_by_faults;
    }
    fmt::print(
        "trace of all {:016x}: {} events, {} upstream queries, {} faults, {} answers as the "
        "oracle's, {} failures by faults\n",
        total.trace_hash, total.events, total.upstream_queries, total.faults,
        total.answers_as_the_oracle, total.failures_by_faults);
    fmt::print("{} passed, {} failed\n", count - failed, failed);
    return failed == 0 ? 0 : 1;
}

struct Arguments {
    SeedArguments seeds{.count = 1000};
    SimulationOptions options{};
    bool show = false;
};

bool* flag_of(std::string_view word, Arguments& arguments) {
    if (word == "--trace") {
        return &arguments.options.trace;
    }
    if (word == "--by-ns") {
        return &arguments.options.by_ns;
    }
    return word == "--show" ? &arguments.show : nullptr;
}

std::optional<Arguments> read_arguments(std::span<char*> words) {
    Arguments arguments;
    const auto flag = [&](std::string_view word) {
        bool* const to = flag_of(word, arguments);
        if (to != nullptr) {
            *to = true;
        }
        return to != nullptr;
    };
    const auto seeds = read_seed_arguments(words, arguments.seeds, {.flag = flag});
    if (!seeds) {
        return std::nullopt;
    }
    arguments.seeds = *seeds;
    return arguments;
}

}  // namespace

int main(int argc, char** argv) {
    const auto arguments = read_arguments({argv, static_cast<std::size_t>(argc)});
    if (!arguments) {
        fmt::print(stderr,
                   "usage: simulation [--seeds COUNT] [--first SEED] [--by-ns]\n"
                   "       simulation --seed SEED [--trace] [--show] [--by-ns]\n");
        return 2;
    }
    std::signal(SIGALRM, seed_without_end);
    if (arguments->seeds.seed) {
        return run_one(*arguments->seeds.seed, arguments->options, arguments->show);
    }
    return run_many(arguments->seeds.first, arguments->seeds.count, arguments->options);
}
