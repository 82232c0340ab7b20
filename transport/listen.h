// Sockets that we serve on, and why one could not be had.
#pragma once
#include <cstdint>
#include <expected>
#include <string>

#include "base/address.h"
#include "transport/network.h"
#include "transport/uv_poller.h"

namespace wend {

struct ListenError {
    Endpoint where;
    Channel channel = Channel::udp;
    int code = 0;  // errno
};

// One sentence: the address, the cause, and what to do about it.
// "cannot listen on 127.0.0.1:53 (UDP): permission denied; run as root, grant ..."
std::string to_text(const ListenError& error);

// Whether others may listen on the same address and port: the workers of one process do. They also
// listen on an address that no interface has yet (IP_FREEBIND), and are reached when one has it.
enum class Sharing : bool { alone, shared };

// Connections that the kernel keeps until they are taken in.
inline constexpr int tcp_backlog = 511;

// Bound and nonblocking; over TCP listening too. Port 0 lets the kernel choose.
std::expected<Descriptor, ListenError> open_listening_socket(const Endpoint& where, Channel channel,
                                                             Sharing sharing);

// Why accept(2) took nobody in, by its errno.
enum class NotAccepted : std::uint8_t {
    nobody,   // is waiting
    no_room,  // no descriptor or no memory: who is there has to give way, or it has to rest
    gone,     // that client; there may be others
};

NotAccepted why_not_accepted(int code);

// Whether nobody listens here yet, and an interface has the address. Shared sockets do not notice
// another process of the same user on the same port, so ask once before the workers open theirs.
std::expected<void, ListenError> check_listenable(const Endpoint& where, Channel channel);

// The address that a socket is bound to.
Endpoint bound_endpoint(int fd);

}  // namespace wend
