// UDP exchanges: a connected socket for each, on a random port that is free again when it ends.
#pragma once
#include "transport/uv_upstream.h"

namespace wend {

// Sends the query. Errors that ICMP reports later change nothing before the deadline (RFC 5927).
std::unique_ptr<Flight> start_datagram(UvUpstream& upstream, Exchange& exchange);

}  // namespace wend
