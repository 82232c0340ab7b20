#include "replay/network.h"

#include <bit>
#include <expected>
#include <memory>
#include <utility>

#include "base/check.h"

namespace wend::sim {

ReplayNetwork::~ReplayNetwork() {
    check(flights_.empty(), "every exchange has ended before its network does");
}

void ReplayNetwork::start(Exchange& exchange) {
    const std::uint64_t id = ++last_id_;
    exchange.slot = std::bit_cast<void*>(static_cast<std::uintptr_t>(id));
    const Query& query = exchange.query();
    Flight& flight =
        flights_.try_emplace(id, Flight{&exchange, WireQuery(query, random_), queue_.now()})
            .first->second;
    flight.pending.id = id;
    flight.pending.server = query.server;
    flight.pending.channel = query.channel;
    check(flight.pending.message.assign(flight.query.octets()).has_value(),
          "what we send can be parsed");
    flight.deadline = queue_.at(exchange.deadline(), [this, id] { expire(id); });
    note(PacketEvent::query, flight, flight.query.octets());
}

void ReplayNetwork::expire(std::uint64_t id) {
    const auto found = flights_.find(id);
    if (found != flights_.end() && queue_.now() < found->second.exchange->deadline()) {
        found->second.deadline =
            queue_.at(found->second.exchange->deadline(), [this, id] { expire(id); });
        return;
    }
    fail(id, NetError::timeout);
}

void ReplayNetwork::abandon(Exchange& exchange) noexcept {
    const std::uint64_t id = std::bit_cast<std::uintptr_t>(exchange.slot);
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
        return;
    }
    queue_.cancel(found->second.deadline);
    note(PacketEvent::abandoned, found->second, {});
    flights_.erase(found);
}

std::vector<PendingQuery*> ReplayNetwork::pending() {
    std::vector<PendingQuery*> newest_first;
    for (auto flight = flights_.rbegin(); flight != flights_.rend(); ++flight) {
        newest_first.push_back(&flight->second.pending);
    }
    return newest_first;
}

PendingQuery* ReplayNetwork::find(std::uint64_t id) {
    const auto found = flights_.find(id);
    return found == flights_.end() ? nullptr : &found->second.pending;
}

void ReplayNetwork::deliver(std::uint64_t id, Octets answer) {
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
        return;
    }
    Flight& flight = found->second;
    flight.pending.answered = true;
    const Channel channel = flight.query.channel();
    dns::Message message;
    const ReplyVerdict verdict = flight.filter.judge(flight.query, answer, message);
    const bool stream = channel != Channel::udp;
    if (verdict == ReplyVerdict::accept || (verdict == ReplyVerdict::case_lost && stream)) {
        finish(id, PacketEvent::reply,
               std::make_shared<Response>(Response{std::move(message), queue_.now() - flight.sent,
                                                   channel, verdict == ReplyVerdict::accept}),
               answer);
        return;
    }
    switch (verdict) {
        case ReplyVerdict::case_lost:
            finish(id, PacketEvent::failed, std::unexpected(NetError::case_lost), answer);
            return;
        case ReplyVerdict::oversized:
            finish(id, PacketEvent::failed, std::unexpected(NetError::oversized), answer);
            return;
        case ReplyVerdict::forgery_suspected:
            finish(id, PacketEvent::failed, std::unexpected(NetError::forgery_suspected), answer);
            return;
        case ReplyVerdict::unreadable:
            finish(id, PacketEvent::failed, std::unexpected(NetError::unreadable), answer);
            return;
        case ReplyVerdict::accept:
        case ReplyVerdict::discard:
            note(PacketEvent::discarded, flight, answer);
            return;
    }
}

void ReplayNetwork::fail(std::uint64_t id, NetError error) {
    const PacketEvent event =
        error == NetError::timeout ? PacketEvent::timeout : PacketEvent::failed;
    finish(id, event, std::unexpected(error), {});
}

void ReplayNetwork::finish(std::uint64_t id, PacketEvent event, Reply reply, Octets message) {
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
        return;
    }
    queue_.cancel(found->second.deadline);
    note(event, found->second, message);
    Exchange& exchange = *found->second.exchange;
    flights_.erase(found);
    exchange.settle(std::move(reply));  // last: what asked may be gone when it returns
}

void ReplayNetwork::note(PacketEvent event, const Flight& flight, Octets message) {
    trace_.note(TraceEntry{queue_.now(), event, flight.pending.id, flight.pending.server,
                           flight.pending.channel},
                message);
}

}  // namespace wend::sim
