// Which of our own addresses we serve on.
#pragma once
#include <vector>

#include "base/address.h"

namespace wend {

// Each of our own addresses that `listen` reaches, as a network of one address. Without loopback,
// which the configuration rules out by default and may allow: a forwarder may run on this host.
std::vector<Prefix> own_addresses(const std::vector<Endpoint>& listen);

}  // namespace wend
