// The records of a reply that prove something: SOA, NSEC and NSEC3, each verified by itself. A
// record that came beside a verified one is none the better for it (CVE-2026-123590). Pure but for
// the meter.
#pragma once
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "dnssec/keys.h"
#include "dnssec/verdict.h"

namespace wend::dnssec {

struct VerifiedProofs {
    std::vector<dns::PackedRRset> records;    // fit for Proofs
    dns::Reason failure = dns::Reason::none;  // of the first that did not verify

    // The reason to give where the records prove nothing.
    dns::Reason why_not() const;
};

// NSEC and NSEC3 RRsets that the zone's keys verify and that are no expansions of a wildcard become
// secure, with the TTL that their signature allows; the others stay as they are, and so does what
// reaches outside the zone. Returns the former: valid while `rrsets` holds them. At most proofs_max
// are looked at.
VerifiedProofs verify_proofs(std::vector<dns::RRset>& rrsets, const KeySet& keys, WallTime now,
                             Meter& meter);

// The same for the SOA, which says how long a denial may be kept (RFC 2308 5): Reason::none if
// there is none, or if it is the zone's own and verified.
dns::Reason verify_soa(std::vector<dns::RRset>& rrsets, const KeySet& keys, WallTime now,
                       Meter& meter);

// How long a denial may be kept, in seconds, by the SOA that came with it, the lesser of its TTL
// and MINIMUM (RFC 2308 5), verified or not: it only ever shortens. The most there is without one.
std::uint32_t denial_ttl(const std::vector<dns::RRset>& rrsets);

// The least TTL, in seconds, of those that are secure; `most` if there are none.
std::uint32_t least_secure_ttl(const std::vector<dns::RRset>& rrsets, std::uint32_t most);

}  // namespace wend::dnssec
