#include "config/own_addresses.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <ifaddrs.h>
#include <sys/socket.h>

namespace wend {
namespace {

// Empty, or why it could not.
std::string append_interface_addresses(std::vector<IpAddress>& to) {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) {
        return std::strerror(errno);
    }
    for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
        const int family = at->ifa_addr == nullptr ? AF_UNSPEC : at->ifa_addr->sa_family;
        if (family == AF_INET || family == AF_INET6) {
            to.push_back(Endpoint::from_sockaddr(*at->ifa_addr).ip);
        }
    }
    freeifaddrs(first);
    return {};
}

}  // namespace

OwnAddresses own_addresses(const std::vector<Endpoint>& listen) {
    OwnAddresses own;
    std::vector<IpAddress> addresses;
    for (const Endpoint& where : listen) {
        if (where.ip.is_unspecified()) {
            own.problem = append_interface_addresses(addresses);
        } else {
            addresses.push_back(where.ip);
        }
    }
    for (const IpAddress& address : addresses) {
        const Prefix prefix(address, 128);
        const bool is_known = std::ranges::find(own.networks, prefix) != own.networks.end();
        if (!is_known && !address.is_loopback()) {
            own.networks.push_back(prefix);
        }
    }
    return own;
}

}  // namespace wend
