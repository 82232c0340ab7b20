#include "dnssec/reply_proofs.h"

#include <algorithm>

#include "dnssec/denial.h"
#include "dnssec/signature.h"

namespace wend::dnssec {
namespace {

using dns::Reason;
using dns::RRset;
using dns::Security;
using dns::Type;

RRset verified_as(const RRset& rrset, const Verified& verified) {
    return rrset.with_security(Security::secure).with_ttl(std::min(rrset.ttl(), verified.ttl_max));
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
        const auto verified = verify(rrset.packed(), keys.zone, keys.keys, now, meter);
        if (verified && !verified->wildcard) {
            rrset = verified_as(rrset, *verified);
            proofs.records.push_back(rrset.packed());
        }
        const bool expanded = verified && verified->wildcard;
        if (proofs.failure == Reason::none && (!verified || expanded)) {
            proofs.failure = expanded ? Reason::bogus_proof : verified.error();
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
        rrset = verified_as(rrset, *verified);
    }
    return Reason::none;
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
