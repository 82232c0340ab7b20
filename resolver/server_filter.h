// Which addresses may be asked at all (docs/limits.md): never loopback or our own, if the
// configuration says so, and never what cannot be one server.
#pragma once
#include <span>
#include <vector>

#include "base/address.h"

namespace wend {

struct ServerFilter {
    std::vector<Prefix> never_query;
    bool ipv4 = true;
    bool ipv6 = true;

    // False for never_query, 0.0.0.0/8, ::, multicast, broadcast: such glue is not even kept.
    bool may_keep(const IpAddress& address) const;
    // As above, and of a family that we speak.
    bool may_ask(const IpAddress& address) const;
    bool may_ask_any(std::span<const IpAddress> addresses) const;
};

}  // namespace wend
