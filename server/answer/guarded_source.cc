#include "server/answer/guarded_source.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/date.h"
#include "dnssec/sentinel.h"

namespace wend {
namespace {

// RFC 8509 3.1: of what the answer to a sentinel query is made.
bool may_be_sentinel(const dns::Question& question, const ResolveOptions& options,
                     const Answer& answer) {
    return !options.checking_disabled && answer.security == dns::Security::secure &&
           (question.qtype == dns::Type::a || question.qtype == dns::Type::aaaa);
}

// The data was not validated, whatever it was kept as.
void make_unvalidated(Answer& answer) {
    answer.security = dns::Security::insecure;
}

}  // namespace

bool GuardedSource::is_time_server(const dns::Name& name) const {
    return std::ranges::any_of(guard_.time_servers, [&name](const dns::Name& server) {
        return name.view().is_subdomain_of(server);
    });
}

bool GuardedSource::needs_clock(const dns::Question& question,
                                const ResolveOptions& options) const {
    if (options.checking_disabled || !guard_.clock_watch.is_wrong(guard_.clock.wall_now())) {
        return false;
    }
    const auto anchors = guard_.anchors.get();
    return anchors && anchors->closest(question.qname) != nullptr;
}

Answer GuardedSource::wrong_clock() const {
    Answer answer;
    answer.rcode = dns::Rcode::servfail;
    answer.reason = dns::Reason::wrong_clock;
    answer.detail = "the clock says " + to_text(guard_.clock.wall_now());
    return answer;
}

void GuardedSource::judge_sentinel(const dns::Question& question, const ResolveOptions& options,
                                   Answer& answer) const {
    const auto anchors = guard_.anchors.get();
    const auto sentinel = dnssec::sentinel_of(question.qname);
    if (!sentinel || !anchors || !may_be_sentinel(question, options, answer) ||
        !refuses(*sentinel, root_key_tags(*anchors))) {
        return;
    }
    answer = Answer{};  // as if it had not validated
    answer.rcode = dns::Rcode::servfail;
    answer.reason = dns::Reason::bogus_unknown;
    answer.detail = "a root key sentinel, RFC 8509";
}

// Where there is nothing to judge no frame of its own is held while the answer is sought.
WEND_TASK_WRAPPER Task<Answer> GuardedSource::resolve(dns::Question question,
                                                      ResolveOptions options) {
    const bool without_clock = needs_clock(question, options);
    return without_clock || dnssec::sentinel_of(question.qname)
               ? resolve_judged(std::move(question), options, without_clock)
               : source_.resolve(std::move(question), options);
}

Task<Answer> GuardedSource::resolve_judged(dns::Question question, ResolveOptions options,
                                           bool without_clock) {
    if (without_clock && !is_time_server(question.qname)) {
        co_return wrong_clock();
    }
    ResolveOptions how = options;
    how.checking_disabled = options.checking_disabled || without_clock;
    Answer answer = co_await source_.resolve(question, how);
    if (without_clock) {
        make_unvalidated(answer);
    }
    judge_sentinel(question, options, answer);
    co_return answer;
}

std::optional<Answer> GuardedSource::from_cache(const dns::Question& question,
                                                ResolveOptions options) const {
    const bool without_clock = needs_clock(question, options);
    if (without_clock && !is_time_server(question.qname)) {
        return wrong_clock();
    }
    ResolveOptions how = options;
    how.checking_disabled = options.checking_disabled || without_clock;
    auto answer = source_.from_cache(question, how);
    if (answer) {
        if (without_clock) {
            make_unvalidated(*answer);
        }
        judge_sentinel(question, options, *answer);
    }
    return answer;
}

}  // namespace wend
