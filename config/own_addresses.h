// Which of our own addresses we serve on.
#pragma once
#include <string>
#include <vector>

#include "base/address.h"

namespace wend {

struct OwnAddresses {
    std::vector<Prefix> networks;  // of one address each
    // Why the addresses of the interfaces are not among them, though `listen` reaches them; else
    // empty.
    std::string problem;
};

// Each of our own addresses that `listen` reaches, as a network. Without loopback,
// which the configuration rules out by default and may allow: a forwarder may run on this host.
OwnAddresses own_addresses(const std::vector<Endpoint>& listen);

}  // namespace wend
