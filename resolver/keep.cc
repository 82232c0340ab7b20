#include "resolver/keep.h"

#include <algorithm>
#include <utility>

#include "dns/negative_ttl.h"
#include "dnssec/signature.h"

namespace wend {

namespace {

// Where data was read.
struct Place {
    cache::Rank rank{};
    cache::Side side = cache::Side::unknown;
};

// For how many seconds the cache has this data: as it came in, or from before with the same
// verdict. Another verdict's TTL is not this one's: nobody may have held it against a signature.
std::optional<std::uint32_t> store_or_find(const dns::RRset& rrset, Place place,
                                           cache::Cache& cache, Instant now) {
    if (const auto kept = cache.store(rrset, place.rank, now, place.side)) {
        return kept;
    }
    const std::optional<cache::Found> found = cache.find(rrset.owner(), rrset.type(), now);
    const bool is_the_same =
        found && found->rrset.security() == rrset.security() && same_data(found->rrset, rrset);
    return is_the_same ? std::optional(found->rrset.ttl()) : std::nullopt;
}

void store(dns::RRset& rrset, Place place, const World& world, Errand& errand) {
    const int records = static_cast<int>(rrset.rdatas().size());
    if (!errand.budget.spend_cached(records, rrset.packed().octets().size())) {
        return;
    }
    const auto ttl = store_or_find(rrset, place, world.cache, world.clock.now());
    if (ttl && *ttl != rrset.ttl()) {
        rrset = rrset.with_ttl(*ttl);
    }
}

// What a wildcard gave is of use to a validating client with its proofs only.
void store_data(dns::RRset& rrset, Place place, const std::vector<dns::RRset>& proofs,
                const World& world, Errand& errand) {
    store(rrset, place, world, errand);
    if (!dnssec::is_wildcard_expansion(rrset.packed())) {
        return;
    }
    std::size_t octets = 0;
    for (const dns::RRset& proof : proofs) {
        octets += proof.packed().octets().size();
    }
    if (errand.budget.spend_cached(static_cast<int>(proofs.size()), octets)) {
        world.cache.store_expansion(rrset.owner(), rrset.type(), proofs, rrset.ttl(),
                                    world.clock.now());
    }
}

void store_denial(const Accepted& accepted, dns::Type qtype, const World& world, Errand& errand) {
    if (!accepted.soa) {
        return;  // RFC 2308 5: without a SOA there is no telling for how long
    }
    cache::Denial denial;
    denial.rcode =
        accepted.kind == ResponseKind::name_error ? dns::Rcode::nxdomain : dns::Rcode::noerror;
    denial.name = accepted.chain.end;
    denial.soa = accepted.soa;
    denial.proofs = accepted.proofs;
    denial.ttl = negative_ttl(accepted.soa);
    denial.security = accepted.denial_security;
    std::size_t octets = denial.soa.packed().octets().size();
    for (const dns::RRset& proof : denial.proofs) {
        denial.ttl = std::min(denial.ttl, proof.ttl());
        octets += proof.packed().octets().size();
    }
    if (errand.budget.spend_cached(1 + static_cast<int>(denial.proofs.size()), octets)) {
        world.cache.store_denial(denial, qtype, world.clock.now());
    }
}

bool is_synthesized(const std::vector<dns::RRset>& chain, std::size_t i) {
    return i > 0 && chain[i - 1].type() == dns::Type::dname;
}

}  // namespace

void keep_answer(Accepted& accepted, dns::Type qtype, const World& world, Errand& errand) {
    // AA speaks of the first owner only (RFC 1035 4.1.1; RFC 2181 5.4.1).
    const cache::Rank first =
        accepted.authoritative ? cache::Rank::answer_from_aa : cache::Rank::answer;
    Place place{.rank = first};
    if (qtype == dns::Type::ds) {
        place.side = cache::Side::parent;
    }
    std::vector<dns::RRset>& chain = accepted.chain.rrsets;
    // The parent's alias at the apex of a zone that is configured hides no data of that zone.
    const bool hides = accepted.doubtful && qtype == dns::Type::ds;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        if (is_synthesized(chain, i)) {
            chain[i] = chain[i].with_ttl(chain[i - 1].ttl());  // RFC 6672 3.1
        } else if (!hides || i > 0) {
            store_data(chain[i], place, accepted.proofs, world, errand);
        }
        place.rank = cache::Rank::answer;
    }
    if (accepted.kind == ResponseKind::answer) {
        store_data(accepted.answer, place, accepted.proofs, world, errand);
    }
    const bool denies = accepted.kind == ResponseKind::no_data ||
                        (accepted.kind == ResponseKind::name_error && !accepted.doubtful);
    if (denies) {
        store_denial(accepted, qtype, world, errand);
    }
}

cache::Delegation keep_referral(const Referral& referral, Instant parent_expires_at,
                                const World& world, Errand& errand) {
    const Instant now = world.clock.now();
    cache::Delegation delegation = to_delegation(referral, now, parent_expires_at);
    std::erase_if(errand.delegations,
                  [&](const cache::Delegation& old) { return old.zone == delegation.zone; });
    errand.delegations.push_back(delegation);
    const int records = static_cast<int>(delegation.servers.size());
    const bool lasts = delegation.expires_at > now;
    if (lasts && errand.budget.spend_cached(records, delegation.zone.view().size())) {
        world.cache.store_delegation(delegation, now);
    }
    return delegation;
}

std::optional<KnownDelegation> closest_delegation(dns::NameView name, const World& world,
                                                  const Errand& errand) {
    std::optional<KnownDelegation> best;
    if (auto cached = world.cache.closest_delegation(name, world.clock.now())) {
        best = {.delegation = std::move(*cached), .source = ZoneSource::cache};
    }
    for (const cache::Delegation& met : errand.delegations) {
        const bool as_deep = !best || met.zone.view().size() >= best->delegation.zone.view().size();
        if (as_deep && name.is_subdomain_of(met.zone)) {
            best = {.delegation = met, .source = ZoneSource::referral};
        }
    }
    return best;
}

std::vector<IpAddress> known_glue(const dns::Name& server, const World& world,
                                  const Errand& errand) {
    const std::optional<KnownDelegation> known = closest_delegation(server, world, errand);
    return known ? glue_in(known->delegation.servers, server) : std::vector<IpAddress>();
}

void forget_unproved_addresses(dns::NameView zone, const World& world, const Errand& errand) {
    const std::optional<KnownDelegation> known = closest_delegation(zone, world, errand);
    if (!known || !(known->delegation.zone == zone)) {
        return;
    }
    const Instant now = world.clock.now();
    for (const cache::NameServer& server : known->delegation.servers) {  // delegation_servers_max
        for (const dns::Type type : {dns::Type::a, dns::Type::aaaa}) {
            const std::optional<cache::Found> found = world.cache.find(server.name, type, now);
            if (found && found->rrset.security() == dns::Security::unchecked) {
                world.cache.remove(server.name, type);
            }
        }
    }
}

void forget_delegation(dns::NameView zone, const World& world, Errand& errand) {
    std::erase_if(errand.delegations,
                  [&](const cache::Delegation& known) { return known.zone == zone; });
    world.cache.forget_delegation(zone);
}

}  // namespace wend
