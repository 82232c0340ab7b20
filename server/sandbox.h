// An internet inside the program, which stands in for the real one: its network, and where a walk
// and validation begin there.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "dnssec/trust_anchors.h"
#include "resolver/resolver.h"
#include "transport/network.h"

namespace wend {

struct Sandbox {
    // One for each worker, on its thread; clock and random outlive the network.
    std::function<std::unique_ptr<Network>(Clock& clock, Random& random)> network;
    ConfiguredZone root_hints;
    dnssec::TrustAnchors anchors;
    std::uint16_t port = 53;  // of its servers
};

}  // namespace wend
