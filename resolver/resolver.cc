#include "resolver/resolver.h"

#include <utility>

#include "resolver/answer_assembly.h"
#include "resolver/cached_step.h"
#include "resolver/errand.h"
#include "resolver/iterator.h"

namespace wend {

namespace {

// Failures that lie with the name asked for, and not with what one client query could afford or
// stood in the midst of: only these may keep others from asking.
bool lies_with_the_name(dns::Reason reason) {
    switch (reason) {
        case dns::Reason::no_server_answered:
        case dns::Reason::no_reachable_server:
        case dns::Reason::lame_delegation:
        case dns::Reason::no_address_for_servers:
        case dns::Reason::server_failure:
        case dns::Reason::bad_response:
            return true;
        default:
            return false;
    }
}

event::FromCache describe_failure(const dns::Question& question, dns::Reason reason) {
    event::FromCache found;
    found.what = event::FromCache::What::failure;
    found.name = question.qname;
    found.type = question.qtype;
    found.reason = reason;
    return found;
}

Answer repeat_failure(dns::Reason reason) {
    return AnswerAssembly::failed(dns::Reason::cached_failure, std::string(dns::describe(reason)));
}

}  // namespace

struct Resolver::Impl final : AddressSource {
    Impl(const World& outside, const ResolverOptions& settings)
        : world(outside),
          options(settings),
          filter{.never_query = options.never_query, .ipv4 = options.ipv4, .ipv6 = options.ipv6},
          iterator(world, options, filter, *this) {}

    Task<Answer> resolve(dns::Question question, ResolveOptions how);
    std::optional<Answer> from_cache(const dns::Question& question, ResolveOptions how) const;
    Task<ServerLookup> look_up(dns::Name server, dns::Type type, dns::Name for_zone,
                               const Quest& asker) override;

    // Follows the aliases to the end. Not validated yet.
    Task<Answer> chase(const Quest& quest);
    std::optional<Step> known_step(const dns::Question& question) const;
    std::optional<dns::Reason> known_failure(const dns::Question& question,
                                             bool checking_disabled) const;
    void note_failure(const dns::Question& question, dns::Reason reason, const Quest& quest);

