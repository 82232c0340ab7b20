#include "replay/files.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "config/files.h"
#include "replay/replay.h"
#include "replay/scenario/config.h"
#include "replay/scenario/scenario.h"
#include "replay/subject.h"

namespace wend {

namespace {

namespace fs = std::filesystem;

using Write = std::function<void(std::string_view)>;

struct Count {
    int passed = 0;
    int failed = 0;
    int skipped = 0;
};

bool is_scenario(const fs::path& path) {
    return path.extension() == ".rpl" || path.extension() == ".crpl";
}

// A folder's scenarios in the order of their names; any other path as it is.
std::vector<std::string> files_of(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        return {path};
    }
    std::vector<std::string> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path, error)) {
        if (entry.is_regular_file(error) && is_scenario(entry.path())) {
            files.push_back(entry.path().string());
        }
    }
    std::ranges::sort(files);
    return files;
}

sim::ReplayResult failure(const sim::ScenarioError& error) {
    return {.verdict = sim::Verdict::failed, .line = error.line, .why = error.message};
}

sim::ReplayResult replay_file(const std::string& path, const ReplayCommand& command,
                              const Write& write) {
    const auto text = read_file(path);
    if (!text) {
        return {.verdict = sim::Verdict::failed, .why = text.error()};
    }
    const auto scenario = sim::read_scenario(*text);
    if (!scenario) {
        return failure(scenario.error());
    }
    const auto settings = sim::settings_of(*scenario);
    if (!settings) {
        return failure(settings.error());
    }
    sim::ReplayOptions options{.seed = command.seed};
    std::function<void(const std::string&)> events;
    if (command.trace) {
        options.trace = write;
        events = [&write](const std::string& line) { write("  " + line); };
    }
    ReplayFactory factory(events);
    return sim::replay(*scenario, *settings, factory, options);
}

// A step says itself where it is; the line helps to find it.
std::string reason_of(const sim::ReplayResult& result) {
    if (result.line == 0) {
        return result.why;
    }
    return result.why.starts_with("step ") ? fmt::format("{} (line {})", result.why, result.line)
                                           : fmt::format("line {}: {}", result.line, result.why);
}

void report(const std::string& path, const sim::ReplayResult& result, Count& count,
            const Write& write) {
    switch (result.verdict) {
        case sim::Verdict::passed:
            ++count.passed;
            write(fmt::format("ok {}", path));
            return;
        case sim::Verdict::skipped:
            ++count.skipped;
            write(fmt::format("skip {}: needs {}", path, result.why));
            return;
        case sim::Verdict::failed:
            ++count.failed;
            write(fmt::format("not ok {}: {}", path, reason_of(result)));
            return;
    }
}

}  // namespace

int run_replay(const ReplayCommand& command, const Write& write) {
    Count count;
    for (const std::string& path : command.paths) {
        const std::vector<std::string> files = files_of(path);
        if (files.empty()) {
            report(path, {.verdict = sim::Verdict::failed, .why = "no scenario in this folder"},
                   count, write);
        }
        for (const std::string& file : files) {
            report(file, replay_file(file, command, write), count, write);
        }
    }
    write(
        fmt::format("{} passed, {} failed, {} skipped", count.passed, count.failed, count.skipped));
    return count.failed == 0 ? 0 : 1;
}

}  // namespace wend
