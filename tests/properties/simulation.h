// One seed: a generated internet, a resolver in virtual time, clients with questions, and what must
// hold whatever happens.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wend::sim {

struct SimulationOptions {
    std::size_t queries = 40;
    bool trace = false;  // every packet on standard output
    bool by_ns = false;  // minimised questions are of type NS
};

struct SimulationReport {
    std::uint64_t trace_hash = 0;
    std::uint64_t events = 0;
    std::uint64_t upstream_queries = 0;
    std::uint64_t faults = 0;
    std::size_t answers_as_the_oracle = 0;  // by what they say, failures too
    std::size_t failures_by_faults = 0;     // SERVFAIL where the oracle has an answer
    std::vector<std::string> broken{};      // each a sentence; empty: all held
    std::string last_events{};
    std::string internet{};  // as text
};

SimulationReport simulate(std::uint64_t seed, const SimulationOptions& options);

}  // namespace wend::sim
