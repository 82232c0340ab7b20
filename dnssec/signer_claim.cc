#include "dnssec/signer_claim.h"

#include "dnssec/denial.h"
#include "dnssec/records.h"

namespace wend::dnssec {

using dns::Name;
using dns::NameView;
using dns::RRset;
using dns::Type;

Name authority_of(NameView owner, Type type) {
    const bool of_parent = type == Type::ds && !owner.is_root();
    return of_parent ? owner.parent() : owner;
}

std::optional<SignerClaim> SignerClaim::above(const dns::PackedRRset& rrset, NameView about) {
    for (const Octets rdata : rrset.signatures()) {
        const NameView signer = Rrsig::read(rdata).signer;
        if (about.is_subdomain_of(signer) && rrset.owner().is_subdomain_of(signer)) {
            return SignerClaim(signer);
        }
    }
    return std::nullopt;
}

std::optional<SignerClaim> SignerClaim::of(const dns::PackedRRset& rrset, Type asked) {
    const Name about = authority_of(rrset.owner(), asked);
    return above(rrset, about);
}

std::optional<SignerClaim> SignerClaim::of_denial(const std::vector<RRset>& proofs, NameView name,
                                                  Type type) {
    const Name about = authority_of(name, type);
    std::optional<SignerClaim> of_soa;
    for (const RRset& rrset : proofs) {
        const bool denies = rrset.type() == Type::nsec || rrset.type() == Type::nsec3;
        if (!denies && rrset.type() != Type::soa) {
            continue;
        }
        std::optional<SignerClaim> claim = above(rrset.packed(), about);
        if (claim && denies) {
            return claim;
        }
        of_soa = claim ? std::move(claim) : std::move(of_soa);
    }
    return of_soa;
}

std::vector<RRset> SignerClaim::apparent_denial_of_ds(const std::vector<RRset>& proofs,
                                                      NameView zone, Meter& meter) {
    if (zone.is_root()) {
        return {};
    }
    std::optional<SignerClaim> closest;
    for (const RRset& proof : proofs) {
        std::optional<SignerClaim> claim = above(proof.packed(), zone.parent());
        if (claim && (!closest || claim->zone_.view().size() > closest->zone_.view().size())) {
            closest = std::move(claim);
        }
    }
    if (!closest) {
        return {};
    }
    std::vector<RRset> apparent;
    std::vector<dns::PackedRRset> views;
    for (const RRset& proof : proofs) {
        const std::optional<SignerClaim> claim = above(proof.packed(), zone.parent());
        if (claim && claim->zone_ == closest->zone_.view()) {
            apparent.push_back(proof);
            views.push_back(proof.packed());
        }
    }
    const Cut cut = unsigned_cut(zone, {closest->zone_, views}, meter);
    return cut == Cut::insecure || cut == Cut::none ? apparent : std::vector<RRset>();
}

}  // namespace wend::dnssec
