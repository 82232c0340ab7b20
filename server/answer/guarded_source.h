// Stands between serving and resolving, and refuses what must not be answered: validated names
// while the clock is wrong, and root key sentinels that do not hold (RFC 8509).
#pragma once
#include <optional>
#include <vector>

#include "base/clock.h"
#include "dns/name.h"
#include "dnssec/trust_anchors.h"
#include "server/answer/answer_source.h"
#include "server/keepers/clock_watch.h"

namespace wend {

// What it judges by; all outlive it.
struct Guard {
    const dnssec::CurrentAnchors& anchors;
    ClockWatch& clock_watch;
    const std::vector<dns::Name>& time_servers;  // names at or below these need no clock
    Clock& clock;
};

// One thread.
class GuardedSource final : public AnswerSource {
  public:
    // `source` outlives it.
    GuardedSource(AnswerSource& source, const Guard& guard) : source_(source), guard_(guard) {}

    WEND_TASK_WRAPPER Task<Answer> resolve(dns::Question question, ResolveOptions options) override;
    std::optional<Answer> from_cache(const dns::Question& question,
                                     ResolveOptions options) const override;

  private:
    Task<Answer> resolve_judged(dns::Question question, ResolveOptions options, bool without_clock);
    bool needs_clock(const dns::Question& question, const ResolveOptions& options) const;
    bool is_time_server(const dns::Name& name) const;
    Answer wrong_clock() const;
    void judge_sentinel(const dns::Question& question, const ResolveOptions& options,
                        Answer& answer) const;

    AnswerSource& source_;
    Guard guard_;
};

}  // namespace wend
