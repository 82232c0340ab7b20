#include "resolver/server_filter.h"

#include <algorithm>

namespace wend {

namespace {

// Multicast (RFC 5771, RFC 4291 2.7) and the limited broadcast address.
bool names_many_hosts(const IpAddress& address) {
    const Octets octets = address.octets();
    if (!address.is_v4()) {
        return octets[0] == 0xff;
    }
    return (octets[0] & 0xf0) == 0xe0 ||
           std::ranges::all_of(octets, [](auto o) { return o == 255; });
}

}  // namespace

bool ServerFilter::may_keep(const IpAddress& address) const {
    if (address.is_unspecified() || names_many_hosts(address)) {
        return false;
    }
    return std::ranges::none_of(never_query,
                                [&](const Prefix& prefix) { return prefix.contains(address); });
}

bool ServerFilter::may_ask(const IpAddress& address) const {
    return (address.is_v4() ? ipv4 : ipv6) && may_keep(address);
}

bool ServerFilter::may_ask_any(std::span<const IpAddress> addresses) const {
    return std::ranges::any_of(addresses,
                               [this](const IpAddress& address) { return may_ask(address); });
}

}  // namespace wend
