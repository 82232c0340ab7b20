// What attackers sign, or claim to be signed.
#include <utility>

#include "dnssec/records.h"
#include "sim/signer.h"
#include "tests/properties/signed/tricks.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::NameView;
using dns::RRset;
using dns::Type;

void append_u32(Rdata& to, std::uint32_t value) {
    append_u16(to, value >> 16);
    append_u16(to, value & 0xffffU);
}

std::size_t counted_labels(NameView owner) {
    return owner.label_count() - (owner.is_wildcard() ? 1U : 0U);
}

}  // namespace

Name Tricks::signer_for(NameView owner) {
    switch (random_.below(6)) {
        case 0:
            return internet_.zone_of(owner, Type::a).apex;
        case 1:
            return owner.suffix(pick(owner.label_count() + 1));
        case 5: {  // a zone above
            const SignedZone* above = &internet_.zone_of(owner, Type::a);
            const std::size_t steps = 1 + pick(3);
            for (std::size_t i = 0; i < steps; ++i) {
                above = &internet_.zone(above->parent);
            }
            return above->apex;
        }
        case 2:
            return name_near(owner);
        default:
            return zone_near(owner).apex;
    }
}

Rdata Tricks::signature(const RRset& rrset) {
    if (own_ != nullptr && random_.chance(50)) {
        return own_signature(rrset);
    }
    return random_.chance(75) ? claimed_signature(rrset, signer_for(rrset.owner()))
                              : false_signature(rrset);
}

// Its fields are such that it may be tried; the signature is none.
Rdata Tricks::claimed_signature(const RRset& rrset, const Name& signer) {
    const SignedZone& zone = internet_.zone_of(signer, Type::a);
    const auto number = static_cast<std::size_t>(&zone - internet_.zones().data());
    Rdata rdata;
    append_u16(rdata, static_cast<std::uint16_t>(rrset.type()));
    rdata.push_back(static_cast<std::uint8_t>(zone.signing.algorithm));
    std::size_t labels = counted_labels(rrset.owner());
    if (random_.chance(15)) {
        labels = pick(labels + 1);
    }
    rdata.push_back(static_cast<std::uint8_t>(labels));
    append_u32(rdata, rrset.ttl());
    append_u32(rdata, zone.signing.expiration);
    append_u32(rdata, zone.signing.inception);
    const auto any_tag = static_cast<std::uint16_t>(random_.next());
    append_u16(rdata, random_.chance(70) ? tags_[number] : any_tag);
    rdata.insert(rdata.end(), signer.wire().begin(), signer.wire().end());
    for (int i = 0; i < 8; ++i) {
        append_u32(rdata, static_cast<std::uint32_t>(random_.next()));
        append_u32(rdata, 0);
    }
    return rdata;
}

// A true signature of something else, perhaps with another signer.
Rdata Tricks::false_signature(const RRset& rrset) {
    const RRset& other = recorded();
    const Octets taken = other.signatures().front();
    Rdata rdata(taken.begin(), taken.end());
    if (random_.chance(70)) {
        store_u16(rdata, 0, static_cast<std::uint16_t>(rrset.type()));
    }
    if (random_.chance(50)) {
        const dnssec::Rrsig read = dnssec::Rrsig::read(taken);
        const Name signer = signer_for(rrset.owner());
        Rdata renamed(rdata.begin(), rdata.begin() + 18);
        renamed.insert(renamed.end(), signer.wire().begin(), signer.wire().end());
        renamed.insert(renamed.end(), read.signature.begin(), read.signature.end());
        rdata = std::move(renamed);
    }
    return rdata;
}

Rdata Tricks::own_signature(const RRset& rrset) {
    const bool in_zone = random_.chance(85);
    const Name signer = in_zone ? own_->apex : signer_for(rrset.owner());
    std::optional<std::uint8_t> labels;
    if (random_.chance(15)) {
        labels = static_cast<std::uint8_t>(pick(counted_labels(rrset.owner()) + 1));
    }
    return rrsig_rdata(rrset, signer, data_key(own_->signing), own_->signing, labels);
}

RRset Tricks::with_other_signatures(const RRset& rrset) {
    std::vector<Rdata> signatures = signatures_of(rrset);
    const std::size_t more = random_.below(4);
    for (std::size_t i = 0; i < more; ++i) {
        const std::size_t place = pick(signatures.size() + 1);
        Rdata another = signature(rrset);
        signatures.insert(signatures.begin() + static_cast<std::ptrdiff_t>(place),
                          std::move(another));
    }
    if (own_ != nullptr && random_.chance(50)) {
        const std::size_t place = pick(signatures.size() + 1);
        Rdata another = own_signature(rrset);
        signatures.insert(signatures.begin() + static_cast<std::ptrdiff_t>(place),
                          std::move(another));
    } else if (more == 0 && !signatures.empty()) {
        signatures.erase(signatures.begin());
    }
    return with_signatures(rrset, signatures);
}

RRset Tricks::own_signed(const RRset& rrset) {
    const RRset mixed = random_.chance(50) ? with_other_signatures(rrset) : rrset;
    std::vector<Rdata> signatures = signatures_of(mixed);
    signatures.push_back(rrsig_rdata(rrset, own_->apex, data_key(own_->signing), own_->signing));
    return with_signatures(rrset, signatures);
}

}  // namespace wend::sim
