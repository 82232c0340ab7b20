// The world that queries go out to: sockets, or the sandbox internet inside the program; and above
// it the rule that equal questions to one server are outstanding once. `observer` counts them,
// unless it is null.
#pragma once
#include <cstddef>
#include <memory>

#include "base/random.h"
#include "server/sandbox.h"
#include "transport/network.h"
#include "transport/shared_exchanges.h"
#include "transport/uv_clock.h"
#include "transport/uv_loop.h"
#include "transport/uv_upstream.h"

namespace wend {

class NetworkStack {
  public:
    // All outlive it; null: sockets. `exchanges_max` on sockets; more end with no_resources at
    // once.
    NetworkStack(UvLoop& loop, UvClock& clock, Random& random, const Sandbox* sandbox,
                 std::size_t exchanges_max = UvNetworkOptions().exchanges_max,
                 ExchangeObserver* observer = nullptr);

    Network& top() { return *shared_; }

    // Exchanges with servers, under way.
    std::size_t running() const { return shared_->running(); }

  private:
    std::unique_ptr<Network> inner_;
    std::unique_ptr<SharedExchanges> shared_;
};

}  // namespace wend
