#include "server/network_stack.h"

#include "sim/lab.h"
#include "transport/uv_network.h"

namespace wend {
namespace {

std::unique_ptr<Network> inner_network(UvLoop& loop, UvClock& clock, Random& random, bool lab) {
    if (lab) {
        return std::make_unique<sim::LabNetwork>(clock, random);
    }
    return std::make_unique<UvNetwork>(loop, clock, random);
}

}  // namespace

NetworkStack::NetworkStack(UvLoop& loop, UvClock& clock, Random& random, bool lab)
    : inner_(inner_network(loop, clock, random, lab)),
      shared_(std::make_unique<SharedExchanges>(*inner_, clock)) {}

}  // namespace wend
