#include "resolver/select.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace wend {

namespace {

// Lower is better; equal ones are told apart by round trip.
auto standing(const Candidate& candidate, Instant now) {
    const Tried& tried = candidate.tried;
    const bool thought_dead = candidate.family_down || candidate.record.quiet_until > now;
    const bool failed = tried.timeouts > 0 || tried.refused_minimised || tried.tcp;
    return std::tuple(!tried.doubted, failed, thought_dead, candidate.record.lame, tried.timeouts);
}

Duration expected_round_trip(const Candidate& candidate) {
    return candidate.record.known ? candidate.record.smoothed_round_trip : round_trip_unknown;
}

}  // namespace

bool is_usable(const Candidate& candidate) {
    const Tried& tried = candidate.tried;
    if (tried.refused || tried.tcp) {
        return false;
    }
    return tried.timeouts < timeouts_max || !(candidate.recursive || candidate.datagrams_only);
}

bool is_fresh(const Candidate& candidate) {
    return is_usable(candidate) && candidate.tried.timeouts == 0 &&
           !candidate.tried.refused_minimised;
}

std::optional<std::size_t> select_server(std::span<const Candidate> candidates, Instant now,
                                         Random& random, const std::optional<Endpoint>& asked_now) {
    std::vector<std::size_t> best;
    best.reserve(candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!is_usable(candidates[i])) {
            continue;
        }
        if (!best.empty()) {
            const auto mine = standing(candidates[i], now);
            const auto theirs = standing(candidates[best.front()], now);
            if (mine > theirs) {
                continue;
            }
            if (mine < theirs) {
                best.clear();
            }
        }
        best.push_back(i);
    }
    if (best.empty()) {
        return std::nullopt;
    }
    if (!random.chance(exploration_percent)) {
        Duration least = Duration::max();
        for (const std::size_t i : best) {
            least = std::min(least, expected_round_trip(candidates[i]));
        }
        std::erase_if(
            best, [&](std::size_t i) { return expected_round_trip(candidates[i]) > least + band; });
    }
    const auto joined = std::ranges::find_if(
        best, [&](std::size_t i) { return asked_now == candidates[i].endpoint; });
    return joined != best.end() ? *joined : best[random.below(best.size())];
}

Channel channel_for(const Candidate& candidate, bool mixed_case) {
    const bool stream = (candidate.record.loses_case && mixed_case) || candidate.tried.doubted ||
                        candidate.tried.timeouts >= timeouts_max;
    return stream ? Channel::tcp : Channel::udp;
}

Duration patience_for(const Candidate& candidate, Channel channel) {
    const cache::ServerRecord& record = candidate.record;
    Duration patience = patience_unknown;
    if (record.known) {
        const Duration measured = record.smoothed_round_trip + 4 * record.variation;
        patience = std::clamp(measured, patience_min, patience_max);
    }
    if (candidate.recursive) {
        patience = std::max(patience, patience_recursive_min);
    }
    if (channel != Channel::udp) {
        patience *= 2;  // a round trip more for the connection
    }
    return std::min(patience * (1 << std::min(candidate.tried.timeouts, 2U)), patience_max);
}

void FamilyHealth::note_reply(const IpAddress& server) {
    family(server) = {};
}

void FamilyHealth::note(const IpAddress& server, unsigned weight, Instant now) {
    Family& mine = family(server);
    mine.weight += weight;
    if (mine.weight >= weight_to_down) {
        mine.weight = weight_to_down;
        mine.down_until = now + down_time;
    }
}

bool FamilyHealth::is_down(const IpAddress& server, Instant now) const {
    return families_[server.is_v4() ? 0 : 1].down_until > now;
}

}  // namespace wend
