// Puts an Answer together, step by step along the alias chain.
#pragma once
#include "dns/message.h"
#include "resolver/answer.h"
#include "resolver/budget.h"
#include "resolver/cached_step.h"

namespace wend {

class AnswerAssembly {
  public:
    explicit AnswerAssembly(const dns::Question& question) : next_(question) {
        answer_.security = dns::Security::secure;  // and only ever less
    }

    enum class Progress { finished, follow, failed };

    // Each alias costs the budget one. After `failed` answer() is SERVFAIL with its reason.
    Progress add(const Step& step, Budget& budget);

    // The question to be answered next, after `follow`.
    const dns::Question& next() const { return next_; }

    const Answer& answer() const { return answer_; }

    static Answer failed(dns::Reason reason, std::string detail = {});

  private:
    Progress add_chain(const Step& step, Budget& budget);
    void lower_security(dns::Security security);
    bool has_alias(dns::NameView owner) const;

    dns::Question next_;
    Answer answer_;
};

}  // namespace wend
