#include "sim/sim_network.h"

#include <algorithm>
#include <bit>
#include <expected>
#include <memory>
#include <utility>

#include "base/check.h"
#include "base/undo.h"
#include "dns/message.h"

namespace wend::sim {

namespace {

NetError error_of(ReplyVerdict verdict) {
    switch (verdict) {
        case ReplyVerdict::case_lost:
            return NetError::case_lost;
        case ReplyVerdict::oversized:
            return NetError::oversized;
        case ReplyVerdict::unreadable:
            return NetError::unreadable;
        case ReplyVerdict::accept:
        case ReplyVerdict::discard:
        case ReplyVerdict::forgery_suspected:
            break;
    }
    return NetError::forgery_suspected;
}

bool is_reply(ReplyVerdict verdict, Channel channel) {
    return verdict == ReplyVerdict::accept ||
           (verdict == ReplyVerdict::case_lost && channel != Channel::udp);
}

}  // namespace

SimNetwork::~SimNetwork() {
    check(flights_.empty(), "every exchange has ended before its network does");
}

void SimNetwork::start(Exchange& exchange) {
    const FlightId id = ++last_id_;
    exchange.slot = std::bit_cast<void*>(static_cast<std::uintptr_t>(id));
    const Instant sent = timers_.now();
    Flight& flight = flights_
                         .emplace(id, Flight{&exchange, exchange.query().server,
                                             WireQuery(exchange.query(), random_), sent})
                         .first->second;
    Undo forget([this, id] { flights_.erase(id); });
    timers_.at(sent, [this, id] { depart(id); });
    flight.deadline = timers_.at(exchange.deadline(), [this, id] { expire(id); });
    note(PacketEvent::query, id, flight, flight.query.octets());
    forget.keep();
}

void SimNetwork::expire(FlightId id) {
    const auto found = flights_.find(id);
    if (found != flights_.end() && timers_.now() < found->second.exchange->deadline()) {
        found->second.deadline =
            timers_.at(found->second.exchange->deadline(), [this, id] { expire(id); });
        return;
    }
    finish(id, PacketEvent::timeout, std::unexpected(NetError::timeout));
}

void SimNetwork::abandon(Exchange& exchange) noexcept {
    const FlightId id = std::bit_cast<std::uintptr_t>(exchange.slot);
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
        return;
    }
    timers_.cancel(found->second.deadline);
    note(PacketEvent::abandoned, id, found->second, {});
    flights_.erase(found);
}

// The query reaches its server even if its asker has gone by then: a datagram is not called back.
// That happens only within one instant, so such a query is dropped here.
void SimNetwork::depart(FlightId id) {
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
        return;
    }
    const Flight& flight = found->second;
    const Endpoint server = flight.server;
    const Channel channel = flight.query.channel();
    ServerReply reply = servers_.on_query(server, channel, flight.query.octets(), timers_.now());
    if (reply.error) {
        timers_.at(timers_.now() + reply.error_delay, [this, id, error = *reply.error] {
            finish(id, PacketEvent::failed, std::unexpected(error));
        });
    }
    for (Delivery& delivery : reply.deliveries) {
        const Instant arrival = timers_.now() + delivery.delay;
        timers_.at(arrival, [this, id, server, channel, arriving = std::move(delivery)] {
            deliver(id, arriving, server, channel);
        });
    }
}

void SimNetwork::deliver(FlightId id, const Delivery& delivery, const Endpoint& server,
                         Channel channel) {
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
        trace_.note(TraceEntry{timers_.now(), PacketEvent::late, id, server, channel},
                    delivery.octets);
        return;
    }
    Flight& flight = found->second;
    if (delivery.from && *delivery.from != server) {  // a connected socket never sees it
        note(PacketEvent::discarded, id, flight, delivery.octets);
        return;
    }
    dns::Message message;
    const ReplyVerdict verdict = flight.filter.judge(flight.query, delivery.octets, message);
    if (verdict == ReplyVerdict::discard) {
        note(PacketEvent::discarded, id, flight, delivery.octets);
        return;
    }
    if (!is_reply(verdict, channel)) {
        finish(id, PacketEvent::failed, std::unexpected(error_of(verdict)), delivery.octets);
        return;
    }
    auto response = std::make_shared<Response>(Response{
        std::move(message), timers_.now() - flight.sent, channel, verdict == ReplyVerdict::accept});
    finish(id, PacketEvent::reply, std::move(response), delivery.octets);
}

void SimNetwork::finish(FlightId id, PacketEvent event, Reply reply, Octets message) {
    const auto found = flights_.find(id);
    if (found == flights_.end()) {
        return;
    }
    timers_.cancel(found->second.deadline);
    note(event, id, found->second, message);
    Exchange& exchange = *found->second.exchange;
    flights_.erase(found);
    exchange.settle(std::move(reply));  // last: what asked may be gone when it returns
}

void SimNetwork::note(PacketEvent event, FlightId id, const Flight& flight, Octets message) {
    trace_.note(TraceEntry{timers_.now(), event, id, flight.server, flight.query.channel()},
                message);
}

}  // namespace wend::sim
