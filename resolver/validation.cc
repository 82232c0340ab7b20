#include "resolver/validation.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/date.h"
#include "dnssec/signature.h"
#include "resolver/budget_meter.h"
#include "resolver/key_fetcher.h"

namespace wend {

namespace {

using dns::Security;
using dnssec::Verdict;

Security security_of(dnssec::TrustState state) {
    switch (state) {
        case dnssec::TrustState::secure:
        case dnssec::TrustState::not_a_zone:
            return Security::secure;
        case dnssec::TrustState::insecure:
            return Security::insecure;
        case dnssec::TrustState::bogus:
            return Security::bogus;
    }
    return Security::bogus;
}

class ChainEvents final : public dnssec::ChainSink {
  public:
    ChainEvents(const Quest& quest, const Clock& clock) : quest_(quest), clock_(clock) {}

    void on_step(const dnssec::ChainStep& step) override {
        quest_.tell(clock_.now(), [&] {
            event::Checked checked;
            checked.owner = step.owner;
            checked.type = step.type;
            checked.security = security_of(step.state);
            checked.no_cut = step.state == dnssec::TrustState::not_a_zone;
            checked.reason = step.reason;
            checked.key_tag = step.key_tag;
            return checked;
        });
    }

  private:
    const Quest& quest_;
    const Clock& clock_;
};

// Which link broke. The root is signed anew every few days: if that is out of date, the clock is.
std::string describe_link(const Verdict& verdict, WallTime now) {
    std::string link =
        fmt::format("{} {}", dns::to_text(verdict.link), dns::to_text(verdict.link_type));
    const bool is_out_of_date = verdict.reason == dns::Reason::bogus_expired ||
                                verdict.reason == dns::Reason::bogus_not_yet_valid;
    if (is_out_of_date && verdict.link.view().is_root()) {
        link += fmt::format(": the clock says {}", to_text(now));
    }
    return link;
}

Validation::Outcome outcome_of(const Verdict& verdict, const Accepted& accepted, WallTime now) {
    Validation::Outcome outcome;
    outcome.security = verdict.security;
    if (verdict.security != Security::bogus) {
        return outcome;
    }
    outcome.reason = verdict.reason;
    outcome.detail = describe_link(verdict, now);
    const bool about_keys = verdict.link_type == dns::Type::dnskey && accepted.answer &&
                            accepted.answer.type() != dns::Type::dnskey;
    outcome.lies_with_server = dns::is_bogus(verdict.reason) && !about_keys;
    return outcome;
}

// What a wildcard gave says so, and must be answered with its proofs.
bool needs_proofs(const Accepted& accepted) {
    return std::ranges::any_of(accepted.chain.rrsets,
                               [](const dns::RRset& link) {
                                   return dnssec::is_wildcard_expansion(link.packed());
                               }) ||
           (accepted.kind == ResponseKind::answer &&
            dnssec::is_wildcard_expansion(accepted.answer.packed()));
}

// What is not there is answered with its proofs as well; what came with an alias may be of use with
// its target. Anything else is answered without.
bool passes_proofs_on(const Accepted& accepted) {
    return accepted.kind != ResponseKind::answer || needs_proofs(accepted);
}

// What one link proved, added to what the others did.
void add_proofs(std::vector<dns::RRset>& proofs, std::vector<dns::RRset> more) {
    for (dns::RRset& proof : more) {
        const bool known = std::ranges::any_of(proofs, [&](const dns::RRset& other) {
            return other.type() == proof.type() && other.owner() == proof.owner();
        });
        if (!known) {
            proofs.push_back(std::move(proof));
        }
    }
}

void drop_unproved(Accepted& accepted) {
    std::erase_if(accepted.proofs,
                  [](const dns::RRset& proof) { return proof.security() != Security::secure; });
}

bool is_unsigned(const dns::RRset& rrset) {
    return !rrset || rrset.signatures().empty();
}

// Unsigned throughout, and about names of that zone alone.
bool is_plain(const Accepted& accepted, const dns::Question& question) {
    const bool is_about_zone =
        question.qtype != dns::Type::ds && question.qtype != dns::Type::rrsig;
    return is_about_zone && accepted.proofs.empty() && accepted.chain.rrsets.empty() &&
           is_unsigned(accepted.answer) && is_unsigned(accepted.soa);
}

void mark_insecure(Accepted& accepted) {
    if (accepted.answer) {
        accepted.answer = accepted.answer.with_security(Security::insecure);
    }
    if (accepted.soa) {
        accepted.soa = accepted.soa.with_security(Security::insecure);
    }
    if (accepted.kind != ResponseKind::answer) {
        accepted.denial_security = Security::insecure;
    }
}

bool is_made_by_dname(const std::vector<dns::RRset>& chain, std::size_t i) {
    return i > 0 && chain[i - 1].type() == dns::Type::dname;
}

}  // namespace

Validation::Validation(const World& world, const ResolverOptions& options, Iterator& iterator)
    : world_(world), current_(options.anchors), iterator_(iterator) {}

const std::shared_ptr<Validation::Epoch>& Validation::present() const {
    auto anchors = current_->get();
    wend::check(anchors != nullptr, "a resolver that validates has anchors");
    if (!epoch_ || epoch_->anchors != anchors) {
        epoch_ = std::make_shared<Epoch>(std::move(anchors), world_.clock, world_.random);
    }
    return epoch_;
}

dns::Name Validation::closest_anchor(const dns::Name& name) const {
    const dnssec::TrustAnchors& anchors = *present()->anchors;
    if (const dns::Name* const negative = anchors.closest_negative(name)) {
        return *negative;
    }
    const dnssec::TrustAnchor* const anchor = anchors.closest(name);
    return anchor != nullptr ? anchor->zone : dns::Name();
}

bool Validation::is_vouched_for(const dns::Name& name) const {
    return present()->anchors->closest(name) != nullptr;
}

// A DNAME that nobody vouches for renames what lies below it, but for names that an anchor between
// the two vouches for: what is said of those must be secure.
bool Validation::reaches_past_an_anchor(const dns::RRset& dname, const dns::Name& name) const {
    const dnssec::TrustAnchors& anchors = *present()->anchors;
    const dnssec::TrustAnchor* const anchor = anchors.closest(name);
    return anchor != nullptr && anchor != anchors.closest(dname.owner());
}

bool Validation::pass_unsigned(Accepted& accepted, const dns::Question& question) {
    const bool passes = is_plain(accepted, question) &&
                        present()->validator.is_known_insecure(accepted.zone, question.qname);
    if (passes) {
        mark_insecure(accepted);
    }
    return passes;
}

Task<Validation::Outcome> Validation::check(Accepted& accepted, const dns::Question& question,
                                            const Quest& quest) {
    KeyFetcher keys(iterator_, world_, quest, accepted.answer);
    BudgetMeter meter(quest.errand.budget, &signatures_);
    ChainEvents events(quest, world_.clock);
    dnssec::ChainContext context{
        .source = keys, .meter = meter, .sink = quest.errand.sink != nullptr ? &events : nullptr};
    for (const dns::RRset& proof : accepted.proofs) {
        if (quest.errand.met_proofs.size() < met_proofs_max) {
            quest.errand.met_proofs.push_back(proof);
        }
    }
    std::size_t good_links = 0;
    const std::shared_ptr<Epoch> epoch = present();
    Means means{.validator = epoch->validator, .context = context};
    const Verdict verdict = co_await check_links(accepted, question, means, good_links);
    if (verdict.security == Security::secure) {
        drop_unproved(accepted);
    }
    if (!passes_proofs_on(accepted)) {
        accepted.proofs.clear();
    }
    Outcome outcome = outcome_of(verdict, accepted, world_.clock.wall_now());
    outcome.good_links = good_links;
    co_return outcome;
}

// To lead on is for tails that are wrong, or that nobody can say more of: where a limit was
// reached, the rest would reach it too.
AfterCheck after_check(const Validation::Outcome& outcome, int retries) {
    if (outcome.security != Security::bogus) {
        return AfterCheck::whole;
    }
    const bool is_tail_alone =
        dns::is_bogus(outcome.reason) || outcome.reason == dns::Reason::no_server_answered;
    if (is_tail_alone && outcome.good_links > 0) {
        return AfterCheck::good_links;
    }
    return outcome.lies_with_server && retries < bogus_retries_max ? AfterCheck::other_server
                                                                   : AfterCheck::failure;
}

void cut_chain(Accepted& accepted, std::size_t links) {
    std::vector<dns::RRset>& chain = accepted.chain.rrsets;
    chain.resize(links);
    accepted.kind = ResponseKind::alias;
    accepted.chain.end = alias_target(chain.back());
    accepted.chain.stop = ChainStop::end_of_message;
    accepted.answer = {};
    accepted.soa = {};
    drop_unproved(accepted);
    if (!needs_proofs(accepted)) {
        accepted.proofs.clear();
    }
}

Task<Verdict> Validation::check_links(Accepted& accepted, const dns::Question& question,
                                      Means& means, std::size_t& good_links) {
    const std::vector<dns::RRset> proofs = std::exchange(accepted.proofs, {});
    Verdict least{.security = Security::secure};
    std::vector<dns::RRset>& chain = accepted.chain.rrsets;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        if (is_made_by_dname(chain, i)) {  // RFC 6672 5.3.1
            const dns::RRset& dname = chain[i - 1];
            chain[i] = chain[i].with_ttl(dname.ttl()).with_security(dname.security());
            good_links = i + 1;
            continue;
        }
        const bool is_cname = chain[i].type() == dns::Type::cname;
        const dns::Type asked = is_cname ? question.qtype : chain[i].type();
        Verdict link = co_await check_data(chain[i], asked, accepted, proofs, means);
        if (chain[i].type() == dns::Type::dname && link.security == Security::insecure) {
            const dns::Name name = i == 0 ? question.qname : alias_target(chain[i - 1]);
            if (reaches_past_an_anchor(chain[i], name)) {
                link = Verdict{.security = Security::bogus,
                               .reason = dns::Reason::bogus_no_signature,
                               .link = name,
                               .link_type = chain[i].type()};
            }
        }
        if (link.security < least.security) {
            least = std::move(link);
        }
        if (least.security == Security::bogus) {
            co_return least;
        }
        good_links = is_cname ? i + 1 : good_links;
    }
    Verdict last{.security = Security::secure};
    switch (accepted.kind) {
        case ResponseKind::answer:
            last = co_await check_data(accepted.answer, accepted.answer.type(), accepted, proofs,
                                       means);
            break;
        case ResponseKind::no_data:
        case ResponseKind::name_error:
            last = co_await check_denial(accepted, proofs, question.qtype, means);
            break;
        default:
            if (least.security == Security::secure && accepted.proofs.size() < proofs.size()) {
                co_await check_extra_proofs(accepted, proofs, means);
            }
            break;
    }
    if (last.security < least.security) {
        least = std::move(last);
    }
    co_return least;
}

