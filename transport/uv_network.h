// The real network: UDP and TCP sockets on a libuv loop.
#pragma once
#include "transport/network.h"
#include "transport/uv_stream.h"
#include "transport/uv_upstream.h"

namespace wend {

// Outlives its exchanges, and is not destroyed from inside one that settles. One thread.
class UvNetwork final : public Network {
  public:
    UvNetwork(UvLoop& loop, UvClock& clock, Random& random, UvNetworkOptions options = {});
    ~UvNetwork() override;

    std::size_t in_flight() const override { return upstream_.in_flight; }

    // TCP connections that are open or being opened.
    std::size_t connections() const { return streams_.connections(); }

  protected:
    void start(Exchange& exchange) override;
    void abandon(Exchange& exchange) noexcept override;

  private:
    Started try_start(Exchange& exchange);

    UvPoller poller_;
    UvUpstream upstream_;
    StreamPool streams_;
    UvTurnEnd turn_end_;
};

}  // namespace wend
