#include "dnssec/validator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "dnssec/denial.h"
#include "dnssec/proof.h"
#include "dnssec/records.h"
#include "dnssec/reply_proofs.h"
#include "dnssec/signature.h"

namespace wend::dnssec {
namespace {

using dns::Name;
using dns::Reason;
using dns::Security;
using dns::Type;

Verdict bogus(Reason reason, dns::NameView link, Type type) {
    return {.security = Security::bogus, .reason = reason, .link = link, .link_type = type};
}

Verdict of(Security security) {
    return {.security = security};
}

// A zone's trust as a verdict over data that it did not sign.
Verdict from_trust(const Trust& trust, dns::NameView owner, Type type, Reason unsigned_reason) {
    switch (trust.state) {
        case TrustState::insecure:
            return of(Security::insecure);
        case TrustState::bogus:
            return bogus(trust.reason, trust.zone, Type::dnskey);
        case TrustState::secure:
        case TrustState::not_a_zone:
            return bogus(unsigned_reason, owner, type);
    }
    return bogus(Reason::bogus_unknown, owner, type);
}

// A CNAME that the DNAME before it makes needs no signature of its own (RFC 6672 5.3.1).
bool is_synthesized(const dns::RRset& rrset, const std::vector<dns::RRset>& answer) {
    if (rrset.type() != Type::cname || !rrset.signatures().empty()) {
        return false;
    }
    return std::ranges::any_of(answer, [&](const dns::RRset& other) {
        if (other.type() != Type::dname || rrset.owner() == other.owner() ||
            !rrset.owner().is_subdomain_of(other.owner())) {
            return false;
        }
        const auto target = Name(rrset.owner())
                                .with_suffix_replaced(
                                    other.owner(), dns::NameView::trusted(other.rdatas().front()));
        return target && *target == dns::NameView::trusted(rrset.rdatas().front());
    });
}

// No proof, or no server that would give it, says that unsigned data need not be signed: then what
// is wrong with it is that it is not.
bool is_unproved(Reason reason) {
    return reason == Reason::bogus_no_proof || reason == Reason::bogus_proof ||
           (!dns::is_bogus(reason) && !dns::is_limit(reason) &&
            reason != Reason::dnskey_unfetched && reason != Reason::wrong_clock);
}

// Least trusted first, as a chain is worth its weakest link.
Verdict weaker(Verdict a, Verdict b) {
    const bool opt_out = a.opt_out || b.opt_out;
    Verdict worse = a.security <= b.security ? std::move(a) : std::move(b);
    worse.opt_out = opt_out;
    return worse;
}

// `why_not`: the reason to give where there is no proof.
Verdict from_denied(Denied denied, dns::NameView name, Type type, const ReplyMeter& meter,
                    Reason why_not) {
    switch (denied) {
        case Denied::yes:
            return of(Security::secure);
        case Denied::opt_out: {
            Verdict verdict = of(Security::insecure);
            verdict.opt_out = true;
            return verdict;
        }
        case Denied::too_costly:
            return of(Security::insecure);
        case Denied::over_budget:
            return bogus(Reason::budget_nsec3, name, type);
        case Denied::no:
            break;
    }
    return bogus(meter.query_is_spent() ? Reason::budget_signatures : why_not, name, type);
}

// Once the verdict is known: what is passed on as secure was itself verified; the rest is worth
// what the verdict says.
void settle(std::vector<dns::RRset>& authority, Security security) {
    if (security == Security::secure) {
        std::erase_if(authority,
                      [](const dns::RRset& rrset) { return rrset.security() != Security::secure; });
        return;
    }
    for (auto& rrset : authority) {
        rrset = rrset.with_security(security);
    }
}

// The last name of the chain that the answer holds: what a denial is about.
Name denied_name(const dns::Question& question, const std::vector<dns::RRset>& answer) {
    Name name = question.qname;
    for (const auto& rrset : answer) {
        if (rrset.type() == Type::cname && rrset.owner() == name) {
            name = dns::NameView::trusted(rrset.rdatas().front());
        }
    }
    return name;
}

void tell(ChainContext& context, const dns::RRset& rrset,
          const std::expected<Verified, Reason>& verified) {
    if (context.sink != nullptr) {
        context.sink->on_step({rrset.owner(), rrset.type(),
                               verified ? TrustState::secure : TrustState::bogus,
                               verified ? Reason::none : verified.error(),
                               verified ? verified->key_tag : std::uint16_t{0}});
    }
}

bool has_data(const dns::Question& question, const std::vector<dns::RRset>& answer) {
    return std::ranges::any_of(answer, [&](const dns::RRset& rrset) {
        return rrset.type() == question.qtype || rrset.type() == Type::cname ||
               (question.qtype == Type::any && rrset.type() != Type::dname);
    });
}

}  // namespace

// One reply under examination.
struct Validator::Examination {
    Examination(Reply& examined, ChainContext& of_query)
        : reply(examined), context(of_query), meter(of_query.meter) {}

