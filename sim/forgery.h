// What an attacker would have the resolver believe.
#pragma once
#include <cstdint>
#include <vector>

#include "base/address.h"
#include "base/octets.h"

namespace wend::sim {

// 203.0.113.66: the address that every forged answer gives, and that no zone holds.
IpAddress forged_address();

// An authoritative answer to any query: for A the forged address, for other types a denial of the
// name. A day's TTL. Empty if `query` is not a query with one question.
std::vector<std::uint8_t> forge_response(Octets query);

}  // namespace wend::sim
