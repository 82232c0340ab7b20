#include "resolver/aggressive.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "dns/negative_ttl.h"
#include "dnssec/algorithms.h"
#include "dnssec/denial.h"
#include "dnssec/denial_nsec.h"
#include "dnssec/denial_nsec3.h"
#include "dnssec/proof.h"

namespace wend {
namespace {

using dns::NameView;
using dns::RRset;
using dns::Type;
using dnssec::Denied;

// The part of a query's meter that one attempt may take.
class Share final : public dnssec::Meter {
  public:
    explicit Share(dnssec::Meter& query) : query_(query) {}

    bool spend_signature() override { return false; }

    bool spend_failure() override { return false; }

    bool spend_nsec3_blocks(int blocks) override {
        left_ = blocks > left_ || !query_.spend_nsec3_blocks(blocks) ? 0 : left_ - blocks;
        spent_ = spent_ || left_ == 0;
        return !spent_;
    }

  private:
    dnssec::Meter& query_;
    int left_ = synthesis_nsec3_blocks_max;
    bool spent_ = false;
};

// What may be judged. The first proof is the name's own, or covers it or its next closer name.
struct Evidence {
    cache::SpanZone zone;
    std::vector<RRset> proofs;
    std::size_t encloser_labels = 0;  // 0 beside a match as well

    void add(RRset proof) {
        const bool known = std::ranges::any_of(
            proofs, [&](const RRset& other) { return other.owner() == proof.owner(); });
        if (!known) {
            proofs.push_back(std::move(proof));
        }
    }
};

std::vector<dns::PackedRRset> packed(const std::vector<RRset>& rrsets) {
    std::vector<dns::PackedRRset> views;
    for (const RRset& rrset : rrsets) {
        views.push_back(rrset.packed());
    }
    return views;
}

void gather_nsec(NameView name, const cache::Spans& spans, Instant now, Evidence& evidence) {
    const NameView zone = evidence.zone.name;
    auto own = spans.at_or_before(zone, name, Type::nsec, now);
    const auto span = own ? dnssec::nsec_span(own->packed(), zone) : std::nullopt;
    if (!span) {
        return;
    }
    if (span->owner == name) {
        evidence.add(std::move(*own));
        return;
    }
    if (!dnssec::covers(*span, name, zone)) {
        return;
    }
    const dns::Name encloser = dnssec::closest_encloser(*span, name);
    evidence.encloser_labels = encloser.view().label_count();
    evidence.add(*own);
    if (const auto wildcard = encloser.wildcard_child()) {
        if (auto beside = spans.at_or_before(zone, *wildcard, Type::nsec, now)) {
            evidence.add(std::move(*beside));
        }
    }
}

// Looks names up by their hashes.
class HashedSpans {
  public:
    HashedSpans(const cache::SpanZone& zone, const cache::Spans& spans, dnssec::Meter& meter,
                Instant now)
        : zone_(zone), spans_(spans), meter_(meter), now_(now) {}

    struct Seen {
        RRset record;
        bool matches = false;  // else it covers the name
    };

    // Nothing if no record is known that says anything of the name.
    std::optional<Seen> look(NameView name) {
        const cache::SpanHashing& hashing = *zone_.hashing;
        const dns::Name canonical = dns::Name(name).lower_case();
        const Octets wire = canonical.wire();
        if (!meter_.spend_nsec3_blocks(
                dnssec::nsec3_blocks(wire.size(), hashing.salt.size(), hashing.iterations))) {
            return std::nullopt;
        }
        const auto hash = dnssec::nsec3_hash(wire, hashing.salt, hashing.iterations);
        const std::string label = to_base32hex(hash);
        const auto owner = zone_.name.with_label(
            Octets(reinterpret_cast<const std::uint8_t*>(label.data()), label.size()));
        auto record =
            owner ? spans_.at_or_before(zone_.name, *owner, Type::nsec3, now_) : std::nullopt;
        const auto span = record ? dnssec::nsec3_span(record->packed(), zone_.name) : std::nullopt;
        if (!span || (span->owner != hash && !dnssec::covers(*span, hash))) {
            return std::nullopt;
        }
        return Seen{std::move(*record), span->owner == hash};
    }

