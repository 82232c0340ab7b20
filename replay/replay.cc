#include "replay/replay.h"

#include <array>

#include <fmt/format.h>

#include "replay/compare.h"
#include "replay/runner.h"

namespace wend::sim {

namespace {

constexpr std::uint64_t events_max = 100'000;  // within one step

struct Minimising {
    bool on;
    dns::Type type;
    std::string_view words;
};

constexpr std::array<Minimising, 3> ways = {{
    {false, dns::Type::a, "without QNAME minimisation"},
    {true, dns::Type::a, "with QNAME minimisation by type A"},
    {true, dns::Type::ns, "with QNAME minimisation by type NS"},
}};

}  // namespace

ReplayRunner::ReplayRunner(const Scenario& scenario, const ScenarioSettings& settings,
                           SubjectFactory& factory, const ReplayOptions& options)
    : scenario_(scenario),
      clock_(queue_, settings.start),
      random_(options.seed),
      trace_(options.trace),
      network_(queue_, random_),
      servers_(scenario),
      subject_(factory.make(settings,
                            SubjectWorld{.network = network_, .clock = clock_, .random = random_})),
      clients_(subject_->handler(), queue_, random_, scenario.dialect) {
    if (trace_.listens()) {
        network_.trace().observe(&trace_);
    }
}

ReplayResult ReplayRunner::run() {
    if (deckard()) {
        run_deckard();
    } else {
        run_unbound();
    }
    end();
    subject_.reset();
    return result_;
}

void ReplayRunner::run_unbound() {
    for (int round = 0; at_ < scenario_.steps.size(); ++round) {
        const Step& step = scenario_.steps[at_];
        if (round == rounds_max) {
            fail(step, fmt::format("expected an end, got {} rounds", rounds_max));
            return;
        }
        settle();
        if (turn(step) == Turn::failed) {
            return;
        }
    }
}

ReplayRunner::Turn ReplayRunner::turn(const Step& step) {
    if (step.type == StepType::check_out_query && take_out_query(step)) {
        go_on();
        return Turn::again;
    }
    if (step.type == StepType::check_answer && !clients_.answers().empty()) {
        if (take_answer(step)) {
            go_on();
            return Turn::again;
        }
        // Another client's answer may still be on its way; if none is, this is the difference.
        if (clients_.waiting() == 0) {
            fail(step, last_difference_);
            return Turn::failed;
        }
    }
    if (deliver_one()) {
        return Turn::again;
    }
    return execute(step) ? Turn::again : Turn::failed;
}

void ReplayRunner::run_deckard() {
    for (; at_ < scenario_.steps.size(); ++at_) {
        waiting_since_.reset();
        if (!execute_deckard(scenario_.steps[at_])) {
            return;
        }
    }
}

void ReplayRunner::end() {
    for (const PendingQuery* query : network_.pending()) {
        say(fmt::format("remark: query {} is still pending at the end", query->id));
    }
    for (const Entry* entry : servers_.unused()) {
        if (entry->mandatory && result_.verdict == Verdict::passed) {
            result_ = {.verdict = Verdict::failed,
                       .line = entry->line,
                       .why = "expected a query for this mandatory entry, got none"};
        }
        say(fmt::format("remark: line {}: the entry is never used", entry->line));
    }
    if (result_.verdict == Verdict::passed && !deckard() && !clients_.answers().empty()) {
        const ClientQuery& query = clients_.answers().front().query;
        result_ = {.verdict = Verdict::failed,
                   .line = query.line,
                   .why = fmt::format("step {}: expected no answer, got one that no step checks",
                                      query.step)};
    }
}

void ReplayRunner::settle() {
    if (!run_until(queue_.now())) {
        say("remark: events without end");
    }
}

bool ReplayRunner::run_until(Instant until) {
    return queue_.run_until(until, events_max);
}

bool ReplayRunner::deliver_one() {
    for (PendingQuery* query : network_.pending()) {
        if (query->answered) {
            continue;
        }
        if (const auto answer = servers_.answer(*query, current_step())) {
            deliver(*query, *answer);
            return true;
        }
    }
    return false;
}

void ReplayRunner::deliver(PendingQuery& query, const CannedAnswer& answer) {
    query.answered = true;
    if (answer.entry == nullptr) {
        say(fmt::format("remark: nothing is written down for query {}", query.id));
    }
    if (answer.silent) {
        return;
    }
    const std::uint64_t id = query.id;
    if (answer.entry != nullptr && answer.entry->adjust.sleep > Duration{}) {
        queue_.at(queue_.now() + answer.entry->adjust.sleep,
                  [this, id, octets = answer.octets] { network_.deliver(id, octets); });
        return;
    }
    network_.deliver(id, answer.octets);
}

bool ReplayRunner::wait() {
    if (!waiting_since_) {
        waiting_since_ = queue_.now();
    }
    const std::optional<Instant> next = queue_.next_time();
    if (!next || *next > *waiting_since_ + wait_max) {
        return false;
    }
    return run_until(*next);
}

std::uint32_t ReplayRunner::current_step() const {
    // Past the last step everything that is still asked belongs to it.
    return scenario_.steps[std::min(at_, scenario_.steps.size() - 1)].number;
}

void ReplayRunner::go_on() {
    ++at_;
    waiting_since_.reset();
    last_difference_.clear();
}

bool ReplayRunner::fail(const Step& step, std::string why) {
    if (result_.verdict == Verdict::passed) {
        result_ = {.verdict = Verdict::failed,
                   .line = step.line,
                   .why = fmt::format("step {}: {}", step.number, why)};
    }
    return false;
}

namespace {

ReplayResult play(const Scenario& scenario, const ScenarioSettings& settings,
                  SubjectFactory& factory, const ReplayOptions& options) {
    if (settings.minimise_qname) {
        ReplayRunner runner(scenario, settings, factory, options);
        return runner.run();
    }
    ReplayResult result;
    for (const Minimising& way : ways) {
        ScenarioSettings one_way = settings;
        one_way.minimise_qname = way.on;
        one_way.minimise_type = way.type;
        ReplayRunner runner(scenario, one_way, factory, options);
        result = runner.run();
        if (result.verdict == Verdict::failed) {
            result.why += fmt::format(" ({})", way.words);
            return result;
        }
    }
    return result;
}

}  // namespace

ReplayResult replay(const Scenario& scenario, const ScenarioSettings& settings,
                    SubjectFactory& factory, const ReplayOptions& options) {
    if (!settings.needs.empty()) {
        return {.verdict = Verdict::skipped,
                .why = fmt::format("{}", fmt::join(settings.needs, ", "))};
    }
    ReplayResult result = play(scenario, settings, factory, options);
    if (result.verdict == Verdict::failed && !settings.without.empty()) {
        result.verdict = Verdict::skipped;
        result.why = fmt::format("{}; {}", fmt::join(settings.without, ", "), result.why);
    }
    return result;
}

}  // namespace wend::sim
