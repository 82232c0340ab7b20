// One seed: a generated internet, a server whose configuration is changed again and again while it
// is asked, and after each change a server that is started afresh beside it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wend::sim {

struct ReloadOptions {
    std::size_t changes = 6;
    bool trace = false;  // each change and each question on standard output
};

struct ReloadReport {
    std::size_t changes = 0;
    std::size_t flushes = 0;  // of their plans
    std::size_t answers = 0;  // compared
    std::size_t secure = 0;   // of them, as the fresh server has them
    std::size_t failed = 0;   // the same: SERVFAIL
    std::size_t limits = 0;   // not compared: a limit was met
    // Known still, and true, where a fresh server finds nobody to ask.
    std::size_t from_memory = 0;
    std::uint64_t hash = 0;
    std::vector<std::string> broken{};  // each a sentence; empty: all held
    std::string internet{};             // as text

    void add(const ReloadReport& more);
};

ReloadReport search_reloads(std::uint64_t seed, const ReloadOptions& options);

}  // namespace wend::sim
