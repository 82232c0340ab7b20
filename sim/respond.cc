#include <algorithm>
#include <expected>
#include <span>

#include "dns/message_builder.h"
#include "sim/authority.h"

namespace wend::sim {

namespace {

using dns::Message;
using dns::MessageBuilder;
using dns::Rcode;
using dns::RRset;
using dns::Section;

constexpr std::size_t udp_octets_without_edns = 512;  // RFC 1035 4.2.1

dns::Header header_for(const dns::Header& query) {
    dns::Header header;
    header.id = query.id;
    header.qr = true;
    header.opcode = query.opcode;
    header.rd = query.rd;
    header.cd = query.cd;
    return header;
}

bool add_all(MessageBuilder& builder, Section section, std::span<const RRset> rrsets,
             bool with_signatures) {
    return std::ranges::all_of(rrsets, [&](const RRset& rrset) {
        return builder.add(section, rrset.packed(), rrset.ttl(), with_signatures);
    });
}

// RFC 2181 9: TC where something that must be there did not fit.
void add_sections(MessageBuilder& builder, const AuthorityAnswer& answer, bool dnssec_ok) {
    const std::span<const RRset> additional = answer.additional;
    if (!add_all(builder, Section::answer, answer.answer, dnssec_ok) ||
        !add_all(builder, Section::authority, answer.authority, dnssec_ok) ||
        !add_all(builder, Section::additional, additional.first(answer.glue), dnssec_ok)) {
        builder.set_truncated();
        return;
    }
    // The rest is a courtesy, and left out without a word.
    (void)add_all(builder, Section::additional, additional.subspan(answer.glue), dnssec_ok);
}

std::size_t octets_max(const Message& query, bool over_udp, const ResponseStyle& style) {
    if (!over_udp) {
        return dns::message_octets_max;
    }
    if (query.edns() == nullptr) {
        return udp_octets_without_edns;
    }
    const std::size_t wanted =
        std::max<std::size_t>(query.edns()->udp_payload_size, udp_octets_without_edns);
    return std::min(wanted, style.udp_octets_max);
}

// What is said without looking into a zone, if anything.
std::optional<Rcode> refusal(const Message& query, const ResponseStyle& style) {
    if (query.header().opcode != dns::Opcode::query) {
        return Rcode::notimp;
    }
    if (!query.question() || (query.edns() != nullptr && !style.edns)) {
        return Rcode::formerr;
    }
    if (query.edns() != nullptr && query.edns()->version != 0) {
        return Rcode::badvers;
    }
    if (query.question()->qclass != dns::Class::in) {
        return Rcode::refused;
    }
    return std::nullopt;
}

std::vector<std::uint8_t> write(const Message& query, const AuthorityAnswer& answer,
                                std::size_t limit, const ResponseStyle& style, bool truncate) {
    std::vector<std::uint8_t> buffer(limit);
    MessageBuilder builder(buffer, limit);
    dns::Header header = header_for(query.header());
    header.aa = answer.authoritative;
    std::optional<dns::Question> question = query.question();
    if (question && style.lower_case_question) {
        question->qname = question->qname.lower_case();
    }
    dns::EdnsToSend edns;
    edns.dnssec_ok = query.edns() != nullptr && query.edns()->dnssec_ok;
    const bool with_edns = query.edns() != nullptr && style.edns;
    builder.start(header, answer.rcode, question ? &*question : nullptr,
                  with_edns ? &edns : nullptr);
    if (truncate) {
        builder.set_truncated();
    } else {
        add_sections(builder, answer, edns.dnssec_ok);
    }
    buffer.resize(builder.finish().size());
    return buffer;
}

}  // namespace

std::vector<std::uint8_t> respond(const ZoneSet& zones, Octets query, bool over_udp,
                                  const ResponseStyle& style) {
    if (query.size() < dns::header_size || dns::Header::read(query).qr) {
        return {};
    }
    const std::expected<Message, dns::FormError> message = Message::parse(query);
    if (!message) {
        return {};
    }
    AuthorityAnswer answer;
    bool truncate = false;
    if (const auto rcode = refusal(*message, style)) {
        answer.rcode = *rcode;
    } else {
        const bool dnssec_ok = message->edns() != nullptr && message->edns()->dnssec_ok;
        answer = answer_from(zones, *message->question(), dnssec_ok);
        truncate = over_udp && style.truncate_all_udp;
    }
    return write(*message, answer, octets_max(*message, over_udp, style), style, truncate);
}

std::vector<std::uint8_t> respond_with_rcode(Octets query, Rcode rcode) {
    const std::expected<Message, dns::FormError> message = Message::parse(query);
    if (!message) {
        return {};
    }
    AuthorityAnswer answer;
    answer.rcode = rcode;
    return write(*message, answer, udp_octets_without_edns, ResponseStyle{}, false);
}

}  // namespace wend::sim
