// Stands in front of a source and answers what never leaves the house (policy/local_zones.h), as
// serving does, whose hit path asks the same zones without a task.
#pragma once
#include <optional>

#include "base/clock.h"
#include "policy/local_zones.h"
#include "server/answer/answer_source.h"

namespace wend {

// A local answer as an Answer: insecure, and owned by the question's name.
Answer answer_of(const policy::LocalAnswer& local, const dns::Question& question);

// One thread.
class LocalSource final : public AnswerSource {
  public:
    // All outlive it.
    LocalSource(AnswerSource& source, const policy::LocalZones& zones, const Clock& clock)
        : source_(source), zones_(zones), clock_(clock) {}

    // A sink hears of a local answer too: that it was asked for, and what it came to.
    Task<Answer> resolve(dns::Question question, ResolveOptions options) override;
    std::optional<Answer> from_cache(const dns::Question& question,
                                     ResolveOptions options) const override;

  private:
    AnswerSource& source_;
    const policy::LocalZones& zones_;
    const Clock& clock_;
};

}  // namespace wend
