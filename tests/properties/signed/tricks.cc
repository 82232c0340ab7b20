#include "tests/properties/signed/tricks.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/encoding.h"
#include "dnssec/algorithms.h"
#include "dnssec/records.h"
#include "sim/forgery.h"
#include "sim/signer.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::NameView;
using dns::RRset;
using dns::Type;

constexpr std::uint32_t long_ttl = 86'400;

bool is_proof(Type type) {
    return type == Type::nsec || type == Type::nsec3;
}

}  // namespace

Tricks::Tricks(const SignedInternet& internet, Random& random, std::optional<std::size_t> own)
    : internet_(internet), random_(random), own_(own ? &internet.zone(*own) : nullptr) {
    for (const SignedZone& zone : internet.zones()) {
        const Zone& content = internet.content(zone);
        for (const auto* nodes : {&content.nodes(), &content.nsec3_nodes()}) {
            for (const auto& [owner, node] : *nodes) {
                for (const RRset& rrset : node.rrsets()) {
                    if (!rrset.signatures().empty()) {
                        (is_proof(rrset.type()) ? proofs_ : signed_).push_back(rrset);
                    }
                }
            }
        }
        tags_.push_back(dnssec::key_tag(dnskey_rdata(data_key(zone.signing))));
    }
}

const RRset& Tricks::recorded() {
    const bool denial = random_.chance(40) && !proofs_.empty();
    const std::vector<RRset>& from = denial ? proofs_ : signed_;
    return from[pick(from.size())];
}

std::optional<RRset> Tricks::recorded(Type type) {
    const std::size_t start = pick(signed_.size());
    for (std::size_t i = 0; i < signed_.size(); ++i) {
        const RRset& rrset = signed_[(start + i) % signed_.size()];
        if (rrset.type() == type) {
            return rrset;
        }
    }
    return std::nullopt;
}

const SignedZone& Tricks::zone_near(NameView about) {
    const SignedZone& closest = internet_.zone_of(about, Type::a);
    switch (random_.below(4)) {
        case 0:
            return closest;
        case 1:
            return internet_.zone(closest.parent);
        default:
            return any_zone();
    }
}

Name Tricks::name_near(NameView about) {
    constexpr std::array<std::string_view, 6> labels = {"a", "zz", "www", "nobody", "0", "*"};
    switch (random_.below(6)) {
        case 0:
            return about;
        case 1:
            return about.is_root() ? about : about.parent();
        case 2:
            return zone_near(about).apex;
        case 3: {
            const std::string_view label = labels[pick(labels.size())];
            return with_label(label, zone_near(about).apex);
        }
        case 4: {
            const std::string_view label = labels[pick(labels.size())];
            return with_label(label, about);
        }
        default:
            return internet_.names()[pick(internet_.names().size())];
    }
}

std::set<Type> Tricks::any_types() {
    const std::array<std::set<Type>, 6> sets = {{{Type::rrsig, Type::nsec},
                                                 {Type::a, Type::rrsig, Type::nsec},
                                                 {Type::ns, Type::rrsig, Type::nsec},
                                                 {Type::ns},
                                                 {Type::ns, Type::soa, Type::rrsig, Type::nsec},
                                                 {Type::cname, Type::rrsig, Type::nsec}}};
    return sets[pick(sets.size())];
}

RRset Tricks::made_up_nsec(NameView about) {
    const bool his = own_ != nullptr && random_.chance(80);
    const Name zone = his ? own_->apex : zone_near(about).apex;
    constexpr std::array<std::string_view, 5> labels = {"a", "b", "x", "0", "zz"};
    const std::string_view label = labels[pick(labels.size())];
    Name owner = with_label(label, zone);
    if (random_.chance(30)) {
        owner = random_.chance(50) ? zone : name_near(about);
    }
    Name next = with_label("zz", about);
    if (random_.chance(50)) {
        const Name near = name_near(about);
        next = random_.chance(50) ? near : with_label("zz", near);
    } else if (random_.chance(30)) {
        next = with_label("y", zone);
    }
    Rdata rdata(next.wire().begin(), next.wire().end());
    append_type_bitmap(rdata, any_types());
    return rrset_of(owner, Type::nsec, long_ttl, rdata);
}

