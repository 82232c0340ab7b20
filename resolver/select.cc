#include "resolver/select.h"

#include <algorithm>
#include <tuple>

namespace wend {

namespace {

// Lower is better; equal ones are told apart by round trip.
using Standing = std::tuple<bool, bool, bool, bool, unsigned>;

Standing standing(const Candidate& candidate, Instant now) {
    const Tried& tried = candidate.tried;
    const bool thought_dead =
        candidate.family_down || candidate.record.silent || candidate.record.quiet_until > now;
    const bool failed = tried.timeouts > 0 || tried.refused_minimised || tried.tcp || tried.bogus;
    return {!tried.doubted, failed, thought_dead, candidate.record.lame, tried.timeouts};
}

Duration expected_round_trip(const Candidate& candidate) {
    return candidate.record.known ? candidate.record.smoothed_round_trip : round_trip_unknown;
}

// What the best of the usable have in common.
struct Front {
    Standing standing;
    Duration least_round_trip;
};

std::optional<Front> front_of(std::span<const Candidate> candidates, Instant now) {
    std::optional<Front> front;
    for (const Candidate& candidate : candidates) {
        if (!is_usable(candidate)) {
            continue;
        }
        const Front own{standing(candidate, now), expected_round_trip(candidate)};
        if (!front || own.standing < front->standing) {
            front = own;
        } else if (own.standing == front->standing) {
            front->least_round_trip = std::min(front->least_round_trip, own.least_round_trip);
        }
    }
    return front;
}

}  // namespace

bool is_usable(const Candidate& candidate) {
    const Tried& tried = candidate.tried;
    if (tried.refused || tried.tcp || (tried.bogus && !candidate.seeks_address)) {
        return false;
    }
    return tried.timeouts < timeouts_max || !(candidate.recursive || candidate.seeks_address);
}

bool is_fresh(const Candidate& candidate) {
    const Tried& tried = candidate.tried;
    return is_usable(candidate) && tried.timeouts == 0 && !tried.refused_minimised && !tried.bogus;
}

std::optional<std::size_t> select_server(std::span<const Candidate> candidates, Instant now,
                                         Random& random, const std::optional<Endpoint>& asked_now) {
    const std::optional<Front> front = front_of(candidates, now);
    if (!front) {
        return std::nullopt;
    }
    const Duration slowest =
        random.chance(exploration_percent) ? Duration::max() : front->least_round_trip + band;
    const auto is_in = [&](const Candidate& candidate) {
        return is_usable(candidate) && standing(candidate, now) == front->standing &&
               expected_round_trip(candidate) <= slowest;
    };
    const auto index_of = [&](auto place) {
        return static_cast<std::size_t>(place - candidates.begin());
    };
    const auto joined = std::ranges::find_if(candidates, [&](const Candidate& candidate) {
        return asked_now == candidate.endpoint && is_in(candidate);
    });
    if (joined != candidates.end()) {
        return index_of(joined);
    }
    auto skipped = random.below(static_cast<std::size_t>(std::ranges::count_if(candidates, is_in)));
    return index_of(std::ranges::find_if(candidates, [&](const Candidate& candidate) {
        return is_in(candidate) && skipped-- == 0;
    }));
}

Channel channel_for(const Candidate& candidate, bool mixed_case) {
    const bool stream = (candidate.record.loses_case && mixed_case) || candidate.tried.doubted ||
                        candidate.tried.timeouts >= timeouts_max;
    return stream ? Channel::tcp : Channel::udp;
}

Duration patience_for(const Candidate& candidate, Channel channel, bool heard) {
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
    patience *= 1 << std::min(candidate.tried.timeouts, 2U);
    if (channel != Channel::udp && (heard || candidate.tried.timeouts == 0)) {
        patience = std::max(patience, patience_stream_min);
    }
    return std::min(patience, patience_max);
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
