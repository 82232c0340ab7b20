// The two sockets that an address is served on, bound before anybody serves on them: whether an
// address can be had shows on any thread, and serving begins on the worker's.
#pragma once
#include <expected>

#include "base/address.h"
#include "transport/listen.h"
#include "transport/uv_poller.h"

namespace wend {

struct BoundSockets {
    Endpoint wanted;  // as the configuration has it: port 0 lets the kernel choose
    Endpoint where;   // with the port that it chose
    Descriptor udp;
    Descriptor tcp;
};

// Both on one port. Others of this process may bind the same.
std::expected<BoundSockets, ListenError> bind_sockets(const Endpoint& wanted);

}  // namespace wend
