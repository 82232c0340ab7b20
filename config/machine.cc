#include "config/machine.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include <fmt/format.h>
#include <ifaddrs.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "config/memory_limit.h"
#include "config/own_addresses.h"

namespace wend {
namespace {

constexpr std::size_t table_octets_max = std::size_t{16} << 20;
constexpr std::size_t processes_max = 65'536;
constexpr unsigned cap_net_bind_service = 10;  // linux/capability.h

// Empty where it cannot be read. Files of /proc have no size.
std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    std::array<char, 65'536> part{};
    while (file && text.size() < table_octets_max) {
        file.read(part.data(), part.size());
        text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    }
    return text;
}

std::optional<std::uint64_t> number_of(std::string_view text, int base = 10) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return error == std::errc() && end != text.data() ? std::optional(number) : std::nullopt;
}

unsigned prefix_bits(const sockaddr* mask) {
    if (mask == nullptr) {
        return 128;
    }
    const IpAddress address = Endpoint::from_sockaddr(*mask).ip;
    unsigned bits = address.is_v4() ? 96 : 0;
    for (const std::uint8_t octet : address.octets()) {
        bits += static_cast<unsigned>(std::popcount(octet));
    }
    return bits;
}

void read_interfaces(Machine& machine) {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) {
        return;
    }
    for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
        const int family = at->ifa_addr == nullptr ? AF_UNSPEC : at->ifa_addr->sa_family;
        if (family == AF_INET || family == AF_INET6) {
            const IpAddress address = Endpoint::from_sockaddr(*at->ifa_addr).ip;
            machine.addresses.push_back(address);
            machine.networks.emplace_back(address, prefix_bits(at->ifa_netmask));
        }
    }
    freeifaddrs(first);
}

void read_rights(Machine& machine) {
    if (const auto from = number_of(text_of("/proc/sys/net/ipv4/ip_unprivileged_port_start"))) {
        machine.open_ports_from =
            static_cast<std::uint16_t>(std::min<std::uint64_t>(*from, 65'535));
    }
    const std::string status = text_of("/proc/self/status");
    const std::size_t at = status.find("CapEff:\t");
    const auto rights = at == std::string::npos
                            ? std::nullopt
                            : number_of(std::string_view(status).substr(at + 8), 16);
    machine.may_open_low_ports = !rights || ((*rights >> cap_net_bind_service) & 1U) != 0;
}

// "0100007F:0035": each 32 bits in the machine's own order of octets.
std::optional<Endpoint> endpoint_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon != 8 && colon != 32) {
        return std::nullopt;
    }
    std::array<std::uint8_t, 16> octets{};
    for (std::size_t at = 0; at < colon; at += 8) {
        const auto word = number_of(text.substr(at, 8), 16);
        if (!word) {
            return std::nullopt;
        }
        const auto bytes =
            std::bit_cast<std::array<std::uint8_t, 4>>(static_cast<std::uint32_t>(*word));
        std::ranges::copy(bytes, octets.begin() + static_cast<std::ptrdiff_t>(at / 2));
    }
    const auto port = number_of(text.substr(colon + 1), 16);
    if (!port || *port > 65'535) {
        return std::nullopt;
    }
    const Octets all(octets);
    return Endpoint{colon == 8 ? IpAddress::v4(all.first(4)) : IpAddress::v6(all),
                    static_cast<std::uint16_t>(*port)};
}

// The program that has the socket open, as far as we may see.
void find_programs(std::map<std::uint64_t, PortHolder>& by_inode) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::size_t processes = 0;
    for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
        const auto process = number_of(at->path().filename().string());
        if (!process || ++processes > processes_max) {
            continue;
        }
        std::error_code closed;
        for (fs::directory_iterator file(at->path() / "fd", closed), last; !closed && file != last;
             file.increment(closed)) {
            std::error_code gone;
            const std::string target = fs::read_symlink(file->path(), gone).string();
            const auto inode = target.starts_with("socket:[")
                                   ? number_of(std::string_view(target).substr(8))
                                   : std::nullopt;
            const auto found = inode ? by_inode.find(*inode) : by_inode.end();
            if (found != by_inode.end() && found->second.program.empty()) {
                std::string name = text_of((at->path() / "comm").string());
                name.resize(std::min(name.find('\n'), name.size()));
                found->second.program = name;
                found->second.process = static_cast<int>(*process);
            }
        }
    }
}

void read_holders(const Config& config, Machine& machine) {
    std::vector<std::uint16_t> ports;
    for (const auto* const list : {&config.listen, &config.http.listen}) {
        for (const Endpoint& address : *list) {
            if (address.port != 0) {
                ports.push_back(address.port);
            }
        }
    }
    std::map<std::uint64_t, PortHolder> by_inode;
    for (const char* const table : {"udp", "udp6", "tcp", "tcp6"}) {
        const bool is_tcp = std::string_view(table).starts_with("tcp");
        for (const BoundSocket& socket :
             bound_sockets(text_of(fmt::format("/proc/net/{}", table)), is_tcp, ports)) {
            by_inode[socket.inode].address = socket.address;
        }
    }
    if (!by_inode.empty()) {
        find_programs(by_inode);
    }
    for (auto& [inode, holder] : by_inode) {
        machine.holders.push_back(std::move(holder));
    }
}

void read_files(const Config& config, Machine& machine) {
    std::vector<std::string> paths = {config.dnssec.anchors_state};
    const std::string folder = state_folder(config);
    if (!folder.empty()) {
        paths.push_back(folder + "/tokens.json");
        paths.push_back(folder + "/changes.json");
    }
    for (std::string& path : paths) {
        struct stat facts{};
        if (!path.empty() && stat(path.c_str(), &facts) == 0) {
            machine.files.push_back({std::move(path), facts.st_mode & 0777U});
        }
    }
}

}  // namespace

std::vector<BoundSocket> bound_sockets(std::string_view table, bool is_tcp,
                                       const std::vector<std::uint16_t>& ports) {
    std::vector<BoundSocket> sockets;
    std::istringstream lines{std::string(table)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string serial;
        std::string local;
        std::string remote;
        std::string state;
        std::string skipped;
        std::string inode;
        fields >> serial >> local >> remote >> state;
        for (int i = 0; i < 5; ++i) {
            fields >> skipped;
        }
        fields >> inode;
        const auto address = endpoint_of(local);
        const auto number = number_of(inode);
        constexpr std::string_view listening = "0A";
        if (address && number && (!is_tcp || state == listening) &&
            std::ranges::find(ports, address->port) != ports.end()) {
            sockets.push_back({*address, *number});
        }
    }
    return sockets;
}

std::string state_folder(const Config& config) {
    if (!config.state.folder.empty()) {
        return config.state.folder;
    }
    const char* const given = std::getenv("STATE_DIRECTORY");
    return given == nullptr ? std::string() : given;
}

Machine read_machine_at_start(const Config& config) {
    Machine machine;
    machine.memory = memory_allowed();
    machine.own_addresses_problem = own_addresses(config.listen).problem;
    return machine;
}

Machine read_machine(const Config& config) {
    Machine machine = read_machine_at_start(config);
    read_interfaces(machine);
    read_rights(machine);
    read_holders(config, machine);
    read_files(config, machine);
    return machine;
}

}  // namespace wend
