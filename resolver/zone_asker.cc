#include "resolver/zone_asker.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace wend {

namespace {

// Every address twice over UDP and once over TCP, and the lookups in between.
constexpr int rounds_max = 3 * servers_asked_max + server_names_per_delegation_max;

void note_trouble(Trouble trouble, std::optional<ZoneQuota::Place>& place) {
    if (place && trouble == Trouble::timeout) {
        place->note_timeout();
    } else if (place && trouble == Trouble::none) {
        place->note_reply();
    }
}

bool has_been_tried(const Tried& tried) {
    return tried.timeouts > 0 || tried.tcp || tried.refused || tried.refused_minimised ||
           tried.bogus;
}

// What is found for the sake of a server's name is not yet a step of the query itself.
void note_step(const Quest& quest, Instant now) {
    if (!quest.seeks_server()) {
        quest.errand.note_step(now);
    }
}

dns::Reason reason_without_address(const ZoneServers& zone, bool cyclic, dns::Reason limit,
                                   const Quest& quest) {
    if (limit != dns::Reason::none) {
        return limit;
    }
    if (cyclic) {
        return dns::Reason::cyclic_delegation;
    }
    if (!zone.unresolved.empty() && quest.depth >= depth_max) {
        return dns::Reason::budget_depth;
    }
    const bool configured = zone.source != ZoneSource::referral && zone.source != ZoneSource::cache;
    return configured ? dns::Reason::no_reachable_server : dns::Reason::no_address_for_servers;
}

}  // namespace

bool is_hopeless(const Candidate& server) {
    return server.family_down || server.record.silent;
}

bool is_useful(ResponseKind kind) {
    switch (kind) {
        case ResponseKind::answer:
        case ResponseKind::alias:
        case ResponseKind::referral:
        case ResponseKind::no_data:
        case ResponseKind::name_error:
            return true;
        default:
            return false;
    }
}

ZoneAsker::ZoneAsker(const World& world, const ResolverOptions& options, const ServerFilter& filter,
                     AddressSource& addresses)
    : world_(world),
      options_(options),
      filter_(filter),
      addresses_(addresses),
      upstream_(world, options, filter),
      quota_(world.random),
      asked_now_(world.random) {}

Task<Finding> ZoneAsker::ask(ZoneServers& zone, const dns::Question& question, bool minimised,
                             const Quest& quest) {
    State state;
    const AskedNow::Mark mark = asked_now_.mark_of(zone.zone, question);
    for (int round = 0; round < rounds_max && zone.clear_errors < clear_errors_max; ++round) {
        const std::vector<Candidate> servers = candidates(zone, state, quest);
        const std::optional<std::size_t> pick =
            select_server(servers, world_.clock.now(), world_.random, asked_now_.find(mark));
        const bool fresh = pick && is_fresh(servers[*pick]);
        const bool promising = fresh && !is_hopeless(servers[*pick]);
        if (!promising && may_look_up(zone, servers, quest)) {
            co_await look_up_next(zone, servers, state, quest);
            continue;
        }
        if ((!fresh || servers[*pick].record.silent) && add_parent_side_addresses(zone, quest)) {
            continue;
        }
        if (state.timeouts == 0 && is_silent(zone, servers, quest)) {
            AcceptedPtr said = co_await ask_silent(zone, servers, question, state, quest);
            if (said) {
                co_return std::move(said);
            }
            if (state.silent) {
                break;
            }
            continue;
        }
        if (!pick || (minimised && !fresh)) {
            break;
        }
        std::optional<ZoneQuota::Place> place = find_place(zone, state);
        if (state.overloaded) {
            break;
        }
        probe_tried(zone, servers, question, state, fresh, quest);
        tell_next(state, fresh, zone, quest);
        const Ask ask{.zone = zone,
                      .candidate = servers[*pick],
                      .server_name = zone.addresses[*pick].name,
                      .question = question,
                      .minimised = minimised};
        const AskedNow::Note note = asked_now_.note(mark, ask.candidate.endpoint);
        Said said = co_await upstream_.ask(ask, quest);
        note_trouble(said.trouble, place);
        const Verdict verdict = judge(said, ask, zone, quest, state);
        if (verdict == Verdict::useful) {
            note_step(quest, world_.clock.now());
            co_return std::move(said.accepted);
        }
        if (verdict == Verdict::give_up) {
            break;
        }
    }
    if (!minimised && !state.silent) {
        note_silence(zone, state, quest);
    }
    co_return conclude(zone, state, quest);
}

Finding ZoneAsker::conclude(const ZoneServers& zone, State& state, const Quest& quest) const {
    if (!state.last_resort) {
        return std::unexpected(explain(zone, state, quest));
    }
    quest.tell(world_.clock.now(), [&] {
        return event::NextStep{.step = event::Step::second_hand, .zone = zone.zone};
    });
    return std::move(state.last_resort);
}

// The root and the top-level domains are everybody's, and the servers of configured zones stand for
// many zones: none of these has a quota.
std::optional<ZoneQuota::Place> ZoneAsker::find_place(const ZoneServers& zone, State& state) {
    const bool is_shared = zone.zone.view().label_count() < 2 ||
                           zone.source == ZoneSource::forward || zone.source == ZoneSource::stub;
    if (is_shared) {
        return std::nullopt;
    }
    std::optional<ZoneQuota::Place> place = quota_.enter(zone.zone);
    state.overloaded = !place;
    return place;
}