RRset Tricks::made_up_nsec3(NameView about) {
    const bool his = own_ != nullptr && random_.chance(80);
    const SignedZone& zone = his ? *own_ : zone_near(about);
    const SigningOptions& hashing = random_.chance(70) ? zone.signing : any_zone().signing;
    const auto hash_of = [&hashing](NameView name) {
        return dnssec::nsec3_hash(Name(name).lower_case().wire(), hashing.salt, hashing.iterations);
    };
    auto hash = hash_of(random_.chance(60) ? Name(about) : name_near(about));
    auto next = hash_of(name_near(about));
    if (random_.chance(50)) {  // one that covers it and nothing else
        next = hash;
        next.back() = static_cast<std::uint8_t>(next.back() + 1);
        hash.back() = static_cast<std::uint8_t>(hash.back() - 1);
    } else if (random_.chance(30)) {  // one that covers nearly all
        hash.fill(0);
        next.fill(0xff);
    }
    Rdata rdata = {1, static_cast<std::uint8_t>(random_.chance(50) ? 1 : 0)};
    append_u16(rdata, hashing.iterations);
    rdata.push_back(static_cast<std::uint8_t>(hashing.salt.size()));
    rdata.insert(rdata.end(), hashing.salt.begin(), hashing.salt.end());
    rdata.push_back(static_cast<std::uint8_t>(next.size()));
    rdata.insert(rdata.end(), next.begin(), next.end());
    append_type_bitmap(rdata, any_types());
    const Name& apex = random_.chance(85) ? zone.apex : zone_near(about).apex;
    return rrset_of(with_label(to_base32hex(hash), apex), Type::nsec3, long_ttl, rdata);
}

// From a name of the attacker's own to one below or beside that name, well signed, and said to be
// signed by a zone above both as well: before the true signature, or behind it.
RRset Tricks::reaching_nsec(NameView about) {
    constexpr std::array<std::string_view, 4> labels = {"a", "m", "x", "zz"};
    const std::string_view label = labels[pick(labels.size())];
    const Name owner = with_label(label, own_->apex);
    const Name beyond = with_label("zz", random_.chance(70) ? Name(about) : name_near(about));
    const RRset bare = [&] {
        Rdata rdata(beyond.wire().begin(), beyond.wire().end());
        append_type_bitmap(rdata, any_types());
        return rrset_of(owner, Type::nsec, long_ttl, rdata);
    }();
    const NameView shared = owner.view().suffix(owner.view().common_labels(beyond));
    const SignedZone* above = &internet_.zone_of(shared, Type::a);
    const std::size_t steps = pick(3);
    for (std::size_t i = 0; i < steps; ++i) {
        above = &internet_.zone(above->parent);
    }
    std::vector<Rdata> signatures = {own_signature(bare)};
    const std::size_t claims = 1 + pick(2);
    for (std::size_t i = 0; i < claims; ++i) {
        const bool first = random_.chance(60);
        signatures.insert(first ? signatures.begin() : signatures.end(),
                          claimed_signature(bare, above->apex));
    }
    return with_signatures(bare, signatures);
}

// What the parent said long ago, before the zone was signed.
RRset Tricks::expired_denial_of_ds(NameView about) {
    const SignedZone& zone = zone_near(about);
    const SignedZone& parent = internet_.zone(zone.parent);
    Rdata rdata = {1, 'z'};
    rdata.insert(rdata.end(), zone.apex.wire().begin(), zone.apex.wire().end());
    append_type_bitmap(rdata, {Type::ns, Type::rrsig, Type::nsec});
    const RRset bare = rrset_of(zone.apex, Type::nsec, long_ttl, rdata);
    constexpr std::uint32_t month = 30 * 86'400;
    SigningOptions past = parent.signing;
    past.inception -= 2 * month;
    past.expiration -= 2 * month;
    return with_signatures(bare, {rrsig_rdata(bare, parent.apex, data_key(parent.signing), past)});
}

