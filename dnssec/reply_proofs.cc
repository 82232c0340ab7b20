#include "dnssec/reply_proofs.h"

#include <algorithm>
#include <limits>

#include "dns/negative_ttl.h"
#include "dnssec/denial.h"
#include "dnssec/denial_nsec.h"
#include "dnssec/denial_nsec3.h"
#include "dnssec/proof.h"
#include "dnssec/signature.h"

namespace wend::dnssec {

using dns::Reason;
using dns::RRset;
using dns::Security;
using dns::Type;

namespace {

// What reaches outside the zone, or cannot be read, says nothing whoever signed it: neither here
// nor to a client that would keep it (defences D12, D13).
bool is_of_zone(const RRset& rrset, const dns::Name& zone) {
    return nsec_span(rrset.packed(), zone) || nsec3_span(rrset.packed(), zone);
}

Reason first_of(Reason earlier, Reason later) {
    return earlier == Reason::none ? later : earlier;
}

}  // namespace

Reason VerifiedProofs::why_not() const {
    if (failure != Reason::none) {
        return failure;
    }
    return records.empty() ? Reason::bogus_no_proof : Reason::bogus_proof;
}

VerifiedProofs verify_proofs(std::vector<RRset>& rrsets, const KeySet& keys, WallTime now,
                             Meter& meter) {
    VerifiedProofs proofs;
    std::size_t looked_at = 0;
    for (RRset& rrset : rrsets) {
        if (rrset.type() != Type::nsec && rrset.type() != Type::nsec3) {
            continue;
        }
        if (++looked_at > proofs_max) {
            break;
        }
        if (!is_of_zone(rrset, keys.zone)) {
            proofs.failure = first_of(proofs.failure, Reason::bogus_proof);
            continue;
        }
        const auto verified = verify(rrset.packed(), keys.zone, keys.keys, now, meter);
        if (verified && !verified->wildcard) {
            rrset = prove(rrset, *verified);
            proofs.records.push_back(rrset.packed());
        }
        if (!verified || verified->wildcard) {
            const Reason reason = verified ? Reason::bogus_proof : verified.error();
            proofs.failure = first_of(proofs.failure, reason);
        }
    }
    return proofs;
}

Reason verify_soa(std::vector<RRset>& rrsets, const KeySet& keys, WallTime now, Meter& meter) {
    for (RRset& rrset : rrsets) {
        if (rrset.type() != Type::soa) {
            continue;
        }
        if (!(keys.zone == rrset.owner())) {
            return Reason::bogus_signature;
        }
        const auto verified = verify(rrset.packed(), keys.zone, keys.keys, now, meter);
        if (!verified) {
            return verified.error();
        }
        rrset = prove(rrset, *verified);
    }
    return Reason::none;
}

std::uint32_t denial_ttl(const std::vector<RRset>& rrsets) {
    std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
    for (const RRset& rrset : rrsets) {
        if (rrset.type() == Type::soa) {
            least = std::min(least, dns::negative_ttl(rrset));
        }
    }
    return least;
}

std::uint32_t least_secure_ttl(const std::vector<RRset>& rrsets, std::uint32_t most) {
    std::uint32_t least = most;
    for (const RRset& rrset : rrsets) {
        if (rrset.security() == Security::secure) {
            least = std::min(least, rrset.ttl());
        }
    }
    return least;
}

}  // namespace wend::dnssec
