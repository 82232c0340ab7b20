#include "resolver/cached_step.h"

#include <utility>

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

Step step_from_denial(const cache::Denial& denial, const dns::Name& name) {
    Step step;
    step.kind = denial.rcode == dns::Rcode::nxdomain ? Step::Kind::name_error : Step::Kind::no_data;
    step.end = name;
    if (denial.soa) {
        step.authority.push_back(denial.soa.with_ttl(denial.ttl));
    }
    for (const dns::RRset& proof : denial.proofs) {
        step.authority.push_back(proof.with_ttl(denial.ttl));
    }
    return step;
}

// A DNAME at a proper ancestor governs all below it.
std::optional<Step> step_from_dname(const cache::Cache& cache, dns::NameView name,
                                    dns::NameView floor, Instant now) {
    for (dns::NameView ancestor = name; !ancestor.is_root();) {
        ancestor = ancestor.parent();
        if (!ancestor.is_subdomain_of(floor)) {
            break;
        }
        const std::optional<cache::Found> found = cache.find(ancestor, dns::Type::dname, now);
        if (!found) {
            continue;
        }
        std::optional<dns::RRset> cname = synthesize_cname(name, found->rrset);
        if (!cname) {
            Step step;
            step.kind = Step::Kind::name_too_long;
            step.end = name;
            step.chain = {found->rrset};
            return step;
        }
        return step_to({found->rrset, std::move(*cname)});
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

std::optional<Step> step_from_cache(const cache::Cache& cache, const dns::Question& question,
                                    dns::NameView floor, Instant now) {
    const dns::Name& name = question.qname;
    if (std::optional<cache::Found> found = cache.find(name, question.qtype, now)) {
        Step step;
        step.end = name;
        step.answer = std::move(found->rrset);
        return step;
    }
    if (question.qtype != dns::Type::cname) {
        if (std::optional<cache::Found> found = cache.find(name, dns::Type::cname, now)) {
            return step_to({std::move(found->rrset)});
        }
    }
    if (const std::optional<cache::Denial> denial = cache.find_denial(name, question.qtype, now)) {
        return step_from_denial(*denial, name);
    }
    if (std::optional<Step> step = step_from_dname(cache, name, floor, now)) {
        return step;
    }
    const std::optional<cache::Denial> cut = cache.find_name_error(name, now);
    if (cut && cut->name.view().is_subdomain_of(floor)) {
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