RRset Tricks::proof(NameView about) {
    const std::uint64_t kind = random_.below(100);
    if (kind < 45 && !proofs_.empty()) {
        const std::size_t start = pick(proofs_.size());
        const bool own = random_.chance(50);  // of the very name, where there is one
        for (std::size_t i = 0; own && i < proofs_.size(); ++i) {
            const RRset& candidate = proofs_[(start + i) % proofs_.size()];
            if (candidate.owner() == about) {
                return random_.chance(70) ? candidate : with_other_signatures(candidate);
            }
        }
        return random_.chance(70) ? proofs_[start] : with_other_signatures(proofs_[start]);
    }
    if (kind < 50 && own_ == nullptr) {
        return expired_denial_of_ds(about);
    }
    if (kind < 65 && own_ != nullptr) {
        return reaching_nsec(about);
    }
    const RRset made_up = kind < 80 ? made_up_nsec(about) : made_up_nsec3(about);
    return with_other_signatures(made_up);
}

RRset Tricks::soa(NameView about) {
    const SignedZone& zone = zone_near(about);
    const RRset& real = internet_.content(zone).soa();
    return random_.chance(60) ? real : with_other_signatures(real);
}

RRset Tricks::data(NameView owner, Type type) {
    const std::uint64_t kind = random_.below(3);
    if (kind == 0) {
        if (const auto other = recorded(type)) {
            return random_.chance(50) ? other->with_owner(owner)
                                      : with_other_signatures(other->with_owner(owner));
        }
    }
    if (kind == 1 && (type == Type::ns || type == Type::cname)) {
        return alias(owner);
    }
    Rdata rdata;
    if (type == Type::a) {
        const IpAddress forged = forged_address();
        const Octets address = forged.octets();
        rdata.assign(address.begin(), address.end());
    } else if (type == Type::aaaa) {
        rdata = {0x20, 0x01, 0, 2, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6};
    } else if (const auto other = recorded(type)) {
        const Octets any = other->rdatas().front();
        rdata.assign(any.begin(), any.end());
    } else {
        return alias(owner);
    }
    const RRset bare = rrset_of(owner, type, long_ttl, rdata);
    return random_.chance(40) ? bare : with_other_signatures(bare);
}

RRset Tricks::alias(NameView owner) {
    const Name target = name_near(owner);
    const bool dname = random_.chance(30) && !owner.is_root();
    const RRset bare = rrset_of(dname ? owner.parent() : owner, dname ? Type::dname : Type::cname,
                                long_ttl, target.wire());
    return random_.chance(40) ? bare : with_other_signatures(bare);
}

RRset Tricks::servers(NameView cut, NameView server) {
    return rrset_of(cut, Type::ns, long_ttl, server.wire());
}

RRset Tricks::changed(const RRset& rrset) {
    const std::vector<Rdata> signatures = signatures_of(rrset);
    switch (random_.below(4)) {
        case 0:
            return rrset.with_ttl(long_ttl);
        case 1:
            return rrset.with_owner(name_near(rrset.owner()));
        case 2: {  // a set that is not whole
            dns::RRsetBuilder builder(rrset.owner(), rrset.type());
            const std::size_t left_out = pick(rrset.rdatas().size());
            std::size_t at = 0;
            for (const Octets rdata : rrset.rdatas()) {
                if (at++ != left_out || rrset.rdatas().size() == 1) {
                    builder.add(rdata);
                }
            }
            return with_signatures(builder.finish(rrset.ttl()), signatures);
        }
        default: {
            const RRset other = data(rrset.owner(), rrset.type());
            return with_signatures(other, signatures);
        }
    }
}

}  // namespace wend::sim