    // The authority section's NSEC and NSEC3, verified once for each zone that is asked for.
    Proofs proofs(const KeySet& keys, WallTime now) {
        if (!proofs_of || !(*proofs_of == keys.zone)) {
            proofs_of = keys.zone;
            verified = verify_proofs(reply.authority, keys, now, meter);
        }
        return {*proofs_of, verified.records};
    }

    Reply& reply;
    ChainContext& context;
    ReplyMeter meter;
    std::optional<Name> proofs_of;
    VerifiedProofs verified;
};

Task<Verdict> Validator::validate(const dns::Question& question, Reply& reply,
                                  ChainContext& context) {
    Examination examination(reply, context);
    for (auto& rrset : reply.authority) {
        rrset = rrset.with_security(Security::unchecked);
    }
    Verdict verdict = of(Security::secure);
    for (auto& rrset : reply.answer) {
        if (is_synthesized(rrset, reply.answer)) {
            continue;
        }
        const Type asked = rrset.type() == Type::cname ? question.qtype : rrset.type();
        Verdict one = co_await validate_rrset(rrset, asked, examination);
        if (one.security != Security::secure) {
            rrset = rrset.with_security(one.security);
        }
        verdict = weaker(std::move(verdict), std::move(one));
    }
    const bool is_denial = reply.rcode == dns::Rcode::nxdomain || !has_data(question, reply.answer);
    if (is_denial && verdict.security != Security::bogus) {
        Verdict denial = co_await validate_denial(question, examination);
        settle(reply.authority, denial.security);
        verdict = weaker(std::move(verdict), std::move(denial));
    } else {
        settle(reply.authority, verdict.security);
    }
    for (auto& rrset : reply.answer) {
        if (is_synthesized(rrset, reply.answer)) {
            rrset = rrset.with_security(verdict.security);
        }
    }
    co_return verdict;
}

Task<void> Validator::verify_extra_proofs(Reply& reply, ChainContext& context) {
    Examination examination(reply, context);
    const std::optional<Proof> proof = proof_of(reply.answer.front());
    if (proof) {
        const Name zone = proof->zone;
        const Trust trust = co_await chain_.keys_of(zone, context, 0);
        if (trust.state == TrustState::secure) {
            examination.proofs(*trust.keys, chain_.wall_now());
        }
    }
    settle(reply.authority, Security::secure);
}

Task<Verdict> Validator::validate_rrset(dns::RRset& rrset, Type asked, Examination& examination) {
    ChainContext& context = examination.context;
    const Name owner = rrset.owner();
    const Name where = authority_of(owner, asked);
    // An alias at a negative anchor is not validated, though it answer for a DS set that would be
    // the parent's (RFC 7646 2): it is kept for all types.
    const bool is_suspended =
        rrset.type() == Type::cname && chain_.anchors().closest(owner) == nullptr;
    if (is_suspended || chain_.anchors().closest(where) == nullptr) {
        co_return of(Security::insecure);
    }
    const std::optional<SignerClaim> claim = SignerClaim::of(rrset.packed(), asked);
    if (!claim || !chain_.is_anchored(*claim, where)) {
        co_return co_await validate_unsigned(owner, asked, examination);
    }
    const Trust trust = co_await chain_.keys_claimed(*claim, context, 0);
    if (trust.state != TrustState::secure) {
        co_return from_trust(trust, owner, rrset.type(), Reason::bogus_no_key);
    }
    const KeySet& keys = *trust.keys;
    const auto verified =
        verify(rrset.packed(), keys.zone, keys.keys, chain_.wall_now(), examination.meter);
    tell(context, rrset, verified);
    if (!verified) {
        co_return bogus(verified.error(), owner, rrset.type());
    }
    const std::size_t labels = verified->labels;
    const bool is_expanded = verified->wildcard;
    rrset = prove(rrset, *verified);
    if (!is_expanded) {
        co_return of(Security::secure);
    }
    co_return check_expansion(rrset, labels, trust, examination);
}

// A positive answer's wildcard may not be closer than the name allows (RFC 4035 5.3.4).
Verdict Validator::check_expansion(const dns::RRset& rrset, std::size_t encloser_labels,
                                   const Trust& trust, Examination& examination) const {
    const Proofs proofs = examination.proofs(*trust.keys, chain_.wall_now());
    const Denied denied =
        expansion_holds(rrset.packed(), encloser_labels, proofs, examination.meter);
    const Reason failure = examination.verified.failure;
    return from_denied(denied, rrset.owner(), rrset.type(), examination.meter,
                       failure == Reason::none ? Reason::bogus_proof : failure);
}

Task<Verdict> Validator::validate_unsigned(const Name& owner, Type type, Examination& examination) {
    const Name where = authority_of(owner, type);
    const Name& hint = examination.reply.zone;
    Trust trust = co_await chain_.trust_at(where, hint, examination.context);
    if (trust.state == TrustState::bogus && is_unproved(trust.reason)) {
        co_return bogus(Reason::bogus_no_signature, owner, type);
    }
    co_return from_trust(trust, owner, type, Reason::bogus_no_signature);
}

Task<Verdict> Validator::validate_denial(const dns::Question& question, Examination& examination) {
    Reply& reply = examination.reply;
    const Name name = denied_name(question, reply.answer);
    const Name where = authority_of(name, question.qtype);
    if (chain_.anchors().closest(where) == nullptr) {
        co_return of(Security::insecure);
    }
    const std::optional<SignerClaim> claim =
        SignerClaim::of_denial(reply.authority, name, question.qtype);
    const bool is_anchored = claim && chain_.is_anchored(*claim, where);
    if (claim) {
        const Trust trust = co_await chain_.keys_claimed(*claim, examination.context, 0);
        if (trust.state == TrustState::secure) {
            const Verdict verdict = check_denial(question, name, trust, examination);
            // Where anchors nest, what one of them proves is proved (RFC 6840 5.10, C.2); what it
            // does not is the closest one's to judge.
            if (verdict.security == Security::secure) {
                co_return verdict;
            }
            if (is_anchored) {
                const Name zone = trust.keys->zone;
                co_return co_await unless_insecure(verdict, where, zone, examination);
            }
        } else if (is_anchored) {
            co_return from_trust(trust, name, question.qtype, Reason::bogus_no_key);
        }
    }
    Verdict verdict = co_await validate_unsigned(name, question.qtype, examination);
    const bool is_of_name = verdict.link == name && verdict.link_type == question.qtype;
    if (verdict.reason == Reason::bogus_no_signature && is_of_name && reply.authority.empty()) {
        verdict.reason = Reason::bogus_no_proof;
    }
    co_return verdict;
}

// What a zone does not prove may be another's to say: where the name lies below a cut to which no
// chain of trust leads, an empty answer cannot be bogus (RFC 4035 4.3), be it said with the SOA of
// the zone above.
Task<Verdict> Validator::unless_insecure(const Verdict& failed, const Name& where,
                                         const Name& signer, Examination& examination) {
    const bool is_unproved =
        failed.reason == Reason::bogus_no_proof || failed.reason == Reason::bogus_proof;
    if (!is_unproved || where == signer.view()) {
        co_return failed;
    }
    const Trust trust = co_await chain_.trust_at(where, signer, examination.context);
    co_return trust.state == TrustState::insecure ? of(Security::insecure) : failed;
}

Verdict Validator::check_denial(const dns::Question& question, const Name& name, const Trust& trust,
                                Examination& examination) const {
    const WallTime now = chain_.wall_now();
    Reply& reply = examination.reply;
    ReplyMeter& meter = examination.meter;
    const Reason soa = verify_soa(reply.authority, *trust.keys, now, meter);
    if (soa != Reason::none) {
        return bogus(soa, trust.keys->zone, Type::soa);
    }
    const Proofs proofs = examination.proofs(*trust.keys, now);
    const bool is_name_error = reply.rcode == dns::Rcode::nxdomain;
    Denied denied = is_name_error ? name_does_not_exist(name, proofs, meter)
                                  : type_does_not_exist(name, question.qtype, proofs, meter);
    if (is_name_error && denied == Denied::no &&
        type_does_not_exist(name, question.qtype, proofs, meter) == Denied::yes) {
        // Its own proof says that the name is there: servers that do not know of empty
        // non-terminals (RFC 8020 2, RFC 4592 2.2.2). What is proved counts, and not the code.
        reply.rcode = dns::Rcode::noerror;
        denied = Denied::yes;
    }
    return from_denied(denied, name, question.qtype, examination.meter,
                       examination.verified.why_not());
}

}  // namespace wend::dnssec
