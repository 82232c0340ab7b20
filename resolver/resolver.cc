#include "resolver/resolver.h"

#include <utility>

#include "resolver/answer_assembly.h"
#include "resolver/budget_meter.h"
#include "resolver/cached_step.h"
#include "resolver/errand.h"
#include "resolver/failure_memory.h"
#include "resolver/iterator.h"
#include "resolver/keep.h"
#include "resolver/key_fetcher.h"
#include "resolver/parent_glue.h"
#include "resolver/synthesis.h"
#include "resolver/validation.h"

namespace wend {

namespace {

event::FromCache describe_failure(const dns::Question& question, dns::Reason reason) {
    event::FromCache found;
    found.what = event::FromCache::What::failure;
    found.name = question.qname;
    found.type = question.qtype;
    found.reason = reason;
    return found;
}

bool denies_ancestor(const Accepted& accepted, const dns::Question& question) {
    return accepted.kind == ResponseKind::name_error && accepted.chain.links == 0 &&
           !(accepted.chain.end == question.qname);
}

// What is bogus is told as such again: it says more than that it is remembered.
Answer repeat_failure(dns::Reason reason) {
    if (dns::is_bogus(reason)) {
        return AnswerAssembly::failed(reason);
    }
    return AnswerAssembly::failed(dns::Reason::cached_failure, std::string(dns::describe(reason)));
}

}  // namespace

struct Resolver::Impl final : AddressSource {
    Impl(const World& outside, const ResolverOptions& settings)
        : world(outside),
          options(settings),
          filter{.never_query = options.never_query, .ipv4 = options.ipv4, .ipv6 = options.ipv6},
          iterator(world, options, filter, *this) {
        if (options.anchors != nullptr) {
            validation.emplace(world, options, iterator);
        }
    }

    Task<Answer> resolve(dns::Question question, ResolveOptions how);
    std::optional<Answer> from_cache(const dns::Question& question, ResolveOptions how) const;
    Task<ServerLookup> look_up(dns::Name server, dns::Type type, dns::Name for_zone,
                               const Quest& asker, WhoKnows who) override;
    Task<ServerLookup> ask_who_serves(const Quest& quest);

    // Follows the aliases to the end. `is_missing`: the cache was just asked for the first of them.
    Task<Answer> chase(const Quest& quest, bool is_missing);
    // Whether from_cache() has looked for exactly this in vain, and nothing happened since.
    bool take_missing(const dns::Question& question, const ResolveOptions& how);
    // From the network, validated if the quest's answer must be, and kept.
    Task<Finding> find(const dns::Question& question, const Quest& quest);
    Task<Finding> find_valid(const dns::Question& question, const Quest& quest);
    // Not validated yet, unless it denies an ancestor.
    Task<Finding> find_to_validate(const dns::Question& question, const Quest& quest);

    // What the client gets has passed the validator, unless CD says that it checks by itself. The
    // addresses of servers need not: what they say is checked.
    bool must_validate(const Quest& quest) const {
        return validation && quest.depth == 0 && !quest.errand.checking_disabled;
    }

    std::optional<Step> known_step(const dns::Question& question, bool checked_only) const;
    // From what validated replies proved about other names.
    std::optional<Step> step_from_spans(const dns::Question& question, Budget& budget) const;

    World world;
    ResolverOptions options;
    ServerFilter filter;
    Iterator iterator;
    std::optional<Validation> validation;

    // What from_cache() looked for last, in vain: the resolution that comes right after need not
    // look again.
    struct Missing {
        dns::Question question;
        bool checking_disabled = false;
        Instant at{};
    };