Task<Verdict> Validation::check_data(dns::RRset& rrset, dns::Type asked, Accepted& accepted,
                                     const std::vector<dns::RRset>& proofs, Means& means) {
    const dns::Question question{.qname = rrset.owner(), .qtype = asked};
    if (rrset.type() == dns::Type::rrsig) {  // nothing signs a signature (RFC 4035 2.2)
        rrset = rrset.with_security(Security::indeterminate);
        co_return Verdict{.security = Security::indeterminate};
    }
    dnssec::Reply reply{.answer = {rrset}, .authority = proofs, .zone = accepted.zone};
    Verdict verdict = co_await means.validator.validate(question, reply, means.context);
    rrset = reply.answer.front();
    add_proofs(accepted.proofs, std::move(reply.authority));
    co_return verdict;
}

Task<void> Validation::check_extra_proofs(Accepted& accepted, const std::vector<dns::RRset>& proofs,
                                          Means& means) {
    if (accepted.chain.rrsets.empty()) {
        co_return;
    }
    dnssec::Reply reply{.answer = {}, .authority = proofs, .zone = accepted.zone};
    reply.answer.push_back(accepted.chain.rrsets.back());
    co_await means.validator.verify_extra_proofs(reply, means.context);
    add_proofs(accepted.proofs, std::move(reply.authority));
}

Task<Verdict> Validation::check_denial(Accepted& accepted, const std::vector<dns::RRset>& proofs,
                                       dns::Type qtype, Means& means) {
    const dns::Question question{.qname = accepted.chain.end, .qtype = qtype};
    const bool is_name_error = accepted.kind == ResponseKind::name_error;
    dnssec::Reply reply{.rcode = is_name_error ? dns::Rcode::nxdomain : dns::Rcode::noerror,
                        .answer = {},
                        .authority = proofs,
                        .zone = accepted.zone};
    if (accepted.soa) {
        reply.authority.push_back(accepted.soa);
    }
    Verdict verdict = co_await means.validator.validate(question, reply, means.context);
    const bool has_soa =
        !reply.authority.empty() && reply.authority.back().type() == dns::Type::soa;
    if (has_soa) {
        accepted.soa = std::move(reply.authority.back());
        reply.authority.pop_back();
    }
    add_proofs(accepted.proofs, std::move(reply.authority));
    accepted.denial_security = verdict.security;
    if (is_name_error && reply.rcode == dns::Rcode::noerror) {
        accepted.kind = ResponseKind::no_data;
    }
    co_return verdict;
}

}  // namespace wend
