#include "server/clients/local_networks.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <utility>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace wend {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

bool is_of_ip(const sockaddr* address) {
    return address != nullptr && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
}

}  // namespace

std::optional<Prefix> network_of(const IpAddress& address, const IpAddress& netmask) {
    unsigned bits = 0;
    for (const std::uint8_t octet : netmask.octets()) {
        bits += static_cast<unsigned>(std::countl_one(octet));
        if (octet != 0xff) {
            break;
        }
    }
    const bool is_v4 = address.is_v4();
    const unsigned bits_min = is_v4 ? local_network_bits_min_v4 : local_network_bits_min_v6;
    if (address.is_loopback() || address.is_unspecified() || bits < bits_min) {
        return std::nullopt;
    }
    return Prefix(address, is_v4 ? bits + 96 : bits);
}

std::optional<std::vector<Prefix>> interface_networks() {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) {
        return std::nullopt;
    }
    std::vector<Prefix> networks;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(first, &freeifaddrs);
    for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
        if ((at->ifa_flags & IFF_UP) == 0 || !is_of_ip(at->ifa_addr) ||
            at->ifa_netmask == nullptr) {
            continue;
        }
        // The kernel leaves out the family of some netmasks.
        sockaddr_storage mask{};
        const std::size_t size =
            at->ifa_addr->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        std::memcpy(&mask, at->ifa_netmask, size);
        mask.ss_family = at->ifa_addr->sa_family;
        const auto network =
            network_of(Endpoint::from_sockaddr(*at->ifa_addr).ip,
                       Endpoint::from_sockaddr(reinterpret_cast<const sockaddr&>(mask)).ip);
        if (network) {
            networks.push_back(*network);
        }
    }
    std::ranges::sort(networks);
    const auto repeated = std::ranges::unique(networks);
    networks.erase(repeated.begin(), repeated.end());
    return networks;
}

void LocalNetworks::look(Instant now) {
    Instant::rep due = due_.load(relaxed);
    const Instant::rep next = (now + local_networks_interval).time_since_epoch().count();
    if (now.time_since_epoch().count() < due || !due_.compare_exchange_strong(due, next, relaxed)) {
        return;
    }
    std::optional<std::vector<Prefix>> networks = read_();
    const MutexLock lock(mutex_);
    if (networks && *networks != networks_) {
        networks_ = std::move(*networks);
        version_.fetch_add(1, std::memory_order_release);
    }
}

bool LocalNetworks::refresh(Seen& seen) const {
    if (version_.load(std::memory_order_acquire) == seen.version) {
        return false;
    }
    const MutexLock lock(mutex_);
    seen.version = version_.load(relaxed);
    seen.networks = policy::AccessList(networks_);
    return true;
}

}  // namespace wend
