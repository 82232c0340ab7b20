#include "resolver/failure_memory.h"

namespace wend {

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
            return dns::is_bogus(reason);
    }
}

std::optional<dns::Reason> clients_failure(const dns::Question& question, bool checking_disabled,
                                           const World& world) {
    const std::optional<cache::Failures::Failure> failure =
        world.failures.find(question.qname, question.qtype, checking_disabled, world.clock.now());
    if (!failure) {
        return std::nullopt;
    }
    return failure->reason;
}

std::optional<dns::Reason> known_failure(const dns::Question& question, const Quest& quest,
                                         const World& world) {
    const std::optional<dns::Reason> of_clients =
        clients_failure(question, quest.errand.checking_disabled, world);
    if (quest.depth == 0) {
        return of_clients;
    }
    if (of_clients && lies_with_the_name(*of_clients) && !dns::is_bogus(*of_clients)) {
        return of_clients;
    }
    const std::optional<cache::Failures::Failure> failure = world.failures.find_errand(
        cache::Failures::Errand::own_need, question.qname, question.qtype, world.clock.now());
    return failure ? std::optional(failure->reason) : std::nullopt;
}

void note_failure(const dns::Question& question, dns::Reason reason, const Quest& quest,
                  const World& world) {
    const bool is_the_clients = quest.depth == 0 && question == quest.question;
    if (is_the_clients || !lies_with_the_name(reason)) {
        return;
    }
    const Instant now = world.clock.now();
    if (quest.depth == 0) {
        world.failures.note(question.qname, question.qtype, quest.errand.checking_disabled, reason,
                            now);
    } else {
        world.failures.note_errand(cache::Failures::Errand::own_need, question.qname,
                                   question.qtype, reason, now);
    }
}

}  // namespace wend
