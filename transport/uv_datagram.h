// UDP exchanges: a fresh connected socket for each, on a random port, closed when it ends.
#pragma once
#include "transport/uv_upstream.h"

namespace wend {

// Ports tried when the drawn one is in use here.
inline constexpr int source_port_draws_max = 16;

// Sends the query. Errors that ICMP reports later change nothing before the deadline (RFC 5927).
Started start_datagram(Upstream& upstream, Exchange& exchange);

}  // namespace wend
