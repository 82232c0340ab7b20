#include "resolver/cached_step.h"

#include <utility>

#include "dnssec/signature.h"
#include "resolver/message_rrset.h"

namespace wend {

namespace {

Step step_to(std::vector<dns::RRset> chain) {
    Step step;
    step.kind = Step::Kind::alias;
    step.end = alias_target(chain.back());
    step.chain = std::move(chain);
    return step;
}

bool is_fit(const CacheView& view, dns::Security security) {
    return !view.checked_only || security != dns::Security::unchecked;
}

std::optional<dns::RRset> data_in(const CacheView& view, dns::NameView name, dns::Type type) {
    std::optional<cache::Found> found = view.cache.find(name, type, view.now);
    if (!found || !is_fit(view, found->rrset.security())) {
        return std::nullopt;
    }
    return std::move(found->rrset);
}

// Adds the proofs to what a wildcard gave; false if they are gone and somebody may want them.
bool add_proofs(const CacheView& view, const dns::RRset& rrset, Step& step) {
    if (!dnssec::is_wildcard_expansion(rrset.packed())) {
        return true;
    }
    const auto proofs = view.cache.find_expansion(rrset.owner(), rrset.type(), view.now);
    if (proofs) {
        step.authority = *proofs;
    }
    return proofs || rrset.security() == dns::Security::insecure;
}

std::optional<Step> step_from_data(const CacheView& view, const dns::Question& question) {
    const dns::Name& name = question.qname;
    Step step;
    if (std::optional<dns::RRset> data = data_in(view, name, question.qtype)) {
        step.end = name;
        step.answer = std::move(*data);
        return add_proofs(view, step.answer, step) ? std::optional(std::move(step)) : std::nullopt;
    }
    if (question.qtype == dns::Type::cname) {
        return std::nullopt;
    }
    if (std::optional<dns::RRset> alias = data_in(view, name, dns::Type::cname)) {
        step = step_to({std::move(*alias)});
        return add_proofs(view, step.chain.front(), step) ? std::optional(std::move(step))
                                                          : std::nullopt;
    }
    return std::nullopt;
}

// A DNAME at a proper ancestor governs all below it.
std::optional<Step> step_from_dname(const CacheView& view, dns::NameView name) {
    for (dns::NameView ancestor = name; !ancestor.is_root();) {
        ancestor = ancestor.parent();
        if (!ancestor.is_subdomain_of(view.floor)) {
            break;
        }
        const std::optional<dns::RRset> dname = data_in(view, ancestor, dns::Type::dname);
        if (!dname) {
            continue;
        }
        std::optional<dns::RRset> cname = synthesize_cname(name, *dname);
        if (!cname) {
            Step step;
            step.kind = Step::Kind::name_too_long;
            step.end = name;
            step.chain = {*dname};
            return step;
        }
        return step_to({*dname, std::move(*cname)});
    }
    return std::nullopt;
}

void adopt_ttl(dns::RRset& rrset, const cache::Cache& cache, Instant now) {
    const std::optional<cache::Found> found = cache.find(rrset.owner(), rrset.type(), now);
    if (found && same_data(found->rrset, rrset)) {
        rrset = rrset.with_ttl(found->rrset.ttl());
    }
}

}  // namespace

Step step_from_denial(const cache::Denial& denial, const dns::Name& name) {
    Step step;
    step.kind = denial.rcode == dns::Rcode::nxdomain ? Step::Kind::name_error : Step::Kind::no_data;
    step.end = name;
    step.denial_security = denial.security;
    if (denial.soa) {
        step.authority.push_back(denial.soa.with_ttl(denial.ttl));
    }
    for (const dns::RRset& proof : denial.proofs) {
        step.authority.push_back(proof.with_ttl(denial.ttl));
    }
    return step;
}

std::optional<Step> step_from_cache(const CacheView& view, const dns::Question& question) {
    const dns::Name& name = question.qname;
    if (std::optional<Step> step = step_from_data(view, question)) {
        return step;
    }
    const auto denial = view.cache.find_denial(name, question.qtype, view.now);
    if (denial && is_fit(view, denial->security)) {
        return step_from_denial(*denial, name);
    }
    if (std::optional<Step> step = step_from_dname(view, name)) {
        return step;
    }
    const auto cut = view.cache.find_name_error(name, view.now);
    if (cut && is_fit(view, cut->security) && cut->name.view().is_subdomain_of(view.floor)) {
        return step_from_denial(*cut, name);
    }
    return std::nullopt;
}

Step step_from_response(const Accepted& accepted) {
    Step step;
    switch (accepted.kind) {
        case ResponseKind::answer:
            step.kind = Step::Kind::answer;
            break;
        case ResponseKind::no_data:
            step.kind = Step::Kind::no_data;
            break;
        case ResponseKind::name_error:
            step.kind = Step::Kind::name_error;
            break;
        default:
            step.kind = accepted.chain.stop == ChainStop::name_too_long ? Step::Kind::name_too_long
                                                                        : Step::Kind::alias;
    }
    step.chain = accepted.chain.rrsets;
    step.end = accepted.chain.end;
    step.answer = accepted.answer;
    step.denial_security = accepted.denial_security;
    if (accepted.soa) {
        step.authority.push_back(accepted.soa.with_ttl(negative_ttl(accepted.soa)));
    }
    step.authority.insert(step.authority.end(), accepted.proofs.begin(), accepted.proofs.end());
    return step;
}

void adopt_ttls(Step& step, dns::Type qtype, const cache::Cache& cache, Instant now) {
    for (dns::RRset& rrset : step.chain) {
        adopt_ttl(rrset, cache, now);
    }
    if (step.answer) {
        adopt_ttl(step.answer, cache, now);
    }
    if (step.kind != Step::Kind::no_data && step.kind != Step::Kind::name_error) {
        return;
    }
    const std::optional<cache::Denial> denial = cache.find_denial(step.end, qtype, now);
    for (dns::RRset& rrset : step.authority) {
        rrset = denial ? rrset.with_ttl(denial->ttl) : rrset;
    }
}

event::FromCache describe_step(const Step& step, const dns::Question& question) {
    using What = event::FromCache::What;
    event::FromCache found;
    found.name = question.qname;
    found.type = question.qtype;
    switch (step.kind) {
        case Step::Kind::answer:
            found.what = What::answer;
            found.ttl = step.answer.ttl();
            break;
        case Step::Kind::no_data:
            found.what = What::no_data;
            break;
        case Step::Kind::name_error:
            found.what = What::name_error;
            break;
        default:
            found.what = What::alias;
            found.target = step.end;
            found.ttl = step.chain.front().ttl();
    }
    const bool denied = step.kind == Step::Kind::no_data || step.kind == Step::Kind::name_error;
    if (denied && !step.authority.empty()) {
        found.ttl = step.authority.front().ttl();
    }
    return found;
}

}  // namespace wend
