// One part of the space, searched: every zone, every question, every subset of the zone's records.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/properties/denial/chains.h"
#include "tests/properties/denial/verdicts.h"
#include "tests/properties/denial/zones.h"

namespace wend::search {

struct Fault {
    std::uint64_t zone = 0;  // by number
    Mask subset = 0;
    int name = 0;
    Verdicts said = 0;
    std::string text;

    std::strong_ordering operator<=>(const Fault&) const = default;
};

inline constexpr std::size_t faults_kept_max = 20;

struct Findings {
    std::uint64_t zones = 0;
    std::uint64_t cases = 0;
    std::uint64_t subsets = 0;  // that differ: what the code under test was asked about
    std::uint64_t fault_count = 0;
    std::vector<Fault> faults;  // the first

    void add(const Findings& more);
};

// How the work is cut up. Subsets are dealt out to slices by their records, so that each is known
// in one of them; what is found depends neither on the number of slices nor on that of threads.
struct Split {
    int slices = 1;  // memory goes down with it, for zones are walked through as many times
    int threads = 1;
};

// `order` is that of the hashes in all zones; a negative one gives each zone another.
Findings search(const Space& space, int order, const Split& split);

}  // namespace wend::search
