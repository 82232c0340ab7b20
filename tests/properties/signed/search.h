// One seed of a search: a signed internet, an attacker or none, clients that ask one after the
// other, and what each may hear.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/properties/signed/stage.h"

namespace wend::sim {

enum class SearchKind : std::uint8_t {
    honest,   // nobody lies
    on_path,  // an attacker without keys alters what any server says
    owner,    // the owner of one signed zone says and signs what he likes
};

struct SearchOptions {
    SearchKind kind = SearchKind::honest;
    std::size_t sessions = 4;  // caches that begin empty, for one internet
    bool strict = false;       // a limit that is met by honest data counts as wrong
    bool trace = false;        // questions, packets and touched replies on standard output
};

struct SearchReport {
    std::uint64_t answers = 0;    // judged
    std::uint64_t true_ones = 0;  // of them: what the oracle says
    std::uint64_t failures = 0;   // SERVFAIL where the oracle has an answer
    std::uint64_t limits = 0;     // of them, for honest data: a limit was met
    std::uint64_t lasting = 0;    // of them: a while after an attacker on the path had left
    std::uint64_t touched = 0;    // replies that the attacker changed
    std::uint64_t upstream_queries = 0;
    std::uint64_t hash = 0;  // of all answers: equal for equal runs
    Most most{};
    std::vector<std::string> broken{};  // each a sentence; empty: all held
    std::string internet{};             // as text

    void add(const SearchReport& more);
};

SearchReport search(std::uint64_t seed, const SearchOptions& options);

}  // namespace wend::sim