    World world;
    ResolverOptions options;
    ServerFilter filter;
    Iterator iterator;
};

Resolver::Resolver(const World& world, const ResolverOptions& options)
    : impl_(std::make_unique<Impl>(world, options)) {}

Resolver::~Resolver() = default;

WEND_TASK_WRAPPER Task<Answer> Resolver::resolve(dns::Question question, ResolveOptions options) {
    return impl_->resolve(std::move(question), options);
}

std::optional<Answer> Resolver::from_cache(const dns::Question& question,
                                           ResolveOptions options) const {
    return impl_->from_cache(question, options);
}

Task<Answer> Resolver::Impl::resolve(dns::Question question, ResolveOptions how) {
    const Instant now = world.clock.now();
    Errand errand(now, how.checking_disabled, how.sink);
    const Quest quest{
        .errand = errand, .question = std::move(question), .deadline = errand.budget.deadline()};
    quest.tell(now, [&] { return event::Began{.question = quest.question}; });
    Answer answer = co_await chase(quest);
    // Where there was no place to ask from, nothing was learnt of the name.
    const bool is_new = answer.reason != dns::Reason::cached_failure &&
                        answer.reason != dns::Reason::zone_overloaded;
    if (answer.rcode == dns::Rcode::servfail && is_new) {
        world.failures.note(quest.question.qname, quest.question.qtype, how.checking_disabled,
                            answer.reason, world.clock.now());
    }
    if (is_limit(answer.reason)) {
        quest.tell(world.clock.now(), [&] { return event::LimitReached{.reason = answer.reason}; });
    }
    quest.tell(world.clock.now(), [&] {
        return event::Finished{.rcode = answer.rcode,
                               .reason = answer.reason,
                               .records = answer.answer.size(),
                               .packets = errand.budget.packets_spent(),
                               .took = world.clock.now() - errand.began_at};
    });
    co_return answer;
}

Task<Answer> Resolver::Impl::chase(const Quest& quest) {
    AnswerAssembly assembly(quest.question);
    dns::Reason reason = dns::Reason::from_cache;
    for (int links = 0; links <= aliases_max; ++links) {
        const dns::Question question = assembly.next();
        std::optional<Step> step = known_step(question);
        if (step) {
            quest.tell(world.clock.now(), [&] { return describe_step(*step, question); });
        } else {
            const std::optional<dns::Reason> failure =
                known_failure(question, quest.errand.checking_disabled);
            if (failure) {
                quest.tell(world.clock.now(), [&] { return describe_failure(question, *failure); });
                co_return repeat_failure(*failure);
            }
            reason = dns::Reason::resolved;
            const Finding found = co_await iterator.iterate(question, quest);
            if (!found) {
                note_failure(question, found.error().reason, quest);
                co_return AnswerAssembly::failed(found.error().reason, found.error().detail);
            }
            step = step_from_response(*found);
            adopt_ttls(*step, question.qtype, world.cache, world.clock.now());
        }
        const AnswerAssembly::Progress progress = assembly.add(*step, quest.errand.budget);
        if (progress != AnswerAssembly::Progress::follow) {
            break;
        }
    }
    Answer answer = assembly.answer();
    if (answer.reason == dns::Reason::none) {
        answer.reason = reason;
    }
    co_return answer;
}

std::optional<Step> Resolver::Impl::known_step(const dns::Question& question) const {
    const ConfiguredZone* configured = configured_zone_for(question, options.zones);
    const dns::Name floor = configured != nullptr ? configured->zone : dns::Name();
    return step_from_cache(world.cache, question, floor, world.clock.now());
}

std::optional<dns::Reason> Resolver::Impl::known_failure(const dns::Question& question,
                                                         bool checking_disabled) const {
    const std::optional<cache::Failures::Failure> failure =
        world.failures.find(question.qname, question.qtype, checking_disabled, world.clock.now());
    if (!failure) {
        return std::nullopt;
    }
    return failure->reason;
}

// The client's own question is noted by resolve(), whatever the reason.
void Resolver::Impl::note_failure(const dns::Question& question, dns::Reason reason,
                                  const Quest& quest) {
    const bool is_the_clients = quest.depth == 0 && question == quest.question;
    if (!is_the_clients && lies_with_the_name(reason)) {
        world.failures.note(question.qname, question.qtype, quest.errand.checking_disabled, reason,
                            world.clock.now());
    }
}

Task<ServerLookup> Resolver::Impl::look_up(dns::Name server, dns::Type type, dns::Name for_zone,
                                           const Quest& asker) {
    const Instant now = world.clock.now();
    // Half of the time that is left: others may have an address too.
    const Instant deadline = now + (asker.deadline - now) / 2;
    const Quest quest{.errand = asker.errand,
                      .asker = &asker,
                      .question = {.qname = server, .qtype = type},
                      .for_zone = for_zone,
                      .deadline = deadline,
                      .depth = asker.depth + 1};
    quest.tell(
        now, [&] { return event::Began{.question = quest.question, .for_zone = quest.for_zone}; });
    const Answer answer = co_await chase(quest);
    ServerLookup found;
    for (const dns::RRset& rrset : answer.answer) {
        if (rrset.type() == type) {
            append_addresses(rrset, found.addresses);
        }
    }
    found.reason = found.addresses.empty() ? answer.reason : dns::Reason::none;
    found.retry_other_family = found.addresses.empty() && answer.rcode == dns::Rcode::noerror;
    quest.tell(world.clock.now(), [&] {
        return event::GotAddresses{
            .server_name = server, .addresses = found.addresses, .reason = found.reason};
    });
    co_return found;
}

std::optional<Answer> Resolver::Impl::from_cache(const dns::Question& question,
                                                 ResolveOptions how) const {
    Budget budget(world.clock.now());
    AnswerAssembly assembly(question);
    for (int links = 0; links <= aliases_max; ++links) {
        const std::optional<Step> step = known_step(assembly.next());
        if (!step) {
            const std::optional<dns::Reason> failure =
                known_failure(assembly.next(), how.checking_disabled);
            if (!failure) {
                return std::nullopt;
            }
            return repeat_failure(*failure);
        }
        if (assembly.add(*step, budget) != AnswerAssembly::Progress::follow) {
            break;
        }
    }
    Answer answer = assembly.answer();
    if (answer.reason == dns::Reason::none) {
        answer.reason = dns::Reason::from_cache;
    }
    return answer;
}

}  // namespace wend
