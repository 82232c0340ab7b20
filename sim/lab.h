// The sandbox internet that is built into the program (etc/lab/), and a Network that leads to it on
// a real clock: `wend serve --lab`, `wend resolve --lab`.
#pragma once
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/time.h"
#include "dns/name.h"
#include "dnssec/trust_anchors.h"
#include "sim/clock_timers.h"
#include "sim/sim_internet.h"
#include "sim/sim_network.h"

namespace wend::sim {

// Adds all zones and servers of the lab, signed for the day of `now` and the year after it. Aborts
// if its text is wrong, which the tests rule out. Any thread.
void add_lab(SimInternet& internet, WallTime now);

// Of the lab's own root: validation begins there.
dnssec::TrustAnchors lab_anchors();

struct RootHints {
    std::vector<Endpoint> addresses{};
    std::vector<dns::Name> names{};  // of the servers
};

// Of the lab's own root servers, as its root zone has them.
RootHints lab_root_hints();

// What LabNetwork is made of, and must outlive its network.
struct LabParts {
    explicit LabParts(Clock& clock) : timers(clock) { add_lab(internet, clock.wall_now()); }

    SimInternet internet{};
    ClockTimers timers;
};

// Belongs to the thread of its clock; each worker has one.
class LabNetwork final : private LabParts, public SimNetwork {
  public:
    // Both outlive the network. Replies come after the round trips of the lab's servers.
    LabNetwork(Clock& clock, Random& random)
        : LabParts(clock), SimNetwork(timers, random, internet) {}
};

}  // namespace wend::sim
