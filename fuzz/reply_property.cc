#include <algorithm>
#include <array>
#include <vector>

#include "fuzz/transport_properties.h"
#include "transport/stream_frames.h"
#include "transport/wire_query.h"

namespace wend::fuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;

Query some_query(Channel channel) {
    return Query{.server = {},
                 .channel = channel,
                 .question = {.qname = dns::name_of("www.Example.org."), .qtype = dns::Type::mx}};
}

Bytes changed_reply(const WireQuery& query, Octets changes) {
    std::array<std::uint8_t, 1300> reply{};
    std::ranges::copy(query.octets(), reply.begin());
    reply[2] |= 0x80;
    for (std::size_t at = 0; at + 3 <= changes.size(); at += 3) {
        reply[load_u16(changes, at) % reply.size()] = changes[at + 2];
    }
    // The last octet says how much of it came.
    const std::size_t cut = changes.empty() ? 0 : changes.back() * std::size_t{5};
    const Octets came = Octets(reply).first(std::max(query.octets().size(), cut));
    return {came.begin(), came.end()};
}

std::string complaint_about_accepted(const WireQuery& query, Octets datagram,
                                     const dns::Message& parsed, bool is_case_kept) {
    const dns::Header& header = parsed.header();
    if (header.id != query.id() || !header.qr || header.opcode != dns::Opcode::query) {
        return "what is accepted is no response to this query";
    }
    if (query.channel() == Channel::udp && datagram.size() > dns::edns_payload_size) {
        return "what is accepted is too large";
    }
    if (!parsed.question()) {
        const bool is_refusal_to_read = header.rcode == 1 || header.rcode == 4;
        return is_refusal_to_read ? std::string() : "what is accepted has no question";
    }
    if (!(*parsed.question() == query.question()) ||
        !equal_with_case(parsed.question()->qname, query.asked_name())) {
        return "what is accepted has another question";
    }
    const Octets sent = query.octets().subspan(dns::header_size, query.question_size());
    const bool is_same = std::ranges::equal(sent, datagram.subspan(dns::header_size, sent.size()));
    return is_same == is_case_kept ? std::string() : "the letter case is misjudged";
}

std::vector<Bytes> messages_of(Octets stream, std::size_t part, bool& is_broken) {
    StreamFrames frames;
    std::vector<Bytes> messages;
    for (std::size_t at = 0; at < stream.size(); at += part) {
        frames.append(stream.subspan(at, std::min(part, stream.size() - at)));
        while (const auto message = frames.next()) {
            messages.emplace_back(message->begin(), message->end());
        }
    }
    is_broken = frames.is_broken();
    return messages;
}

}  // namespace

std::string complaint_about_reply(Octets input) {
    if (input.empty()) {
        return {};
    }
    const Channel channel = (input[0] & 1) != 0 ? Channel::tcp : Channel::udp;
    SeededRandom random(input[0]);
    const WireQuery query(some_query(channel), random);
    const Octets rest = input.subspan(1);
    const Bytes datagram =
        (input[0] & 2) != 0 ? changed_reply(query, rest) : Bytes(rest.begin(), rest.end());
    ReplyFilter filter;
    dns::Message parsed;
    const ReplyVerdict verdict = filter.judge(query, datagram, parsed);
    if (verdict != ReplyVerdict::accept && verdict != ReplyVerdict::case_lost) {
        return {};
    }
    return complaint_about_accepted(query, datagram, parsed, verdict == ReplyVerdict::accept);
}

std::string complaint_about_stream(Octets input) {
    if (input.empty()) {
        return {};
    }
    const std::size_t part = 1U + input[0];
    bool is_whole_broken = false;
    bool is_cut_broken = false;
    const auto whole = messages_of(input, input.size(), is_whole_broken);
    const auto cut = messages_of(input, part, is_cut_broken);
    return whole == cut && is_whole_broken == is_cut_broken ? std::string()
                                                            : "the parts change the messages";
}

}  // namespace wend::fuzz
