#include "replay/clients.h"

#include <utility>

#include "replay/scenario/packet.h"

namespace wend::sim {

namespace {

constexpr std::size_t answer_octets_max = 65'535;
constexpr std::uint16_t client_port = 40'000;

Client client_of(const Step& step) {
    Client client;
    client.address.ip = step.address ? step.address->ip : *IpAddress::from_text("127.0.0.1");
    client.address.port =
        step.address && step.address->port != 0 ? step.address->port : client_port;
    client.channel = step.entry->match.has(MatchToken::tcp) ? Channel::tcp : Channel::udp;
    return client;
}

ClientQuery query_of(const Step& step, std::uint16_t id, Dialect dialect) {
    ClientQuery query{.step = step.number,
                      .line = step.line,
                      .client = client_of(step),
                      .octets = client_query(*step.entry, id, dialect)};
    query.raw = step.entry->first().octets.has_value();
    if (const auto message = dns::Message::parse(query.octets); message && message->edns()) {
        query.has_edns = true;
        query.dnssec_ok = message->edns()->dnssec_ok;
    }
    return query;
}

}  // namespace

std::uint64_t ReplayClients::ask(const Step& step) {
    const std::uint64_t token = ++last_token_;
    const auto id = static_cast<std::uint16_t>(random_.next());
    // The table first: the handler may answer through send() before it returns.
    const ClientQuery& query = waiting_.emplace(token, query_of(step, id, dialect_)).first->second;
    const std::vector<std::uint8_t> octets = query.octets;
    const Client client = query.client;
    std::vector<std::uint8_t> out(answer_octets_max);
    const QueryResult result = handler_.on_query(octets, client, *this, token, out);
    if (result.outcome == Outcome::answered) {
        send(token, client, Octets(out).first(result.size));
    } else if (result.outcome == Outcome::dropped) {
        waiting_.erase(token);
    }
    return token;
}

const ClientQuery* ReplayClients::find(std::uint64_t token) const {
    const auto found = waiting_.find(token);
    return found == waiting_.end() ? nullptr : &found->second;
}

void ReplayClients::send(std::uint64_t token, const Client&, Octets message) {
    const auto found = waiting_.find(token);
    if (found == waiting_.end()) {
        return;
    }
    answers_.push_back({.token = token,
                        .query = std::move(found->second),
                        .octets = std::vector(message.begin(), message.end()),
                        .at = queue_.now()});
    waiting_.erase(found);
}

}  // namespace wend::sim