std::vector<Candidate> ZoneAsker::candidates(const ZoneServers& zone, const State& state,
                                             const Quest& quest) const {
    const Instant now = world_.clock.now();
    std::vector<Candidate> servers;
    servers.reserve(zone.addresses.size());
    int tried_count = 0;
    for (const ServerAddress& address : zone.addresses) {
        Candidate& server = servers.emplace_back();
        server.endpoint = address.endpoint;
        server.record = world_.servers.find(address.endpoint, zone.zone, now);
        server.tried = quest.errand.tried(address.endpoint, zone.zone);
        server.family_down = upstream_.families().is_down(address.endpoint.ip, now);
        server.recursive = zone.recursive();
        server.seeks_address = quest.seeks_server();
        tried_count += has_been_tried(server.tried) ? 1 : 0;
        const bool heard =
            std::ranges::find(state.second_hand, address.endpoint) != state.second_hand.end();
        server.tried.refused = server.tried.refused || heard;
    }
    if (tried_count >= servers_asked_max) {
        for (Candidate& server : servers) {
            server.tried.refused = server.tried.refused || !has_been_tried(server.tried);
        }
    }
    return servers;
}

void ZoneAsker::tell_next(const State& state, bool fresh, const ZoneServers& zone,
                          const Quest& quest) const {
    if (state.timeouts + zone.clear_errors + state.unreachable == 0) {
        return;
    }
    quest.tell(world_.clock.now(), [&] {
        return event::NextStep{
            .step = fresh ? event::Step::next_server : event::Step::same_server_again,
            .zone = zone.zone};
    });
}

ZoneAsker::Verdict ZoneAsker::judge(Said& said, const Ask& ask, ZoneServers& zone,
                                    const Quest& quest, State& state) {
    const auto tried = [&]() -> Tried& {
        return quest.errand.trial(ask.candidate.endpoint, zone.zone);
    };
    Verdict verdict = Verdict::go_on;
    switch (said.trouble) {
        case Trouble::exhausted:
            return Verdict::give_up;
        case Trouble::silent:
            tried().tcp = true;
            ++state.timeouts;
            return Verdict::go_on;
        case Trouble::timeout:
            ++tried().timeouts;
            ++state.timeouts;
            return quest.seeks_server() && state.timeouts >= timeouts_below_max ? Verdict::give_up
                                                                                : Verdict::go_on;
        case Trouble::unreachable:
            tried().tcp = true;
            ++state.unreachable;
            return Verdict::go_on;
        case Trouble::failed:
            tried().tcp = true;
            state.heard = true;
            break;
        case Trouble::none:
            state.heard = true;
            verdict = judge_reply(said, ask, quest, state);
            break;
    }
    if (verdict == Verdict::useful) {
        return verdict;
    }
    ++zone.clear_errors;
    return verdict;
}

ZoneAsker::Verdict ZoneAsker::judge_reply(Said& said, const Ask& ask, const Quest& quest,
                                          State& state) {
    Accepted& accepted = *said.accepted;
    const bool useful = is_useful(accepted.kind);
    if (useful && !accepted.second_hand) {
        return Verdict::useful;
    }
    if (accepted.kind == ResponseKind::lame || accepted.second_hand) {
        state.lame = true;
        // It only puts the server last: a forger silences nobody with it.
        world_.servers.note_lame(ask.candidate.endpoint, ask.zone.zone, said.proved,
                                 world_.clock.now());
    }
    Tried& tried = quest.errand.trial(ask.candidate.endpoint, ask.zone.zone);
    if (ask.minimised) {
        tried.refused_minimised = true;
        return Verdict::give_up;
    }
    if (!useful) {
        tried.refused = true;
        return Verdict::go_on;
    }
    // It may be all that there is, for the zone's next question too: passed over for this one only.
    state.second_hand.push_back(ask.candidate.endpoint);
    if (!state.last_resort) {
        state.last_resort = std::move(said.accepted);
    }
    return Verdict::go_on;
}

Failure ZoneAsker::explain(const ZoneServers& zone, const State& state, const Quest& quest) const {
    Failure failure;
    if (state.overloaded) {
        failure.reason = dns::Reason::zone_overloaded;
    } else if (state.silent) {
        failure.reason = dns::Reason::zone_silent;
    } else if (quest.errand.budget.exhausted() != dns::Reason::none) {
        failure.reason = quest.errand.budget.exhausted();
    } else if (world_.clock.now() >= quest.deadline) {
        failure.reason = dns::Reason::deadline_passed;
    } else if (zone.addresses.empty()) {
        failure.reason = reason_without_address(zone, state.cyclic, state.limit, quest);
    } else if (zone.clear_errors > 0) {
        failure.reason = state.lame ? dns::Reason::lame_delegation : dns::Reason::server_failure;
    } else {
        failure.reason = dns::Reason::no_server_answered;
    }
    failure.detail = servers_of(zone.zone);
    failure.zone = zone.zone;
    return failure;
}

}  // namespace wend
