#include "resolver/key_fetcher.h"

#include <algorithm>

#include "dnssec/signer_claim.h"
#include "resolver/aggressive.h"
#include "resolver/budget_meter.h"
#include "resolver/keep.h"

namespace wend {

namespace {

dnssec::Fetched from_finding(const Accepted& accepted) {
    dnssec::Fetched fetched;
    // What is said of an alias's target says nothing about the owner.
    if (accepted.chain.links > 0) {
        const dns::RRset& first = accepted.chain.rrsets.front();
        if (first.type() == dns::Type::cname) {
            fetched.alias = first;
            fetched.proofs = accepted.proofs;
        }
        return fetched;
    }
    switch (accepted.kind) {
        case ResponseKind::answer:
            fetched.rrset = accepted.answer;
            return fetched;
        case ResponseKind::name_error:
            fetched.rcode = dns::Rcode::nxdomain;
            break;
        default:
            break;
    }
    fetched.proofs = accepted.proofs;
    if (accepted.soa) {
        fetched.proofs.push_back(accepted.soa);
    }
    return fetched;
}

std::optional<dnssec::Fetched> from_delegation(const cache::Delegation& delegation) {
    dnssec::Fetched fetched;
    fetched.rrset = delegation.ds;
    fetched.proofs = delegation.ds_proofs;
    if (!fetched.rrset && fetched.proofs.empty()) {
        return std::nullopt;  // the referral said nothing: it has to be asked
    }
    return fetched;
}

dnssec::Fetched from_denial(const cache::Denial& denial) {
    dnssec::Fetched fetched;
    fetched.rcode = denial.rcode;
    fetched.proofs = denial.proofs;
    if (denial.soa) {
        fetched.proofs.push_back(denial.soa);
    }
    return fetched;
}

}  // namespace

bool KeyFetcher::is_distrusted(const dns::Name& owner, dns::Type type) const {
    const auto origin = origins_.find({owner, type});
    return origin != origins_.end() && origin->second.distrusted;
}

std::optional<dnssec::Fetched> KeyFetcher::known_ds(const dns::Name& owner) const {
    for (const cache::Delegation& met : quest_.errand.delegations) {
        if (met.zone == owner) {
            return from_delegation(met);
        }
    }
    const Instant now = world_.clock.now();
    if (const auto cached = world_.cache.find_delegation(owner, now)) {
        if (auto fetched = from_delegation(*cached)) {
            return fetched;
        }
    }
    if (world_.spans != nullptr) {
        if (auto fetched = denied_ds(owner)) {
            return fetched;
        }
    }
    return met_denial_of_ds(owner);
}

// Only what proves it is used: anything else would make the parent's missing word a wrong one.
std::optional<dnssec::Fetched> KeyFetcher::met_denial_of_ds(const dns::Name& owner) const {
    SpareMeter meter(quest_.errand.budget);
    dnssec::Fetched fetched;
    fetched.proofs =
        dnssec::SignerClaim::apparent_denial_of_ds(quest_.errand.met_proofs, owner, meter);
    return fetched.proofs.empty() ? std::nullopt : std::optional(std::move(fetched));
}

std::optional<dnssec::Fetched> KeyFetcher::denied_ds(const dns::Name& owner) const {
    SpareMeter meter(quest_.errand.budget);
    const dns::Question question{.qname = owner, .qtype = dns::Type::ds};
    const auto denial = synthesize_denial(question, *world_.spans, meter, world_.clock.now());
    return denial ? std::optional(from_denial(*denial)) : std::nullopt;
}

std::optional<dnssec::Fetched> KeyFetcher::known(const dns::Name& owner, dns::Type type) const {
    const Instant now = world_.clock.now();
    if (at_hand_ && at_hand_.type() == type && at_hand_.owner() == owner) {
        return dnssec::Fetched{.rrset = at_hand_, .proofs = {}};
    }
    if (type == dns::Type::ds) {
        if (auto fetched = known_ds(owner)) {
            return fetched;
        }
    }
    if (const auto found = world_.cache.find(owner, type, now)) {
        return dnssec::Fetched{.rrset = found->rrset, .proofs = {}};
    }
    const auto denial = world_.cache.find_denial(owner, type, now);
    if (!denial || denial->proofs.empty()) {
        return std::nullopt;
    }
    return from_denial(*denial);
}

std::optional<dnssec::Fetched> KeyFetcher::at_hand(const dns::Name& owner, dns::Type type) const {
    return is_distrusted(owner, type) ? std::nullopt : known(owner, type);
}

// Of a delegation that is known and a zone whose servers the configuration names, the deeper.
std::optional<dns::Name> KeyFetcher::zone_above(const dns::Name& zone) const {
    const dns::Name parent = zone.view().parent();
    const auto cut = closest_delegation(parent, world_, quest_.errand);
    const ConfiguredZone* const configured = iterator_.configured_at(parent);
    if (configured != nullptr &&
        (!cut || configured->zone.view().is_subdomain_of(cut->delegation.zone))) {
        return configured->zone;
    }
    return cut ? std::optional(cut->delegation.zone) : std::nullopt;
}

Task<dnssec::Fetched> KeyFetcher::fetch(const dns::Name& owner, dns::Type type) {
    if (auto fetched = at_hand(owner, type)) {
        co_return std::move(*fetched);
    }
    const dns::Question question{.qname = owner, .qtype = type};
    const Quest quest{.errand = quest_.errand,
                      .asker = &quest_,
                      .question = question,
                      .deadline = quest_.deadline,
                      .depth = quest_.depth + 1};
    quest.tell(world_.clock.now(), [&] { return event::Began{.question = question}; });
    Finding found = co_await iterator_.iterate(question, quest, Iterator::Showing::minimised);
    if (!found) {
        co_return dnssec::Fetched{.failure = found.error().reason, .rrset = {}, .proofs = {}};
    }
    keep_answer(*found, type, world_, quest_.errand);
    Origin& origin = origins_[{owner, type}];
    origin.server = found->server;
    origin.zone = found->zone;
    origin.is_asked = true;
    origin.datagram = found->datagram;
    co_return from_finding(*found);
}

void KeyFetcher::distrust(const dns::Name& owner, dns::Type type) {
    Origin& origin = origins_[{owner, type}];
    origin.distrusted = true;
    world_.cache.remove(owner, type);
    if (origin.is_asked) {
        quest_.errand.doubt(origin.server, origin.zone, origin.datagram);
    }
}

AcceptedPtr ds_from_referral(const dns::Name& owner, const World& world, const Errand& errand) {
    const std::optional<KnownDelegation> known = closest_delegation(owner, world, errand);
    if (!known || !(known->delegation.zone == owner) || !known->delegation.ds ||
        owner.view().is_root()) {
        return nullptr;
    }
    AcceptedPtr accepted = make_accepted();
    accepted->kind = ResponseKind::answer;
    accepted->zone = owner.view().parent();
    accepted->authoritative = true;
    accepted->chain.end = owner;
    accepted->answer = known->delegation.ds;
    return accepted;
}

}  // namespace wend
