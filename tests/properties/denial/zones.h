// The parts of the space of small zones, and their zones one after the other.
#pragma once
#include <cstdint>
#include <functional>

#include "tests/properties/denial/chains.h"
#include "tests/properties/denial/small_zone.h"

namespace wend::search {

struct Space {
    const char* what;
    Hashing hashing;
    int names_max;        // beside the apex
    bool all_shapes;      // else addresses only
    int subset_size_max;  // of records, beside all of them
    int question_labels;
    std::uint64_t stride = 1;  // of the zones
};

// All choices of names, then of what each has; of these, as the stride goes. The zones are counted
// before that, from 1, and each is only there for the call.
using ZoneVisitor = std::function<void(const SmallZone& zone, std::uint64_t number)>;
void visit_zones(const Space& space, const ZoneVisitor& visitor);

}  // namespace wend::search
