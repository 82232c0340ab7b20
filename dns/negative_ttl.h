// How long a denial may be kept (RFC 2308 5).
#pragma once
#include <algorithm>
#include <cstdint>

#include "base/octets.h"
#include "dns/rrset.h"

namespace wend::dns {

// Of the SOA RRset that came with it, in seconds: the least of its TTL and its MINIMUM field.
inline std::uint32_t negative_ttl(const RRset& soa) {
    const Octets rdata = soa.rdatas().front();
    return std::min(soa.ttl(), load_u32(rdata, rdata.size() - 4));
}

}  // namespace wend::dns
