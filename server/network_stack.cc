#include "server/network_stack.h"

#include "transport/uv_network.h"

namespace wend {
namespace {

std::unique_ptr<Network> inner_network(UvLoop& loop, UvClock& clock, Random& random,
                                       const Sandbox* sandbox, std::size_t exchanges_max) {
    if (sandbox != nullptr) {
        return sandbox->network(clock, random);
    }
    UvNetworkOptions options;
    options.exchanges_max = exchanges_max;
    options.kernel_ports = kernel_port_range();
    return std::make_unique<UvNetwork>(loop, clock, random, options);
}

}  // namespace

NetworkStack::NetworkStack(UvLoop& loop, UvClock& clock, Random& random, const Sandbox* sandbox,
                           std::size_t exchanges_max, ExchangeObserver* observer)
    : inner_(inner_network(loop, clock, random, sandbox, exchanges_max)),
      shared_(std::make_unique<SharedExchanges>(*inner_, clock, HashKey::draw(random), observer)) {}

}  // namespace wend
