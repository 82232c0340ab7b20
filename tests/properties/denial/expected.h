// What may be said of a question, as the zone's whole contents have it.
#pragma once
#include <array>

#include "tests/properties/denial/chains.h"
#include "tests/properties/denial/small_zone.h"
#include "tests/properties/denial/verdicts.h"

namespace wend::search {

// What may not be said once the records hold all that a server must send.
struct Demand {
    Mask needed = ~Mask{0};  // no subset has them all
    Verdicts refuses = 0;
};

struct Expected {
    Verdicts untrue = 0;  // whatever the records
    std::array<Demand, 4> demands;

    Verdicts wrong(Mask subset) const {
        Verdicts all = untrue;
        for (const Demand& demand : demands) {
            all |= (demand.needed & ~subset) == 0 ? demand.refuses : 0;
        }
        return all;
    }
};

Expected expected(const SmallZone& zone, const Chain& chain, int name);

}  // namespace wend::search
