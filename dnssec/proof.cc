#include "dnssec/proof.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "dnssec/records.h"

namespace wend::dnssec {

dns::RRset prove(const dns::RRset& rrset, const Verified& verified) {
    const Rrsig held = Rrsig::read(verified.signature);
    std::vector<Octets> kept = {verified.signature};
    for (const Octets rdata : rrset.signatures()) {
        const Rrsig other = Rrsig::read(rdata);
        const bool is_held = rdata.data() == verified.signature.data();
        if (!is_held && other.signer == held.signer && other.labels == held.labels) {
            kept.push_back(rdata);
        }
    }
    return rrset.proved_by(kept).with_ttl(std::min(rrset.ttl(), verified.ttl_max));
}

std::optional<Proof> proof_of(const dns::RRset& rrset) {
    if (!rrset || rrset.security() != dns::Security::secure) {
        return std::nullopt;
    }
    const dns::RdataRange signatures = rrset.signatures();
    if (signatures.empty()) {
        return std::nullopt;
    }
    const Rrsig held = Rrsig::read(signatures.front());
    return Proof{.zone = held.signer, .labels = held.labels, .key_tag = held.key_tag};
}

}  // namespace wend::dnssec
