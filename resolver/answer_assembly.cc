#include "resolver/answer_assembly.h"

#include <algorithm>
#include <utility>

namespace wend {

AnswerAssembly::Progress AnswerAssembly::add(const Step& step, Budget& budget) {
    const Progress progress = add_chain(step, budget);
    if (progress == Progress::failed) {
        return progress;
    }
    if (next_.qtype == dns::Type::cname && !step.chain.empty()) {
        answer_.rcode = dns::Rcode::noerror;  // the CNAME that a DNAME makes is what was asked for
        return Progress::finished;
    }
    next_.qname = step.end;
    answer_.authority.insert(answer_.authority.end(), step.authority.begin(), step.authority.end());
    switch (step.kind) {
        case Step::Kind::alias:
            return Progress::follow;
        case Step::Kind::answer:
            answer_.rcode = dns::Rcode::noerror;
            lower_security(step.answer.security());
            answer_.answer.push_back(step.answer);
            break;
        case Step::Kind::no_data:
            answer_.rcode = dns::Rcode::noerror;
            lower_security(step.denial_security);
            break;
        case Step::Kind::name_error:
            answer_.rcode = dns::Rcode::nxdomain;
            lower_security(step.denial_security);
            break;
        case Step::Kind::name_too_long:
            answer_.rcode = dns::Rcode::yxdomain;
            lower_security(dns::Security::insecure);  // no signature says so
            answer_.reason = dns::Reason::dname_too_long;
            break;
    }
    return Progress::finished;
}

AnswerAssembly::Progress AnswerAssembly::add_chain(const Step& step, Budget& budget) {
    for (const dns::RRset& rrset : step.chain) {
        const bool is_answered = next_.qtype == dns::Type::cname && has_alias(next_.qname);
        if (is_answered) {
            return Progress::follow;
        }
        const bool repeated = std::ranges::any_of(answer_.answer, [&](const dns::RRset& known) {
            return known.type() == rrset.type() && known.owner() == rrset.owner();
        });
        if (rrset.type() == dns::Type::cname) {
            if (repeated) {
                answer_ = failed(dns::Reason::alias_loop, dns::to_text(rrset.owner()));
                return Progress::failed;
            }
            if (!budget.spend_alias()) {
                answer_ = failed(dns::Reason::budget_aliases, dns::to_text(rrset.owner()));
                return Progress::failed;
            }
        }
        if (!repeated) {
            lower_security(rrset.security());
            answer_.answer.push_back(rrset);
        }
    }
    if (!step.chain.empty() && has_alias(step.end)) {
        answer_ = failed(dns::Reason::alias_loop, dns::to_text(step.end));
        return Progress::failed;
    }
    return Progress::follow;
}

void AnswerAssembly::lower_security(dns::Security security) {
    answer_.security = std::min(answer_.security, security);
}

bool AnswerAssembly::has_alias(dns::NameView owner) const {
    return std::ranges::any_of(answer_.answer, [&](const dns::RRset& known) {
        return known.type() == dns::Type::cname && known.owner() == owner;
    });
}

Answer AnswerAssembly::failed(dns::Reason reason, std::string detail) {
    Answer answer;
    answer.reason = reason;
    answer.detail = std::move(detail);
    return answer;
}

}  // namespace wend