  private:
    const cache::SpanZone& zone_;
    const cache::Spans& spans_;
    dnssec::Meter& meter_;
    Instant now_;
};

// As the predicates look: the name itself, then from the zone downwards.
void gather_nsec3(NameView name, HashedSpans& hashed, Evidence& evidence) {
    const auto own = hashed.look(name);
    if (own && own->matches) {
        evidence.add(own->record);
        return;
    }
    const std::size_t labels = name.label_count();
    for (std::size_t count = evidence.zone.name.view().label_count() + 1; count <= labels;
         ++count) {
        const auto seen = count == labels ? own : hashed.look(name.suffix(count));
        if (!seen || seen->matches) {
            continue;
        }
        const dns::Name encloser = name.suffix(count - 1);
        evidence.encloser_labels = count - 1;
        evidence.add(seen->record);
        if (const auto above = hashed.look(encloser)) {
            evidence.add(above->record);
        }
        const auto wildcard = encloser.wildcard_child();
        if (const auto beside = wildcard ? hashed.look(*wildcard) : std::nullopt) {
            evidence.add(beside->record);
        }
        return;
    }
}

// RFC 8198 is of names; these types are of records, or of no records at all.
bool may_synthesize(Type type) {
    return !dns::is_meta(type) && type != Type::rrsig && type != Type::nsec && type != Type::nsec3;
}

std::optional<Evidence> gather(const dns::Question& question, const cache::Spans& spans,
                               dnssec::Meter& meter, Instant now) {
    const NameView name = question.qname;
    const bool of_parent = question.qtype == Type::ds && !name.is_root();
    auto zone = may_synthesize(question.qtype)
                    ? spans.closest_zone(of_parent ? name.parent() : name, now)
                    : std::nullopt;
    if (!zone || name.label_count() > zone->name.view().label_count() + synthesis_labels_max) {
        return std::nullopt;
    }
    Evidence evidence;
    evidence.zone = std::move(*zone);
    if (evidence.zone.has_nsec) {
        gather_nsec(name, spans, now, evidence);
    }
    if (evidence.proofs.empty() && evidence.zone.hashing) {
        HashedSpans hashed(evidence.zone, spans, meter, now);
        gather_nsec3(name, hashed, evidence);
    }
    return evidence.proofs.empty() ? std::nullopt : std::optional(std::move(evidence));
}

std::uint32_t ttl_of(const Evidence& evidence) {
    std::uint32_t ttl = std::min(evidence.zone.soa.ttl(), negative_ttl(evidence.zone.soa));
    for (const RRset& proof : evidence.proofs) {
        ttl = std::min(ttl, proof.ttl());  // RFC 9077
    }
    return ttl;
}

// What came together ends together: zones give their NSEC records longer TTLs than their denials
// are meant to have (RFC 9077 3).
std::uint32_t denial_ttl(const std::vector<RRset>& authority) {
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
    for (const RRset& rrset : authority) {
        const bool is_soa = rrset.type() == Type::soa && rrset.security() == dns::Security::secure;
        ttl = is_soa ? std::min(ttl, negative_ttl(rrset)) : ttl;
    }
    return ttl;
}

std::optional<Expansion> expand(const RRset& source, const dns::Question& question,
                                const Evidence& evidence, dnssec::Meter& meter) {
    const auto proved = dnssec::proof_of(source);
    if (!proved || !(proved->zone == evidence.zone.name)) {
        return std::nullopt;
    }
    const RRset& proof = evidence.proofs.front();
    const std::vector<dns::PackedRRset> views = {proof.packed()};
    const RRset answer = source.with_owner(question.qname);
    const Denied closer = dnssec::expansion_holds(answer.packed(), evidence.encloser_labels,
                                                  {evidence.zone.name, views}, meter);
    if (closer != Denied::yes) {
        return std::nullopt;
    }
    const std::uint32_t ttl = std::min(source.ttl(), proof.ttl());
    return Expansion{answer.with_ttl(ttl), {proof.with_ttl(ttl)}};
}

// From the wildcard at the closest encloser, if the cache has its RRset.
std::optional<Expansion> expansion_from(const Evidence& evidence, const dns::Question& question,
                                        const cache::Cache& cache, dnssec::Meter& meter,
                                        Instant now) {
    if (evidence.encloser_labels >= question.qname.view().label_count()) {
        return std::nullopt;
    }
    const auto wildcard =
        dns::Name(question.qname.view().suffix(evidence.encloser_labels)).wildcard_child();
    if (!wildcard || *wildcard == question.qname.view()) {
        return std::nullopt;
    }
    for (const Type type : {question.qtype, Type::cname}) {
        const auto found = cache.find(*wildcard, type, now);
        if (found && found->rrset.security() == dns::Security::secure) {
            return expand(found->rrset, question, evidence, meter);
        }
    }
    return std::nullopt;
}

std::optional<cache::Denial> denial_from(const Evidence& evidence, const dns::Question& question,
                                         dnssec::Meter& meter) {
    if (!evidence.zone.soa) {
        return std::nullopt;
    }
    const auto views = packed(evidence.proofs);
    const dnssec::Proofs proofs{evidence.zone.name, views};
    const bool no_name = name_does_not_exist(question.qname, proofs, meter) == Denied::yes;
    if (!no_name &&
        type_does_not_exist(question.qname, question.qtype, proofs, meter) != Denied::yes) {
        return std::nullopt;
    }
    cache::Denial denial;
    denial.rcode = no_name ? dns::Rcode::nxdomain : dns::Rcode::noerror;
    denial.name = question.qname;
    denial.ttl = ttl_of(evidence);
    denial.soa = evidence.zone.soa.with_ttl(denial.ttl);
    for (const RRset& proof : evidence.proofs) {
        denial.proofs.push_back(proof.with_ttl(denial.ttl));
    }
    denial.security = dns::Security::secure;
    return denial;
}

}  // namespace

std::optional<cache::Denial> synthesize_denial(const dns::Question& question,
                                               const cache::Spans& spans, dnssec::Meter& meter,
                                               Instant now) {
    Share share(meter);
    const auto evidence = gather(question, spans, share, now);
    return evidence ? denial_from(*evidence, question, share) : std::nullopt;
}

Synthesized synthesize(const dns::Question& question, const cache::Spans& spans,
                       const cache::Cache& cache, dnssec::Meter& meter, Instant now) {
    Share share(meter);
    const auto evidence = gather(question, spans, share, now);
    if (!evidence) {
        return {};
    }
    if (auto expansion = expansion_from(*evidence, question, cache, share, now)) {
        return std::move(*expansion);
    }
    if (auto denial = denial_from(*evidence, question, share)) {
        return std::move(*denial);
    }
    return {};
}

void note_proofs(const std::vector<RRset>& authority, cache::Spans& spans, Instant now) {
    const std::uint32_t ttl_max = denial_ttl(authority);
    for (const RRset& whole : authority) {
        const RRset rrset = whole.with_ttl(std::min(whole.ttl(), ttl_max));
        const auto proved = dnssec::proof_of(rrset);
        if (!proved) {
            continue;
        }
        const NameView zone = proved->zone;
        if (rrset.type() == Type::soa && zone == rrset.owner()) {
            spans.store_soa(rrset, now);
        }
        if (dnssec::nsec_span(rrset.packed(), zone)) {
            spans.store_nsec(zone, rrset, now);
        }
        const auto hashed = dnssec::nsec3_span(rrset.packed(), zone);
        if (hashed && !hashed->record.is_opt_out() &&
            hashed->record.iterations <= dnssec::nsec3_iterations_max &&
            hashed->record.salt.size() <= dnssec::nsec3_salt_max) {
            const Octets salt = hashed->record.salt;
            spans.store_nsec3(zone, rrset, {hashed->record.iterations, {salt.begin(), salt.end()}},
                              now);
        }
    }
}

void note_expansion(const RRset& expanded, cache::Cache& cache, Instant now) {
    const auto proved = dnssec::proof_of(expanded);
    const NameView owner = expanded.owner();
    if (!proved || owner.is_wildcard() || proved->labels >= owner.label_count()) {
        return;
    }
    const std::size_t labels = proved->labels;
    if (const auto wildcard = dns::Name(owner.suffix(labels)).wildcard_child()) {
        cache.store(expanded.with_owner(*wildcard), cache::Rank::answer, now);
    }
}

}  // namespace wend
