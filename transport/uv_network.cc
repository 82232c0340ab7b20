#include "transport/uv_network.h"

#include <utility>

#include "base/check.h"
#include "transport/uv_datagram.h"

namespace wend {

UvNetwork::UvNetwork(UvLoop& loop, UvClock& clock, Random& random, UvNetworkOptions options)
    : poller_(loop),
      upstream_{clock, poller_, random, std::move(options)},
      streams_(upstream_),
      turn_end_(loop, [this] { upstream_.end_turn(); }) {}

UvNetwork::~UvNetwork() {
    check(in_flight() == 0, "a network outlives its exchanges");
}

void UvNetwork::start(Exchange& exchange) {
    Started started = try_start(exchange);
    if (!started) {
        started = std::make_unique<FailedFlight>(upstream_, exchange, started.error());
    }
    exchange.slot = started->release();  // it deletes itself, or abandon() does
}

void UvNetwork::abandon(Exchange& exchange) noexcept {
    delete static_cast<Flight*>(exchange.slot);
}

Started UvNetwork::try_start(Exchange& exchange) {
    if (in_flight() >= upstream_.options.exchanges_max) {
        return std::unexpected(NetError::no_resources);
    }
    switch (exchange.query().channel) {
        case Channel::udp:
            return start_datagram(upstream_, exchange);
        case Channel::tcp:
            return streams_.start(exchange);
        case Channel::tls:
            break;
    }
    return std::unexpected(NetError::unreachable);
}

}  // namespace wend