    mutable std::optional<Missing> missing;
};

Resolver::Resolver(const World& world, const ResolverOptions& options)
    : impl_(std::make_unique<Impl>(world, options)) {}

Resolver::~Resolver() = default;

WEND_TASK_WRAPPER Task<Answer> Resolver::resolve(dns::Question question, ResolveOptions options) {
    return impl_->resolve(std::move(question), options);
}

std::size_t Resolver::probes() const {
    return impl_->iterator.probes();
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
    const bool is_missing = take_missing(quest.question, how);
    Answer answer = co_await chase(quest, is_missing);
    // Where nobody was asked about the name, nothing was learnt of it.
    const bool is_new = answer.reason != dns::Reason::cached_failure &&
                        answer.reason != dns::Reason::zone_overloaded &&
                        answer.reason != dns::Reason::zone_silent;
    // What the process asks for itself by this way, keys to follow and key tags to tell, it asks as
    // a client with CD would and as hard: that failure is such a client's too.
    if (answer.rcode == dns::Rcode::servfail && is_new) {
        world.failures.note(quest.question.qname, quest.question.qtype, how.checking_disabled,
                            answer.reason, world.clock.now());
    }
    if (dns::is_limit(answer.reason)) {
        quest.tell(world.clock.now(), [&] { return event::LimitReached{.reason = answer.reason}; });
    }
    quest.tell(world.clock.now(), [&] {
        return event::Finished{.rcode = answer.rcode,
                               .reason = answer.reason,
                               .detail = answer.detail,
                               .security = answer.security,
                               .records = answer.answer.size(),
                               .packets = errand.budget.packets_spent(),
                               .took = world.clock.now() - errand.began_at};
    });
    co_return answer;
}

bool Resolver::Impl::take_missing(const dns::Question& question, const ResolveOptions& how) {
    const std::optional<Missing> last = std::exchange(missing, std::nullopt);
    return last && last->question == question && last->checking_disabled == how.checking_disabled &&
           last->at == world.clock.now();
}

Task<Answer> Resolver::Impl::chase(const Quest& quest, bool is_missing) {
    AnswerAssembly assembly(quest.question);
    dns::Reason reason = dns::Reason::from_cache;
    for (int links = 0; links <= aliases_max; ++links) {
        const dns::Question question = assembly.next();
        const bool is_worth_a_look = links > 0 || !is_missing;
        std::optional<Step> step =
            is_worth_a_look ? known_step(question, must_validate(quest)) : std::nullopt;
        if (!step && is_worth_a_look && must_validate(quest)) {
            step = step_from_spans(question, quest.errand.budget);
        }
        if (step) {
            quest.tell(world.clock.now(), [&] { return describe_step(*step, question); });
        } else {
            const std::optional<dns::Reason> failure = known_failure(question, quest, world);
            if (failure) {
                quest.tell(world.clock.now(), [&] { return describe_failure(question, *failure); });
                co_return repeat_failure(*failure);
            }
            reason = dns::Reason::resolved;
            const Finding found = co_await find(question, quest);
            if (!found) {
                note_failure(question, found.error().reason, quest, world);
                Answer failed = AnswerAssembly::failed(found.error().reason, found.error().detail);
                failed.zone = found.error().zone;
                co_return failed;
            }
            if (found->kind == ResponseKind::referral) {
                co_return Answer();  // its glue suffices
            }
            step = step_from_response(*found);
            adopt_denial_ttl(*step, question.qtype, world.cache, world.clock.now());
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

Task<Finding> Resolver::Impl::find(const dns::Question& question, const Quest& quest) {
    Task<Finding> finding = must_validate(quest)
                                ? find_valid(question, quest)
                                : iterator.iterate(question, quest, Iterator::Showing::minimised);
    Finding found = co_await std::move(finding);
    if (found) {
        keep_answer(*found, question.qtype, world, quest.errand);
        keep_for_synthesis(*found, world);
    }
    co_return found;
}

std::optional<Step> Resolver::Impl::step_from_spans(const dns::Question& question,
                                                    Budget& budget) const {
    if (world.spans == nullptr || !validation->is_vouched_for(question.qname)) {
        return std::nullopt;
    }
    const ConfiguredZone* configured = configured_zone_for(question, options.zones);
    const auto zone = world.spans->closest_zone(question.qname, world.clock.now());
    const bool reaches_in =
        configured != nullptr && zone && !zone->name.view().is_subdomain_of(configured->zone);
    if (!zone || reaches_in) {
        return std::nullopt;
    }
    SpareMeter meter(budget);
    return synthesize_step(question, *world.spans, world.cache, meter, world.clock.now());
}

// An ancestor that validly does not exist has nothing below it, and its servers need not see more
// of the name (RFC 8020 2, RFC 9156 4). Unvalidated, such a word is often wrong.
Task<Finding> Resolver::Impl::find_to_validate(const dns::Question& question, const Quest& quest) {
    Finding found = co_await iterator.iterate(question, quest, Iterator::Showing::until_denied);
    if (found && denies_ancestor(*found, question)) {
        const Validation::Outcome outcome = co_await validation->check(*found, question, quest);
        const bool is_proved =
            outcome.security == dns::Security::secure && found->kind == ResponseKind::name_error;
        if (!is_proved) {
            found = co_await iterator.iterate(question, quest, Iterator::Showing::full_name);
        } else {
            found->doubtful = false;
        }
    }
    co_return found;
}

// A bogus answer may be one server's: others are asked before the client hears of it.
Task<Finding> Resolver::Impl::find_valid(const dns::Question& question, const Quest& quest) {
    if (question.qtype == dns::Type::ds) {
        AcceptedPtr referred = ds_from_referral(question.qname, world, quest.errand);
        if (referred) {
            const Validation::Outcome outcome =
                co_await validation->check(*referred, question, quest);
            if (outcome.security == dns::Security::secure) {
                co_return std::move(referred);
            }
        }
    }
    Finding found = co_await find_to_validate(question, quest);
    if (found &&
        (denies_ancestor(*found, question) || validation->pass_unsigned(*found, question))) {
        co_return found;
    }
    std::optional<Failure> verdict;
    for (int retries = 0; found; ++retries) {
        const Validation::Outcome outcome = co_await validation->check(*found, question, quest);
        const AfterCheck next = after_check(outcome, retries);
        if (next == AfterCheck::good_links) {
            quest.errand.forgive_silence();
            cut_chain(*found, outcome.good_links);
        }
        if (next == AfterCheck::whole || next == AfterCheck::good_links) {
            co_return found;
        }
        if (!verdict) {
            verdict = Failure{.reason = outcome.reason, .detail = outcome.detail};
        }
        if (next == AfterCheck::failure) {
            forget_unproved_addresses(found->zone, world, quest.errand);
            break;
        }
        quest.errand.forgive_silence();
        quest.errand.doubt(found->server, found->zone, found->datagram);
        found = co_await iterator.iterate(question, quest, Iterator::Showing::minimised);
    }
    if (verdict) {
        found = std::unexpected(std::move(*verdict));
    }
    co_return found;
}

std::optional<Step> Resolver::Impl::known_step(const dns::Question& question,
                                               bool checked_only) const {
    const ConfiguredZone* configured = configured_zone_for(question, options.zones);
    dns::Name floor = configured != nullptr ? configured->zone : dns::Name();
    if (checked_only) {
        const dns::Name anchored = validation->closest_anchor(question.qname);
        floor = anchored.view().size() > floor.view().size() ? anchored : floor;
    }
    return step_from_cache({.cache = world.cache,
                            .floor = floor,
                            .checked_only = checked_only,
                            .now = world.clock.now()},
                           question);
}

Task<ServerLookup> Resolver::Impl::look_up(dns::Name server, dns::Type type, dns::Name for_zone,
                                           const Quest& asker, WhoKnows who) {
    const Instant now = world.clock.now();
    // Half of the time that is left: others may have an address too.
    const Instant deadline = now + (asker.deadline - now) / 2;
    const Quest quest{.errand = asker.errand,
                      .asker = &asker,
                      .question = {.qname = server, .qtype = type},
                      .for_zone = for_zone,
                      .deadline = deadline,
                      .depth = asker.depth + 1,
                      .glue_suffices = who == WhoKnows::its_zone_or_glue,
                      .asks_parent = who == WhoKnows::parent};
    quest.tell(
        now, [&] { return event::Began{.question = quest.question, .for_zone = quest.for_zone}; });
    Task<ServerLookup> asking =
        quest.asks_parent ? ask_parent(quest, iterator, world, filter) : ask_who_serves(quest);
    ServerLookup found = co_await std::move(asking);
    quest.tell(world.clock.now(), [&] {
        return event::GotAddresses{
            .server_name = server, .addresses = found.addresses, .reason = found.reason};
    });
    co_return found;
}

Task<ServerLookup> Resolver::Impl::ask_who_serves(const Quest& quest) {
    const Answer answer = co_await chase(quest, false);
    const dns::Question& question = quest.question;
    ServerLookup found;
    for (const dns::RRset& rrset : answer.answer) {
        if (rrset.type() == question.qtype) {
            append_addresses(rrset, found.addresses);
        }
    }
    if (found.addresses.empty() && quest.glue_suffices) {
        std::vector<IpAddress> glue = known_glue(question.qname, world, quest.errand);
        found.from_glue = filter.may_ask_any(glue);
        if (found.from_glue) {
            found.addresses = std::move(glue);
        }
    }
    found.reason = found.addresses.empty() ? answer.reason : dns::Reason::none;
    found.retry_other_family =
        answer.rcode == dns::Rcode::noerror && !filter.may_ask_any(found.addresses);
    co_return found;
}

std::optional<Answer> Resolver::Impl::from_cache(const dns::Question& question,
                                                 ResolveOptions how) const {
    const bool checked_only = validation && !how.checking_disabled;
    const Instant now = world.clock.now();
    Budget budget(now);
    missing.reset();
    AnswerAssembly assembly(question);
    for (int links = 0; links <= aliases_max; ++links) {
        std::optional<Step> step = known_step(assembly.next(), checked_only);
        if (!step && checked_only) {
            step = step_from_spans(assembly.next(), budget);
        }
        if (!step) {
            const std::optional<dns::Reason> failure =
                clients_failure(assembly.next(), how.checking_disabled, world);
            if (failure) {
                return repeat_failure(*failure);
            }
            if (links == 0) {
                missing = {
                    .question = question, .checking_disabled = how.checking_disabled, .at = now};
            }
            return std::nullopt;
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
