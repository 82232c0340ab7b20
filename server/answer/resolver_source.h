// The resolver as a source of answers.
#pragma once
#include <optional>
#include <utility>

#include "resolver/resolver.h"
#include "server/answer/answer_source.h"

namespace wend {

class ResolverSource final : public AnswerSource {
  public:
    // `resolver` outlives it.
    explicit ResolverSource(Resolver& resolver) : resolver_(resolver) {}

    WEND_TASK_WRAPPER Task<Answer> resolve(dns::Question question,
                                           ResolveOptions options) override {
        return resolver_.resolve(std::move(question), options);
    }

    std::optional<Answer> from_cache(const dns::Question& question,
                                     ResolveOptions options) const override {
        return resolver_.from_cache(question, options);
    }

  private:
    Resolver& resolver_;
};

}  // namespace wend
