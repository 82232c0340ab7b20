#include "server/answer/local_source.h"

#include <utility>

#include "resolver/event.h"

namespace wend {
namespace {

void tell(EventSink* sink, const dns::Question& question, const Answer& answer, Instant now) {
    if (sink == nullptr) {
        return;
    }
    sink->on_event({.at = now, .body = event::Began{.question = question}});
    sink->on_event({.at = now,
                    .body = event::Finished{.rcode = answer.rcode,
                                            .reason = answer.reason,
                                            .security = answer.security,
                                            .records = answer.answer.size()}});
}

}  // namespace

Answer answer_of(const policy::LocalAnswer& local, const dns::Question& question) {
    Answer answer;
    answer.rcode = local.rcode;
    answer.security = dns::Security::insecure;
    answer.reason = dns::Reason::local_data;
    if (local.answer != nullptr) {
        answer.answer.push_back(local.answer->with_owner(question.qname));
    }
    if (local.soa != nullptr) {
        answer.authority.push_back(*local.soa);
    }
    return answer;
}

Task<Answer> LocalSource::resolve(dns::Question question, ResolveOptions options) {
    if (const auto local = zones_.find(question)) {
        Answer answer = answer_of(*local, question);
        tell(options.sink, question, answer, clock_.now());
        co_return answer;
    }
    co_return co_await source_.resolve(std::move(question), options);
}

std::optional<Answer> LocalSource::from_cache(const dns::Question& question,
                                              ResolveOptions options) const {
    if (const auto local = zones_.find(question)) {
        return answer_of(*local, question);
    }
    return source_.from_cache(question, options);
}

}  // namespace wend
