#include "liars.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "dns/message.h"
#include "dns/message_builder.h"
#include "sim/forgery.h"

namespace wend::sim {

namespace {

using dns::Message;
using dns::MessageBuilder;
using dns::Section;

constexpr std::size_t octets_max = 1232;
constexpr Duration forged_delay = std::chrono::milliseconds(5);

void add_section(MessageBuilder& builder, const Message& truth, Section section,
                 std::span<const dns::RRset> lies) {
    for (const dns::RecordView& record : truth.records(section)) {
        (void)builder.add_record(section, record);
    }
    for (const dns::RRset& lie : lies) {
        (void)builder.add(section, lie.packed(), lie.ttl(), false);
    }
}

}  // namespace

ServerReply Liars::on_query(const Endpoint& server, Channel channel, Octets query, Instant now) {
    if (server.ip == forged_address()) {
        ServerReply forged;
        forged.deliveries.push_back({forged_delay, forge_response(query), std::nullopt});
        return forged;
    }
    ServerReply reply = servers_.on_query(server, channel, query, now);
    if (lies_.liars.contains(server.ip)) {
        for (Delivery& delivery : reply.deliveries) {
            delivery.octets = with_lies(delivery.octets);
        }
    }
    return reply;
}

// Large responses stay true: there is no room for more.
std::vector<std::uint8_t> Liars::with_lies(Octets response) const {
    const auto truth = Message::parse(response);
    if (!truth || truth->header().tc || response.size() > octets_max / 2) {
        return {response.begin(), response.end()};
    }
    std::vector<std::uint8_t> buffer(octets_max);
    MessageBuilder builder(buffer, octets_max);
    const dns::EdnsToSend edns;
    builder.start(truth->header(), truth->rcode(),
                  truth->question() ? &*truth->question() : nullptr,
                  truth->edns() != nullptr ? &edns : nullptr);
    add_section(builder, *truth, Section::answer, lies_.answers);
    add_section(builder, *truth, Section::authority, lies_.authority);
    add_section(builder, *truth, Section::additional, lies_.additional);
    buffer.resize(builder.finish().size());
    return buffer;
}

}  // namespace wend::sim
