// What each type of step does.
#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "replay/compare.h"
#include "replay/runner.h"
#include "replay/scenario/lines.h"
#include "replay/scenario/packet.h"

namespace wend::sim {

namespace {

// The difference between an answer that came and what a step expects.
std::optional<std::string> answer_difference(const Step& step, const ClientAnswer& answer,
                                             Dialect dialect) {
    const auto message = dns::Message::parse(answer.octets);
    if (!message) {
        return fmt::format("expected a message, got {} octets with {}", answer.octets.size(),
                           dns::describe(message.error()));
    }
    const Octets asked = answer.query.octets;
    if (asked.size() >= 2 && load_u16(asked, 0) != message->header().id) {
        return fmt::format("expected id {}, got {}", load_u16(asked, 0), message->header().id);
    }
    if (step.address && step.address->ip != answer.query.client.address.ip) {
        return fmt::format("expected an answer to {}, got one to {}", step.address->ip.to_text(),
                           answer.query.client.address.ip.to_text());
    }
    const Observed observed{.message = *message,
                            .channel = answer.query.client.channel,
                            .query_has_edns = answer.query.has_edns,
                            .query_dnssec_ok = answer.query.dnssec_ok};
    return difference(*step.entry, observed, dialect);
}

// Without RD a scenario may look for a referral from its own tool's cache, in the authority section
// or, to a question for another type than NS, in the answer. What a cache holds of the way to an
// answer is no client's business, and the portable profile leaves such steps out.
bool inspects_cache(const Step& step, const ClientAnswer& answer) {
    const Packet& expected = step.entry->first();
    const auto& answered = expected.records(dns::Section::answer);
    const auto& referral = answered.empty() ? expected.records(dns::Section::authority) : answered;
    const bool asks_for_ns =
        !expected.questions.empty() && expected.questions.front().qtype == dns::Type::ns;
    const bool recursion_desired =
        answer.query.octets.size() > 2 && (answer.query.octets[2] & 1) != 0;
    return !recursion_desired && expected.rcode == dns::Rcode::noerror && !referral.empty() &&
           (answered.empty() || !asks_for_ns) &&
           std::ranges::all_of(referral, [](const dns::ZoneRecord& record) {
               return record.type == dns::Type::ns;
           });
}

bool same_question(const Entry& entry, const dns::Message& query) {
    const auto& questions = entry.first().questions;
    return !questions.empty() && query.question() && questions.front() == *query.question();
}

std::string without_trailing_blanks(std::string_view line) {
    const std::size_t last = line.find_last_not_of(" \t\r");
    return std::string(line.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

}  // namespace

bool ReplayRunner::execute(const Step& step) {
    switch (step.type) {
        case StepType::query:
            go_on();
            say(fmt::format("step {} QUERY", step.number));
            clients_.ask(step);
            return true;
        case StepType::check_answer:
            return wait() || fail(step, last_difference_.empty() ? "expected an answer, got none"
                                                                 : last_difference_);
        case StepType::check_out_query:
            return wait() || fail(step, "expected an upstream query like this, got none");
        case StepType::reply:
            return answer_pending(step);
        case StepType::timeout:
        case StepType::error:
            return fail_pending(step);
        case StepType::time_passes:
            return pass_time(step);
        case StepType::assign:
            return assign(step);
        case StepType::check_autotrust:
        case StepType::check_temp_file:
            return check_file(step);
        case StepType::infra_rtt:
            subject_->note_round_trip(*step.address, step.question.qname, step.round_trip);
            break;
        case StepType::flush_message:
        case StepType::expire_message:
            subject_->forget(step.question);
            break;
        case StepType::nothing:
        case StepType::traffic:
            break;
    }
    go_on();
    return true;
}

bool ReplayRunner::execute_deckard(const Step& step) {
    say(fmt::format("step {} {}", step.number, to_text(step.type)));
    switch (step.type) {
        case StepType::query:
            return ask_and_wait(step);
        case StepType::check_answer:
            return check_last_answer(step);
        case StepType::time_passes:
            return run_until(queue_.now() + step.elapse) ||
                   fail(step, "expected an end, got events without end");
        case StepType::reply:
        case StepType::check_out_query:
            return true;
        default:
            return fail(step, fmt::format("expected a step of Deckard's language, got {}",
                                          to_text(step.type)));
    }
}

// A client of Deckard's waits for its answer; one that sends raw octets does not.
bool ReplayRunner::ask_and_wait(const Step& step) {
    clients_.answers().clear();
    const std::uint64_t token = clients_.ask(step);
    const bool raw = step.entry->first().octets.has_value();
    for (int round = 0; round < rounds_max; ++round) {
        settle();
        const bool has_answer = !clients_.answers().empty();
        if (has_answer || !clients_.is_waiting(token)) {
            return has_answer || raw || fail(step, "expected an answer, got none");
        }
        if (!deliver_one() && (raw || !wait())) {
            return raw || fail(step, "expected an answer, got none");
        }
    }
    return fail(step, fmt::format("expected an end, got {} rounds", rounds_max));
}

bool ReplayRunner::check_last_answer(const Step& step) {
    if (clients_.answers().empty()) {
        return fail(step, "expected an answer, got none");
    }
    const auto found = answer_difference(step, clients_.answers().back(), scenario_.dialect);
    return !found || fail(step, *found);
}

bool ReplayRunner::take_answer(const Step& step) {
    std::string first_difference;
    auto& answers = clients_.answers();
    for (auto answer = answers.begin(); answer != answers.end(); ++answer) {
        const auto found = answer_difference(step, *answer, scenario_.dialect);
        if (found && inspects_cache(step, *answer)) {
            say(fmt::format("remark: step {} looks into the cache and is left out", step.number));
            answers.erase(answer);
            return true;
        }
        if (!found) {
            say(fmt::format("step {} CHECK_ANSWER holds", step.number));
            answers.erase(answer);
            return true;
        }
        if (first_difference.empty()) {
            first_difference = *found;
            say(fmt::format("answer {}", summary(answer->octets)));
        }
    }
    last_difference_ = first_difference;
    return false;
}

bool ReplayRunner::take_out_query(const Step& step) {
    for (PendingQuery* query : network_.pending()) {
        const Observed observed{
            .message = query->message, .channel = query->channel, .is_answer = false};
        const bool to_it = !step.address || step.address->ip == query->server.ip;
        if (!query->checked && to_it && !difference(*step.entry, observed, scenario_.dialect)) {
            query->checked = true;
            say(fmt::format("step {} CHECK_OUT_QUERY is query {}", step.number, query->id));
            return true;
        }
    }
    return false;
}

PendingQuery* ReplayRunner::meant_by(const Step& step) {
    PendingQuery* newest = nullptr;
    for (PendingQuery* query : network_.pending()) {
        if (query->answered) {
            continue;
        }
        if (newest == nullptr) {
            newest = query;
        }
        if (step.entry && same_question(*step.entry, query->message)) {
            return query;
        }
    }
    return newest;
}

bool ReplayRunner::answer_pending(const Step& step) {
    PendingQuery* query = meant_by(step);
    if (query == nullptr) {
        return wait() || fail(step, "expected a pending query to reply to, got none");
    }
    say(fmt::format("step {} REPLY to query {}", step.number, query->id));
    go_on();
    const CannedAnswer answer{
        .entry = &*step.entry,
        .octets = canned_answer(*step.entry, 0, query->message, scenario_.dialect)};
    deliver(*query, answer);
    return true;
}

bool ReplayRunner::fail_pending(const Step& step) {
    const PendingQuery* query = meant_by(step);
    if (query == nullptr) {
        return wait() || fail(step, "expected a pending query, got none");
    }
    say(fmt::format("step {} {} of query {}", step.number, to_text(step.type), query->id));
    go_on();
    const bool timeout = step.type == StepType::timeout;
    network_.fail(query->id, timeout ? NetError::timeout : NetError::reset);
    return true;
}

// Answers have no latency: what timers ask on the way is answered when they ask, as of the step
// that comes next.
bool ReplayRunner::pass_time(const Step& step) {
    Duration elapse = step.elapse;
    if (!step.text.empty()) {
        const auto text = expand(step, step.text);
        const auto seconds = text ? seconds_of(trimmed(*text)) : std::nullopt;
        if (!seconds) {
            return fail(step, "expected a number of seconds from EVAL, got something else");
        }
        elapse = *seconds;
    }
    const Instant until = queue_.now() + elapse;
    say(fmt::format("step {} TIME_PASSES", step.number));
    go_on();
    for (int round = 0; round < rounds_max; ++round) {
        const std::optional<Instant> next = queue_.next_time();
        if (!next || *next > until) {
            run_until(until);
            return true;
        }
        run_until(*next);
        while (at_ < scenario_.steps.size() && deliver_one()) {
            settle();
        }
    }
    return fail(step, "expected an end, got events without end");
}

bool ReplayRunner::assign(const Step& step) {
    const auto text = expand(step, step.text);
    if (!text) {
        return false;
    }
    variables_[step.variable] = *text;
    go_on();
    return true;
}

bool ReplayRunner::check_file(const Step& step) {
    const auto file = subject_->file(step.id);
    if (!file) {
        return fail(step, fmt::format("expected the file {}, got none", step.id));
    }
    ScenarioLines got(*file);
    for (const std::string& line : step.lines) {
        const auto expected = expand(step, line);
        if (!expected) {
            return false;
        }
        const std::string found = without_trailing_blanks(got.next().value_or(""));
        if (without_trailing_blanks(*expected) != found) {
            return fail(
                step, fmt::format("expected in {} \"{}\", got \"{}\"", step.id, *expected, found));
        }
    }
    if (const auto rest = got.next()) {
        return fail(step, fmt::format("expected the end of {}, got \"{}\"", step.id, *rest));
    }
    go_on();
    return true;
}

MacroContext ReplayRunner::macros() {
    MacroContext context{.variables = variables_, .time = clock_.wall_now()};
    if (const auto next = queue_.next_time(); next && *next > queue_.now()) {
        context.next_timer =
            std::chrono::duration_cast<std::chrono::seconds>(*next - queue_.now()).count();
    }
    return context;
}

std::optional<std::string> ReplayRunner::expand(const Step& step, std::string_view text) {
    auto expanded = expand_macros(text, macros());
    if (!expanded) {
        fail(step, fmt::format("expected a text with macros, but {}", expanded.error()));
        return std::nullopt;
    }
    return *expanded;
}

}  // namespace wend::sim
