#include "server/upstream_counts.h"

#include <utility>

namespace wend {

static_assert(place_of(UpstreamOutcome::no_resources) == place_of(NetError::no_resources) + 1 &&
                  place_of(UpstreamOutcome::case_lost) == place_of(NetError::case_lost) + 1,
              "behind a reply outcomes are the network's errors");

Path path_of(Channel channel, const IpAddress& address) {
    return static_cast<Path>(2 * std::to_underlying(channel) + (address.is_v4() ? 0 : 1));
}

UpstreamOutcome outcome_of(NetError error) {
    return static_cast<UpstreamOutcome>(std::to_underlying(error) + 1);
}

void UpstreamCounts::on_query(const Query& query) noexcept {
    board_.stats.add_upstream(path_of(query.channel, query.server.ip));
}

void UpstreamCounts::on_reply(const Query& query, const Reply& reply) noexcept {
    if (!reply) {
        board_.stats.add(outcome_of(reply.error()));
        return;
    }
    board_.stats.add(UpstreamOutcome::reply);
    board_.round_trip[query.channel == Channel::udp ? 0 : 1].add((*reply)->round_trip);
}

}  // namespace wend
