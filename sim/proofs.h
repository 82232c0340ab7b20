// Which NSEC or NSEC3 records prove what a signed zone's answer claims (RFC 4035 3.1.3, RFC 5155
// 7.2).
#pragma once
#include <cstdint>
#include <vector>

#include "dns/name.h"
#include "dns/rrset.h"
#include "sim/zone.h"

namespace wend::sim {

enum class Proof : std::uint8_t {
    no_data,           // the name exists, the type does not
    no_name,           // nothing there, and no wildcard
    wildcard_answer,   // nothing there, so the wildcard below the encloser answered
    wildcard_no_data,  // the same, and the wildcard has no such type
};

// Appends to `authority` what is not there already. `encloser` is the closest encloser of `qname`,
// or `qname` itself for no_data. A zone without NSEC and NSEC3 proves nothing.
void append_proof(const Zone& zone, Proof proof, dns::NameView qname, dns::NameView encloser,
                  std::vector<dns::RRset>& authority);

}  // namespace wend::sim
