#include "sim/sim_internet.h"

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "dns/message.h"
#include "dns/message_builder.h"

namespace wend::sim {

namespace {

using dns::Rcode;

std::optional<Rcode> refusal(const Manners& manners) {
    if (manners.refusing) {
        return Rcode::refused;
    }
    if (manners.failing) {
        return Rcode::servfail;
    }
    return std::nullopt;
}

// The root's NS and nothing else, whatever was asked.
ZonePtr signpost_to_root() {
    constexpr std::string_view text =
        ". 3600 IN SOA a.root. hostmaster.root. 1 3600 600 86400 300\n"
        ". 3600 IN NS a.root.\n";
    auto zone = Zone::from_text(text, dns::NameView());
    check(zone.has_value(), "the signpost is a zone");
    return std::make_shared<const Zone>(std::move(*zone));
}

std::vector<std::uint8_t> refer_to_root(Octets query) {
    std::vector<std::uint8_t> response = respond_with_rcode(query, Rcode::noerror);
    if (response.empty()) {
        return response;
    }
    const dns::RRset servers = *signpost_to_root()->find(dns::NameView())->find(dns::Type::ns);
    const auto message = dns::Message::parse(response);
    check(message.has_value(), "a response of our own is well formed");
    std::array<std::uint8_t, 512> buffer{};
    dns::MessageBuilder builder(buffer, buffer.size());
    builder.start(message->header(), Rcode::noerror,
                  message->question() ? &*message->question() : nullptr);
    if (!builder.add(dns::Section::authority, servers.packed(), servers.ttl(), false)) {
        builder.set_truncated();
    }
    const Octets octets = builder.finish();
    return {octets.begin(), octets.end()};
}

// The octet after the question, if there is one question.
std::size_t end_of_question(Octets message) {
    const auto qname = dns::NameView::read(message.subspan(dns::header_size));
    return qname ? dns::header_size + qname->size() + 4 : dns::header_size;
}

void spoil(std::vector<std::uint8_t>& message, const Manners& manners, Channel channel) {
    if (manners.wrong_id && channel == Channel::udp) {
        store_u16(message, 0, static_cast<std::uint16_t>(load_u16(message, 0) + 1));
    }
    if (manners.mangling) {
        for (std::size_t at = end_of_question(message); at < message.size(); ++at) {
            message[at] = static_cast<std::uint8_t>(~message[at]);
        }
    }
}

std::vector<std::uint8_t> answer_with(const Manners& manners, const ZoneSet& zones, Channel channel,
                                      Octets query) {
    if (const auto rcode = refusal(manners)) {
        return respond_with_rcode(query, *rcode);
    }
    if (manners.referring_up) {
        return refer_to_root(query);
    }
    ResponseStyle style;
    style.edns = !manners.without_edns;
    style.truncate_all_udp = manners.truncating;
    style.lower_case_question = manners.case_losing;
    return respond(zones, query, channel == Channel::udp, style);
}

}  // namespace

void SimInternet::add_server(const IpAddress& address, const Manners& manners) {
    servers_[address].manners = manners;
}

void SimInternet::serve(const IpAddress& address, dns::NameView apex) {
    const auto server = servers_.find(address);
    check(server != servers_.end(), "a server is added before its zones");
    const auto zone = all_.zones().find(apex);
    check(zone != all_.zones().end(), "a zone is added before it is served");
    server->second.zones.add(zone->second);
}

bool SimInternet::serves_well(const IpAddress& address, dns::NameView apex) const {
    const auto server = servers_.find(address);
    if (server == servers_.end() || server->second.zones.at(apex) == nullptr) {
        return false;
    }
    const Manners& manners = server->second.manners;
    const bool answers = !manners.silent && !manners.refusing && !manners.failing &&
                         !manners.referring_up && !manners.mangling;
    const bool needs_tcp = manners.truncating || manners.case_losing || manners.wrong_id;
    return answers && !(needs_tcp && manners.tcp_refusing);
}

ServerReply SimInternet::on_query(const Endpoint& server, Channel channel, Octets query, Instant) {
    const auto found = servers_.find(server.ip);
    if (found == servers_.end() || server.port != port || found->second.manners.silent) {
        return {};
    }
    const Manners& manners = found->second.manners;
    ServerReply reply;
    if (channel == Channel::tls || (channel == Channel::tcp && manners.tcp_refusing)) {
        reply.error = NetError::refused;
        reply.error_delay = manners.round_trip;
        return reply;
    }
    Delivery delivery;
    delivery.delay = channel == Channel::udp ? manners.round_trip : 2 * manners.round_trip;
    delivery.octets = answer_with(manners, found->second.zones, channel, query);
    if (!delivery.octets.empty()) {
        spoil(delivery.octets, manners, channel);
        reply.deliveries.push_back(std::move(delivery));
    }
    return reply;
}

}  // namespace wend::sim
