#include "resolver/cached_step.h"

#include <algorithm>
#include <utility>

#include "dns/negative_ttl.h"
#include "dnssec/signature.h"

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

std::optional<cache::Found> find_in(const CacheView& view, dns::NameView name, dns::Type type) {
    std::optional<cache::Found> found = view.cache.find(name, type, view.now);
    return found && is_fit(view, found->rrset.security()) ? std::move(found) : std::nullopt;
}

// Adds the proofs to what a wildcard gave; false if they are gone, or nobody vouches for them as
// for the data, and somebody may want them.
bool add_proofs(const CacheView& view, const dns::RRset& rrset, Step& step) {
    if (!dnssec::is_wildcard_expansion(rrset.packed())) {
        return true;
    }
    const auto proofs = view.cache.find_expansion(rrset.owner(), rrset.type(), view.now);
    const bool are_worth_it = proofs && std::ranges::all_of(*proofs, [&](const dns::RRset& proof) {
                                  return proof.security() >= rrset.security();
                              });
    if (are_worth_it) {
        step.authority = *proofs;
    }
    return are_worth_it || rrset.security() == dns::Security::insecure;
}

std::optional<Step> step_from_data(const CacheView& view, const dns::Question& question) {
    const dns::Name& name = question.qname;
    Step step;
    if (std::optional<cache::Found> data = find_in(view, name, question.qtype)) {
        step.end = name;
        step.answer = std::move(data->rrset);
        return add_proofs(view, step.answer, step) ? std::optional(std::move(step)) : std::nullopt;
    }
    std::optional<cache::Found> alias = find_in(view, name, dns::Type::cname);
    if (alias && is_led_by_alias(question.qtype, alias->side)) {
        step = step_to({std::move(alias->rrset)});
        return add_proofs(view, step.chain.front(), step) ? std::optional(std::move(step))
                                                          : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Step> step_from_dname(const CacheView& view, const dns::Name& name,
                                    dns::NameView owner) {
    std::optional<cache::Found> dname = find_in(view, owner, dns::Type::dname);
    if (!dname) {
        return std::nullopt;
    }
    std::optional<dns::RRset> cname = synthesize_cname(name, dname->rrset);
    if (!cname) {
        Step step;
        step.kind = Step::Kind::name_too_long;
        step.end = name;
        step.chain = {std::move(dname->rrset)};
        return step;
    }
    return step_to({std::move(dname->rrset), std::move(*cname)});
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

namespace {

// What is known of an ancestor may govern all below it: a DNAME, or the proof that it does not
// exist (RFC 8020).
std::optional<Step> step_from_ancestors(const CacheView& view, const dns::Name& name) {
    std::optional<dns::NameView> denied;                         // the nearest
    for (dns::NameView ancestor = name; !ancestor.is_root();) {  // at most dns::labels_max turns
        ancestor = ancestor.parent();
        if (!ancestor.is_subdomain_of(view.floor)) {
            break;
        }
        const cache::Cache::KnownBelow known = view.cache.known_below(ancestor, view.now);
        if (known.dname) {
            if (std::optional<Step> step = step_from_dname(view, name, ancestor)) {
                return step;
            }
        }
        if (known.name_error && !denied) {
            denied = ancestor;
        }
    }
    const auto cut = denied ? view.cache.find_name_error(*denied, view.now) : std::nullopt;
    if (cut && cut->name.view().is_subdomain_of(view.floor)) {
        return step_from_denial(*cut, name);
    }
    return std::nullopt;
}

// The child's word that its own apex does not exist says nothing of the parent's DS RRset there.
bool is_childs_word(const cache::Denial& denial, const dns::Question& question) {
    return question.qtype == dns::Type::ds && !question.qname.view().is_root() &&
           denial.rcode == dns::Rcode::nxdomain && denial.soa &&
           denial.soa.owner() == question.qname;
}

}  // namespace

// Most that is asked here is not there: one look at each name tells what is worth a copy.
std::optional<Step> step_from_cache(const CacheView& view, const dns::Question& question) {
    const dns::Name& name = question.qname;
    const cache::Cache::Known known = view.cache.known_at(name, question.qtype, view.now);
    if (known.data || known.alias) {
        if (std::optional<Step> step = step_from_data(view, question)) {
            return step;
        }
    }
    if (known.denied) {
        const auto denial = view.cache.find_denial(name, question.qtype, view.now);
        if (denial && is_fit(view, denial->security) && !is_childs_word(*denial, question)) {
            return step_from_denial(*denial, name);
        }
    }
    return step_from_ancestors(view, name);
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

void adopt_denial_ttl(Step& step, dns::Type qtype, const cache::Cache& cache, Instant now) {
    if (step.kind != Step::Kind::no_data && step.kind != Step::Kind::name_error) {
        return;
    }
    const std::optional<cache::Denial> denial = cache.find_denial(step.end, qtype, now);
    const bool is_this_one = denial && denial->security == step.denial_security;
    for (dns::RRset& rrset : step.authority) {
        rrset = is_this_one ? rrset.with_ttl(denial->ttl) : rrset;
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
