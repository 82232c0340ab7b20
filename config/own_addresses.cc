#include "config/own_addresses.h"

#include <algorithm>

#include <ifaddrs.h>
#include <sys/socket.h>

namespace wend {
namespace {

void append_interface_addresses(std::vector<IpAddress>& to) {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) {
        return;
    }
    for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
        const int family = at->ifa_addr == nullptr ? AF_UNSPEC : at->ifa_addr->sa_family;
        if (family == AF_INET || family == AF_INET6) {
            to.push_back(Endpoint::from_sockaddr(*at->ifa_addr).ip);
        }
    }
    freeifaddrs(first);
}

}  // namespace

std::vector<Prefix> own_addresses(const std::vector<Endpoint>& listen) {
    std::vector<IpAddress> addresses;
    for (const Endpoint& where : listen) {
        if (where.ip.is_unspecified()) {
            append_interface_addresses(addresses);
        } else {
            addresses.push_back(where.ip);
        }
    }
    std::vector<Prefix> prefixes;
    for (const IpAddress& address : addresses) {
        const Prefix prefix(address, 128);
        const bool is_known = std::ranges::find(prefixes, prefix) != prefixes.end();
        if (!is_known && !address.is_loopback()) {
            prefixes.push_back(prefix);
        }
    }
    return prefixes;
}

}  // namespace wend
