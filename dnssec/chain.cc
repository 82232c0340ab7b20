#include "dnssec/chain.h"

#include <algorithm>
#include <utility>

#include "dnssec/records.h"
#include "dnssec/reply_proofs.h"

namespace wend::dnssec {
namespace {

using dns::Name;
using dns::NameView;
using dns::Reason;
using dns::Type;

Trust bogus(Reason reason, NameView zone) {
    return {.state = TrustState::bogus,
            .keys = nullptr,
            .reason = reason,
            .zone = zone,
            .ttl = bogus_ttl,
            .of_query = false};
}

Trust out_of_depth(NameView zone) {
    Trust trust = bogus(Reason::budget_depth, zone);
    trust.of_query = true;
    return trust;
}

// What was checked did not hold, or the meter ran out over it.
Trust broken(Reason reason, NameView zone, const ReplyMeter& meter) {
    Trust trust = bogus(reason, zone);
    trust.of_query = meter.query_is_spent();
    return trust;
}

// The resolution of DS or DNSKEY failed: sooner worth another try than data that is wrong.
Trust unfetched(Reason reason, NameView zone) {
    Trust trust = bogus(reason, zone);
    trust.ttl = unfetched_ttl;
    trust.of_query = dns::is_limit(reason);
    return trust;
}

Trust insecure(NameView zone, std::uint32_t ttl) {
    return {.state = TrustState::insecure,
            .keys = nullptr,
            .reason = Reason::none,
            .zone = zone,
            .ttl = std::min(ttl, trust_ttl_max),
            .of_query = false};
}

// No zone of its own: what its parent is.
Trust without_cut(const Trust& parent, std::uint32_t ttl) {
    Trust trust = parent;
    trust.state = TrustState::not_a_zone;
    trust.ttl = std::min(parent.ttl, ttl);
    return trust;
}

Trust secure(KeySet keys, std::uint32_t ttl) {
    Trust trust{.state = TrustState::secure,
                .keys = nullptr,
                .reason = Reason::none,
                .zone = keys.zone,
                .ttl = std::min({ttl, keys.ttl_max, trust_ttl_max}),
                .of_query = false};
    trust.keys = std::make_shared<const KeySet>(std::move(keys));
    return trust;
}

Trust no_keys(const Fetched& fetched, NameView zone) {
    if (fetched.failure == Reason::none) {
        return bogus(Reason::bogus_no_key, zone);
    }
    Trust trust = unfetched(fetched.failure, zone);
    if (!trust.of_query) {
        trust.reason = Reason::dnskey_unfetched;
    }
    return trust;
}

// A limit or a server that did not answer says nothing about the zone.
bool is_worth_another_fetch(const Trust& trust, NameView zone) {
    return trust.state == TrustState::bogus && trust.zone == zone && dns::is_bogus(trust.reason);
}

std::expected<KeySet, Reason> keys_from_anchor(const dns::RRset& dnskeys, const TrustAnchor& anchor,
                                               const AlgorithmPolicy& policy, WallTime now,
                                               Meter& meter) {
    std::expected<KeySet, Reason> keys = std::unexpected(Reason::bogus_no_key);
    if (!anchor.dnskeys.empty()) {
        const std::vector<Octets> rdatas(anchor.dnskeys.begin(), anchor.dnskeys.end());
        keys = establish_from_keys(dnskeys.packed(), rdatas, policy, now, meter);
    }
    if (!keys && !anchor.ds.empty()) {
        std::vector<Ds> ds;
        for (const auto& rdata : anchor.ds) {
            ds.push_back(Ds::read(rdata));
        }
        keys = establish(dnskeys.packed(), ds, policy, now, meter);
    }
    return keys;
}

}  // namespace

void Chain::note(ChainContext& context, NameView owner, Type type, const Trust& trust) const {
    if (context.sink != nullptr) {
        const std::uint16_t tag = trust.keys ? trust.keys->entry_tag : std::uint16_t{0};
        context.sink->on_step({owner, type, trust.state, trust.reason, tag});
    }
}

// Where a zone is insecure all below it is, down to the next anchor: nothing there needs a DS to be
// asked for (RFC 4035 4.3).
const Trust* Chain::known(const Name& zone) const {
    const Instant now = clock_.now();
    const Trust* trust = memory_.find(zone, now);
    const std::size_t top = anchors_.closest(zone)->zone.view().size();
    for (NameView above = zone; trust == nullptr && above.size() > top;) {
        above = above.parent();
        trust = memory_.find(above, now);
        if (trust != nullptr && trust->state != TrustState::insecure) {
            return nullptr;
        }
    }
    return trust;
}

bool Chain::is_known_insecure(const Name& zone, const Name& name) const {
    const TrustAnchor* const anchor = anchors_.closest(zone);
    if (anchor != anchors_.closest(name)) {
        return false;
    }
    if (anchor == nullptr) {
        return true;
    }
    const Trust* const trust = known(zone);
    return trust != nullptr && trust->state == TrustState::insecure;
}

Task<Trust> Chain::keys_of(const Name& zone, ChainContext& context, int depth) {
    if (anchors_.closest(zone) == nullptr) {
        co_return insecure(zone, trust_ttl_max);
    }
    if (const Trust* const trust = known(zone)) {
        co_return trust->at(clock_.now());
    }
    if (depth >= chain_depth_max) {
        co_return out_of_depth(zone);
    }
    Trust trust = co_await establish_zone(zone, context, depth);
    if (!trust.of_query) {  // or one query's limits would make the zone bogus for all others
        memory_.store(zone, trust, clock_.now());
    }
    co_return trust;
}

Task<Trust> Chain::keys_claimed(const SignerClaim& claim, ChainContext& context, int depth) {
    co_return co_await keys_of(claim.zone_, context, depth);
}

bool Chain::is_anchored(const SignerClaim& claim, const Name& name) const {
    const TrustAnchor* const anchor = anchors_.closest(name);
    return anchor != nullptr && claim.zone_.view().is_subdomain_of(anchor->zone);
}

Task<Trust> Chain::establish_zone(const Name& zone, ChainContext& context, int depth) {
    const TrustAnchor& anchor = *anchors_.closest(zone);
    if (anchor.zone == zone) {
        co_return co_await from_anchor(zone, anchor, context);
    }
    const Trust first = co_await from_parent(zone, context, depth);
    Trust latest = first;
    for (int attempt = 1; attempt < key_attempts_max; ++attempt) {
        if (!is_worth_another_fetch(latest, zone)) {
            break;
        }
        if (!latest.has_ds) {
            context.source.distrust(zone, Type::ds);
        }
        context.source.distrust(zone, Type::dnskey);
        latest = co_await from_parent(zone, context, depth);
    }
    // Of several failures the first is the one to tell.
    co_return latest.state == TrustState::bogus ? first : latest;
}

Task<Trust> Chain::from_anchor(const Name& zone, const TrustAnchor& anchor, ChainContext& context) {
    if (!is_usable(anchor, anchors_.policy())) {
        co_return insecure(zone, trust_ttl_max);
    }
    Trust trust = bogus(Reason::bogus_no_key, zone);
    for (int attempt = 0; attempt < key_attempts_max; ++attempt) {
        Fetched fetched = co_await context.source.fetch(zone, Type::dnskey);
        if (fetched.failure != Reason::none || !fetched.rrset) {
            if (attempt == 0) {
                trust = no_keys(fetched, zone);
            }
            note(context, zone, Type::dnskey, trust);
            co_return trust;
        }
        ReplyMeter meter(context.meter);
        auto keys =
            keys_from_anchor(fetched.rrset, anchor, anchors_.policy(), clock_.wall_now(), meter);
        trust = keys ? secure(std::move(*keys), fetched.rrset.ttl())
                     : broken(keys.error(), zone, meter);
        note(context, zone, Type::dnskey, trust);
        if (!is_worth_another_fetch(trust, zone)) {
            break;
        }
        context.source.distrust(zone, Type::dnskey);
    }
    co_return trust;
}

// RFC 4035 5: the chain goes through the zone that signed; one that signed nothing is searched for.
Task<Trust> Chain::parent_of(const Name& zone, const std::optional<SignerClaim>& claim,
                             ChainContext& context, int depth) {
    if (claim && is_anchored(*claim, zone)) {
        co_return co_await keys_claimed(*claim, context, depth + 1);
    }
    const Name above = zone.view().parent();
    const TrustAnchor* anchor = anchors_.closest(zone);
    co_return co_await trust_at(above, anchor->zone, context);
}

// What is insecure or bogus above a zone decides for it, whatever its DS.
Task<std::optional<Trust>> Chain::decided_above(const Name& zone, ChainContext& context,
                                                int depth) {
    const std::optional<Name> above = context.source.zone_above(zone);
    if (!above || !above->view().is_subdomain_of(anchors_.closest(zone)->zone)) {
        co_return std::nullopt;
    }
    Trust trust = co_await keys_of(*above, context, depth + 1);
    if (trust.state == TrustState::insecure || trust.state == TrustState::bogus) {
        co_return std::move(trust);
    }
    co_return std::nullopt;
}

Task<Trust> Chain::from_parent(const Name& zone, ChainContext& context, int depth) {
    std::optional<Fetched> known = context.source.at_hand(zone, Type::ds);
    if (!known) {
        std::optional<Trust> decided = co_await decided_above(zone, context, depth);
        if (decided) {
            co_return std::move(*decided);
        }
        known = co_await context.source.fetch(zone, Type::ds);
    }
    Fetched& fetched = *known;
    if (fetched.failure != Reason::none) {
        co_return unfetched(fetched.failure, zone);
    }
    const dns::RRset& given = fetched.rrset ? fetched.rrset : fetched.alias;
    const std::optional<SignerClaim> claim =
        given ? SignerClaim::of(given.packed(), Type::ds)
              : SignerClaim::of_denial(fetched.proofs, zone, Type::ds);
    Trust parent = co_await parent_of(zone, claim, context, depth);
    if (parent.state == TrustState::not_a_zone) {  // where no zone is, nobody signs
        co_return bogus(Reason::bogus_signature, zone);
    }
    if (parent.state != TrustState::secure) {
        co_return parent;
    }
    ReplyMeter meter(context.meter);
    if (fetched.alias) {
        Trust trust = at_alias(zone, fetched, parent, meter);
        note(context, zone, Type::ds, trust);
        co_return trust;
    }
    if (!fetched.rrset) {
        const Reason unsigned_reason =
            fetched.proofs.empty() ? Reason::bogus_no_proof : Reason::bogus_no_signature;
        Trust trust = claim ? without_ds(zone, std::move(fetched.proofs), parent, meter)
                            : bogus(unsigned_reason, zone);
        note(context, zone, Type::ds, trust);
        co_return trust;
    }
    const auto verified =
        verify(fetched.rrset.packed(), parent.zone, parent.keys->keys, clock_.wall_now(), meter);
    if (!verified || verified->wildcard) {
        Trust trust = broken(verified ? Reason::bogus_signature : verified.error(), zone, meter);
        note(context, zone, Type::ds, trust);
        co_return trust;
    }
    const dns::RRset ds = fetched.rrset.with_ttl(std::min(fetched.rrset.ttl(), verified->ttl_max));
    Trust trust = co_await from_ds(zone, ds, context);
    trust.has_ds = true;
    co_return trust;
}

// Where the parent has an alias there is no zone cut: its data goes on (RFC 2181 10.1).
Trust Chain::at_alias(const Name& zone, Fetched& fetched, const Trust& parent,
                      ReplyMeter& meter) const {
    const KeySet& keys = *parent.keys;
    const WallTime now = clock_.wall_now();
    const auto verified = verify(fetched.alias.packed(), keys.zone, keys.keys, now, meter);
    if (!verified) {
        return broken(verified.error(), zone, meter);
    }
    Trust trust = without_cut(parent, std::min(fetched.alias.ttl(), verified->ttl_max));
    if (!verified->wildcard) {
        return trust;
    }
    const VerifiedProofs proofs = verify_proofs(fetched.proofs, keys, now, meter);
    const Denied closer = expansion_holds(fetched.alias.packed(), verified->labels,
                                          {keys.zone, proofs.records}, meter);
    return closer == Denied::yes ? trust : broken(Reason::bogus_proof, zone, meter);
}

// What the parent's denial of a DS comes to.
Trust Chain::without_ds(const Name& zone, std::vector<dns::RRset> proofs, const Trust& parent,
                        ReplyMeter& meter) const {
    for (auto& rrset : proofs) {
        rrset = rrset.with_security(dns::Security::unchecked);
    }
    const VerifiedProofs verified = verify_proofs(proofs, *parent.keys, clock_.wall_now(), meter);
    const std::uint32_t ttl = std::min(least_secure_ttl(proofs, trust_ttl_max), denial_ttl(proofs));
    switch (unsigned_cut(zone, {parent.zone, verified.records}, meter)) {
        case Cut::insecure:
            return insecure(zone, ttl);
        case Cut::none:
            return without_cut(parent, ttl);
        case Cut::over_budget:
            return broken(Reason::budget_nsec3, zone, meter);
        case Cut::unproved:
            break;
    }
    const bool spent = meter.query_is_spent();
    return broken(spent ? Reason::budget_signatures : verified.why_not(), zone, meter);
}

Task<Trust> Chain::from_ds(const Name& zone, const dns::RRset& ds, ChainContext& context) {
    const std::vector<Ds> named = usable(ds.packed(), anchors_.policy());
    if (named.empty()) {  // RFC 4035 5.2: only what we do not support
        Trust trust = insecure(zone, ds.ttl());
        note(context, zone, Type::ds, trust);
        co_return trust;
    }
    Fetched fetched = co_await context.source.fetch(zone, Type::dnskey);
    if (fetched.failure != Reason::none || !fetched.rrset) {
        Trust trust = no_keys(fetched, zone);
        note(context, zone, Type::dnskey, trust);
        co_return trust;
    }
    ReplyMeter meter(context.meter);
    auto keys =
        establish(fetched.rrset.packed(), named, anchors_.policy(), clock_.wall_now(), meter);
    const std::uint32_t ttl = std::min(ds.ttl(), fetched.rrset.ttl());
    Trust trust = keys ? secure(std::move(*keys), ttl) : broken(keys.error(), zone, meter);
    note(context, zone, Type::dnskey, trust);
    co_return trust;
}

Task<Trust> Chain::trust_at(const Name& name, const Name& hint, ChainContext& context) {
    const TrustAnchor* anchor = anchors_.closest(name);
    if (anchor == nullptr) {
        co_return insecure(name, trust_ttl_max);
    }
    Name start = anchor->zone;
    if (hint.view().is_subdomain_of(start) && name.view().is_subdomain_of(hint)) {
        start = hint;
    }
    Trust trust = co_await keys_of(start, context, 0);
    if (trust.state == TrustState::not_a_zone) {
        start = trust.zone;
        trust.state = TrustState::secure;
    }
    const std::size_t labels = name.view().label_count();
    int searched = 0;
    for (std::size_t count = start.view().label_count() + 1;
         count <= labels && trust.state == TrustState::secure; ++count) {
        const Name child = name.view().suffix(count);
        searched += memory_.find(child, clock_.now()) == nullptr ? 1 : 0;
        if (searched > cut_search_max) {
            co_return out_of_depth(name);
        }
        Trust below = co_await keys_of(child, context, 0);
        if (below.state != TrustState::not_a_zone) {
            trust = std::move(below);
        }
    }
    co_return trust;
}

}  // namespace wend::dnssec
