// Searches signed internets for an answer that nobody should hear.
//
//   signed_search --honest [--seeds COUNT] [--first SEED]   nobody lies: every answer is the truth
//   signed_search --on-path ...    an attacker without keys changes what any server says
//   signed_search --owner ...      the owner of one signed zone says and signs what he likes
//   signed_search --KIND --seed SEED [--trace] [--show]     one seed; its replies, its internet
//
// With --strict a limit that honest data meets is a fault as well.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "tests/properties/seed_arguments.h"
#include "tests/properties/signed/search.h"

using namespace wend::sim;

namespace {

constexpr unsigned seconds_per_seed_max = 120;
constexpr std::uint64_t twice_every = 50;
constexpr std::size_t shown_max = 20;

struct Arguments {
    SeedArguments seeds{.count = 100};
    SearchOptions options{};
    std::string_view kind = "--honest";
    bool show = false;
};

SearchReport watched(std::uint64_t seed, const SearchOptions& options) {
    alarm(seconds_per_seed_max);
    SearchReport report = search(seed, options);
    alarm(0);
    return report;
}

void tell(const SearchReport& report, std::uint64_t seed, const Arguments& arguments) {
    fmt::print("not ok seed {}\n", seed);
    for (std::size_t i = 0; i < report.broken.size() && i < shown_max; ++i) {
        fmt::print("  {}\n", report.broken[i]);
    }
    fmt::print("repeat it with: signed_search {} --seed {} --trace --show\n", arguments.kind, seed);
    std::fflush(stdout);
}

void sum_up(const SearchReport& total, std::uint64_t wrong) {
    fmt::print("{} answers judged, {} wrong; {} are the whole truth, {} failed", total.answers,
               wrong, total.true_ones, total.failures);
    fmt::print(" ({} met a limit, {} long after an attack); {} replies touched of {}\n",
               total.limits, total.lasting, total.touched, total.upstream_queries);
    fmt::print(
        "the most for one question: {} packets, {} signatures, {} NSEC3 blocks, {} aliases; "
        "all answers {:016x}\n",
        total.most.packets, total.most.signatures, total.most.nsec3_blocks, total.most.aliases,
        total.hash);
}

int run(const Arguments& arguments) {
    const std::uint64_t first = arguments.seeds.seed.value_or(arguments.seeds.first);
    const std::uint64_t count = arguments.seeds.seed ? 1 : arguments.seeds.count;
    SearchReport total;
    std::uint64_t wrong = 0;
    std::uint64_t failed = 0;
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const SearchReport report = watched(seed, arguments.options);
        if (arguments.show) {
            fmt::print("{}", report.internet);
        }
        bool ok = report.broken.empty();
        if (!ok) {
            tell(report, seed, arguments);
        }
        if (!arguments.seeds.seed && seed % twice_every == 0 &&
            watched(seed, arguments.options).hash != report.hash) {
            fmt::print("not ok seed {}: other answers the second time\n", seed);
            ok = false;
        }
        wrong += report.broken.size();
        failed += ok ? 0 : 1;
        total.add(report);
    }
    sum_up(total, wrong);
    fmt::print("{} passed, {} failed\n", count - failed, failed);
    return failed == 0 ? 0 : 1;
}

// True if the word stands alone.
bool take_flag(std::string_view word, Arguments& arguments) {
    if (word == "--honest" || word == "--on-path" || word == "--owner") {
        arguments.kind = word;
        arguments.options.kind = word == "--honest"    ? SearchKind::honest
                                 : word == "--on-path" ? SearchKind::on_path
                                                       : SearchKind::owner;
        return true;
    }
    bool* const flag = word == "--strict"  ? &arguments.options.strict
                       : word == "--trace" ? &arguments.options.trace
                       : word == "--show"  ? &arguments.show
                                           : nullptr;
    if (flag != nullptr) {
        *flag = true;
    }
    return flag != nullptr;
}

std::optional<Arguments> read_arguments(std::span<char*> words) {
    Arguments arguments;
    const auto flag = [&](std::string_view word) { return take_flag(word, arguments); };
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
                   "usage: signed_search --honest|--on-path|--owner [--seeds COUNT] [--first SEED]"
                   " [--strict]\n"
                   "       signed_search --honest|--on-path|--owner --seed SEED [--trace] "
                   "[--show]\n");
        return 2;
    }
    return run(*arguments);
}
