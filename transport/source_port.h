// Which local port a UDP query leaves from (RFC 5452 9.2, RFC 6056 3.3.1). Pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/random.h"

namespace wend {

inline constexpr std::uint16_t source_port_first = 1024;
inline constexpr std::uint16_t source_port_last = 65535;

// Ports at which a reply would be lost or seen by somebody else. In ascending order.
inline constexpr std::array<std::uint16_t, 11> never_source_ports = {
    1434,   // SQL Server's browser: filtered widely since the Slammer worm
    1900,   // SSDP: filtered by networks as a reflector
    3702,   // WS-Discovery: the same
    4500,   // IPsec through NAT: the kernel of a VPN gateway takes it
    4789,   // VXLAN: network cards take it apart
    4791,   // RoCE v2: network cards with RDMA take it
    5353,   // multicast DNS: a responder on this host hears it too
    5355,   // LLMNR: the same
    6081,   // GENEVE: network cards take it apart
    11211,  // memcached: filtered by networks as a reflector
    27960,  // Quake's servers: the same
};

inline constexpr std::size_t source_ports =
    source_port_last - source_port_first + 1 - never_source_ports.size();

// The index-th allowed port, index < source_ports.
std::uint16_t source_port_at(std::size_t index);

bool is_source_port(std::uint16_t port);

// Uniform over the allowed ports.
inline std::uint16_t draw_source_port(Random& random) {
    return source_port_at(static_cast<std::size_t>(random.below(source_ports)));
}

// Ports, both ends included.
struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;

    bool has(std::uint16_t port) const { return first <= port && port <= last; }

    friend bool operator==(const PortRange&, const PortRange&) = default;
};

// Whether every port of the range may be a source port.
bool are_source_ports(const PortRange& range);

// The line that net.ipv4.ip_local_port_range holds: two numbers and a tab between them. Nothing if
// it is something else, or no range.
std::optional<PortRange> parse_port_range(std::string_view line);

// Whether that release of Linux ("6.1.0-18-amd64") draws a socket's port with a generator that
// cannot be predicted from what it has drawn: since 5.19.
bool draws_ports_well(std::string_view kernel_release);

}  // namespace wend
