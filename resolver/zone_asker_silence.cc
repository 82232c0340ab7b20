// Zones whose servers are all silent: their questions fail at once, and a few probes notice when a
// server is back.
#include <algorithm>
#include <utility>

#include "resolver/zone_asker.h"

namespace wend {

namespace {

bool was_silent(const Tried& tried) {
    return tried.timeouts > 0 || tried.tcp;
}

int packets_for(const cache::ServerRecord& record) {
    if (record.answered) {
        return probe_packets_max;
    }
    return record.silent ? probe_packets_later : probe_packets_first;
}

// The address of the name, unless that is what the server is being asked for already.
dns::Question second_question(const ZoneServers& zone, const Candidate& server,
                              const dns::Question& question) {
    const bool is_asked = question.qtype == dns::Type::a && !server.record.silent;
    return is_asked ? dns::Question{.qname = zone.zone, .qtype = dns::Type::soa}
                    : dns::Question{.qname = question.qname, .qtype = dns::Type::a};
}

// What is claimed for all must be done in earnest: a query that has spent its means on the way
// leaves it to others.
bool can_ask_in_full(const Quest& quest, Instant now) {
    return quest.errand.budget.may_probe(0) && now + recheck_time_min <= quest.ends_at();
}

}  // namespace

// A forwarder is silent for the sake of others' servers, which says nothing about the next name.
bool ZoneAsker::is_silent(const ZoneServers& zone, std::span<const Candidate> servers,
                          const Quest& quest) const {
    const auto is_silent = [](const Candidate& server) { return server.record.silent; };
    return !zone.recursive() && !quest.errand.defies_silence &&
           std::ranges::any_of(servers, is_silent) && std::ranges::all_of(servers, is_hopeless);
}

Task<AcceptedPtr> ZoneAsker::ask_silent(const ZoneServers& zone, std::span<const Candidate> servers,
                                        const dns::Question& question, State& state,
                                        const Quest& quest) {
    const Instant now = world_.clock.now();
    quest.tell(
        now, [&] { return event::NextStep{.step = event::Step::zone_silent, .zone = zone.zone}; });
    if (can_ask_in_full(quest, now) && world_.servers.claim_recheck(zone.zone, now)) {
        quest.errand.defies_silence = true;
        co_return nullptr;
    }
    const std::optional<std::size_t> due = probe(zone, servers, question, quest);
    state.silent = !due;
    if (!due) {
        co_return nullptr;
    }
    Quest brief = quest;
    brief.deadline = std::min(quest.deadline, now + silent_zone_patience);
    const Ask ask{.zone = zone,
                  .candidate = servers[*due],
                  .server_name = zone.addresses[*due].name,
                  .question = question};
    Said said = co_await upstream_.ask(ask, brief);
    if (said.trouble != Trouble::none || !is_useful(said.accepted->kind) ||
        said.accepted->second_hand) {
        state.silent = is_silent(zone, candidates(zone, state, quest), quest);
        co_return nullptr;
    }
    co_return std::move(said.accepted);
}

std::optional<std::size_t> ZoneAsker::probe(const ZoneServers& zone,
                                            std::span<const Candidate> servers,
                                            const dns::Question& question, const Quest& quest) {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < servers.size() && probes_.running() < probes_max; ++i) {
        const Endpoint& server = servers[i].endpoint;
        const Tried& tried = servers[i].tried;
        const int packets = packets_for(servers[i].record);
        const bool is_wanted = servers[i].record.silent || (was_silent(tried) && !tried.probed);
        if (!is_wanted || !quest.errand.budget.may_probe(packets) ||
            !world_.servers.claim_probe(server, zone.zone, world_.clock.now())) {
            continue;
        }
        quest.errand.budget.spend_probe(packets);
        quest.errand.trial(server, zone.zone).probed = true;
        Candidate fresh = servers[i];
        fresh.tried = {};
        Probe probe{.server = server,
                    .zone = zone.zone,
                    .second = second_question(zone, servers[i], question),
                    .patience = 2 * patience_for(fresh, Channel::udp),
                    .packets = packets};
        probes_.spawn(upstream_.probe(std::move(probe)));
        first = first ? first : i;
    }
    return first;
}

// A server may pass over a name or a type in silence and serve the zone all the same: that it is
// silent is not believed before it was asked for something that it must know.
void ZoneAsker::probe_tried(const ZoneServers& zone, std::span<const Candidate> servers,
                            const dns::Question& question, const State& state, bool fresh,
                            const Quest& quest) {
    const bool is_time = !fresh || state.timeouts >= timeouts_before_probe;
    if (is_time && !state.heard && !quest.seeks_server() && !zone.recursive()) {
        probe(zone, servers, question, quest);
    }
}

void ZoneAsker::note_silence(const ZoneServers& zone, const State& state, const Quest& quest) {
    const bool is_whole = !state.heard && state.timeouts > 0 && !state.overloaded &&
                          zone.clear_errors == 0 && !quest.seeks_server() && !zone.recursive() &&
                          quest.errand.budget.exhausted() == dns::Reason::none;
    if (!is_whole) {
        return;
    }
    quest.errand.defies_silence = true;  // what is left of this query is not answered by itself
    const Instant now = world_.clock.now();
    for (const Candidate& server : candidates(zone, state, quest)) {
        if (was_silent(server.tried)) {
            world_.servers.note_silent(server.endpoint, zone.zone, quest.errand.began_at, now);
        }
    }
}

}  // namespace wend
