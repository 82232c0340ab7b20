// Where answers that are not in the hit path's reach come from: the resolver, or a test's stand-in.
#pragma once
#include <optional>

#include "base/task.h"
#include "dns/message.h"
#include "resolver/answer.h"
#include "resolver/resolver.h"

namespace wend {

class AnswerSource {
  public:
    AnswerSource() = default;
    AnswerSource(const AnswerSource&) = delete;
    AnswerSource& operator=(const AnswerSource&) = delete;
    AnswerSource(AnswerSource&&) = delete;
    AnswerSource& operator=(AnswerSource&&) = delete;
    virtual ~AnswerSource() = default;

    // As Resolver's.
    virtual Task<Answer> resolve(dns::Question question, ResolveOptions options) = 0;
    virtual std::optional<Answer> from_cache(const dns::Question& question,
                                             ResolveOptions options) const = 0;
};

}  // namespace wend
