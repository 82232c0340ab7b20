// What the machine is like, as far as a configuration can be at odds with it: facts that lint
// judges and that a test can make up.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "config/config.h"

namespace wend {

struct PortHolder {
    Endpoint address{};     // as it is bound; 0.0.0.0 and :: stand for all
    std::string program{};  // "systemd-resolved"; empty: another user's, it cannot be seen
    int process = 0;        // its id; 0 with an empty program
};

struct FileMode {
    std::string path{};
    unsigned mode = 0;  // permission bits
};

struct Machine {
    std::vector<Prefix> networks{};  // of own interfaces, loopback too
    std::vector<IpAddress> addresses{};
    std::optional<std::size_t> memory{};   // octets that this process may use (memory_limit.h)
    std::string own_addresses_problem{};   // why own_addresses() could not read the interfaces
    std::uint16_t open_ports_from = 1024;  // ports from here on are everybody's (ip(7))
    bool may_open_low_ports = true;
    std::vector<PortHolder> holders{};  // of ports that are asked about
    std::vector<FileMode> files{};      // of those that hold secrets, as far as they are there
};

// Reads /proc, /sys and the interfaces; what cannot be read is left as it is above. Sends nothing.
Machine read_machine(const Config& config);

// The part of it that a server tells of when it starts: memory, and that own addresses are unknown.
// The others it finds out when it opens its sockets.
Machine read_machine_at_start(const Config& config);

// The sockets of a table as /proc/net/udp, tcp, udp6 and tcp6 have it, if they are bound to one of
// `ports` and, of TCP, listen. In pairs with their inodes. Lines that are no sockets are left out.
struct BoundSocket {
    Endpoint address{};
    std::uint64_t inode = 0;
};

std::vector<BoundSocket> bound_sockets(std::string_view table, bool is_tcp,
                                       const std::vector<std::uint16_t>& ports);

// state.folder, or what systemd gives; empty: none.
std::string state_folder(const Config& config);

}  // namespace wend
