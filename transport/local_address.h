// Which of our addresses a datagram came to, so that its reply leaves from the same one although
// the socket is bound to all of them (IP_PKTINFO, RFC 3542 6.2).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/address.h"

struct msghdr;

namespace wend {

// What a control buffer must hold.
inline constexpr std::size_t packet_info_size = 64;

// Asks the kernel to tell the address of each datagram.
void want_packet_info(int fd, bool is_v4);

// Turns the control data of a received datagram into that of its reply: the same address, and the
// interface that routing chooses, but for link-local IPv6.
void turn_packet_info(msghdr& header);

// Our address in turned control data, and the interface where that is said; unspecified and 0 where
// there is none.
struct LocalAddress {
    IpAddress ip{};
    std::uint32_t interface = 0;
};

LocalAddress local_address_in(const msghdr& header);

// Makes `control` the control data of a reply that leaves later, from that address; of an
// unspecified one the kernel chooses. `control` is aligned as a cmsghdr and outlives `header`'s
// use.
void set_local_address(const LocalAddress& address,
                       std::span<std::uint8_t, packet_info_size> control, msghdr& header);

}  // namespace wend
