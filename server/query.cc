#include "server/query.h"

#include <algorithm>
#include <array>

#include "dns/name.h"
#include "dns/skim_opt.h"

namespace wend {
namespace {

constexpr std::size_t tcp_reply_max = 65'535;
constexpr std::size_t udp_reply_min = 512;  // RFC 1035 4.2.1

Judgement error(dns::Rcode rcode, dns::Reason reason) {
    return {QueryKind::error, rcode, reason};
}

Judgement malformed() {
    return error(dns::Rcode::formerr, dns::Reason::malformed_query);
}

// Services that answer any datagram at all: echo, daytime, qotd, chargen, time, kpasswd. What seems
// to come from one is forged, to make it and us talk to each other for ever; and nobody sends from
// port 0. Any other port may be a client's: many NATs keep those below 1024 there (RFC 4787 5.1,
// REQ-3).
bool is_port_of_a_client(std::uint16_t port) {
    constexpr std::array<std::uint16_t, 7> answering = {0, 7, 13, 17, 19, 37, 464};
    return port >= 1024 || std::ranges::find(answering, port) == answering.end();
}

// The question of a message that is not parsed any further. Queries do not compress its name.
std::optional<dns::Question> read_question(Octets datagram) {
    if (load_u16(datagram, 4) != 1) {
        return std::nullopt;
    }
    const Octets rest = datagram.subspan(dns::header_size);
    const auto name = dns::NameView::read(rest);
    if (!name || rest.size() < name->size() + 4) {
        return std::nullopt;
    }
    return dns::Question{*name, static_cast<dns::Type>(load_u16(rest, name->size())),
                         static_cast<dns::Class>(load_u16(rest, name->size() + 2))};
}

// All facts: those that follow from the header, and the others as if there were no question.
void begin(const dns::Header& header, Channel channel, QueryFacts& facts) {
    facts.id = header.id;
    facts.opcode = header.opcode;
    facts.recursion_desired = header.rd;
    facts.checking_disabled = header.cd;
    facts.wants_authentic = header.ad;
    facts.edns = false;
    facts.dnssec_ok = false;
    facts.question.reset();
    facts.size_max = channel == Channel::udp ? udp_reply_min : tcp_reply_max;
    facts.cookie.reset();
    facts.proved = channel != Channel::udp;
}

void add_edns(const dns::Edns& edns, Channel channel, std::size_t udp_reply_max,
              QueryFacts& facts) {
    facts.edns = true;
    facts.dnssec_ok = edns.dnssec_ok;
    facts.wants_authentic = facts.wants_authentic || edns.dnssec_ok;
    if (channel == Channel::udp) {
        facts.size_max =
            std::clamp<std::size_t>(edns.udp_payload_size, udp_reply_min, udp_reply_max);
    }
}

Judgement judge_class_and_type(const dns::Question& question) {
    using dns::Type;
    if (question.qclass == dns::Class::ch) {
        return {QueryKind::chaos};
    }
    if (question.qclass != dns::Class::in) {
        return error(dns::Rcode::refused, dns::Reason::unsupported_class);
    }
    if (question.qtype == Type::any) {
        return {QueryKind::any};
    }
    if (question.qtype == Type::axfr || question.qtype == Type::ixfr) {
        return error(dns::Rcode::refused, dns::Reason::unsupported_type);
    }
    if (question.qtype == Type::nxname) {
        return error(dns::Rcode::formerr, dns::Reason::invalid_type);
    }
    const bool never_asked_for = question.qtype == Type::opt || question.qtype == Type::tsig ||
                                 question.qtype == static_cast<Type>(0);
    if (never_asked_for) {
        return malformed();
    }
    if (is_meta(question.qtype)) {
        return error(dns::Rcode::notimp, dns::Reason::unsupported_type);
    }
    return {QueryKind::resolve};
}

// True if a query may look so. AA, RA, the reserved bit and an rcode mean nothing in a query and
// are not looked at.
bool is_shaped_like_a_query(Octets datagram, const dns::Header& header) {
    const bool no_records = load_u16(datagram, 6) == 0 && load_u16(datagram, 8) == 0;
    return load_u16(datagram, 4) == 1 && no_records && !header.tc;  // RFC 9619
}

}  // namespace

Judgement judge_query(Octets datagram, const Client& client, dns::Message& message,
                      QueryFacts& facts, std::size_t udp_reply_max) {
    const bool forged = client.channel == Channel::udp && !is_port_of_a_client(client.address.port);
    if (datagram.size() < dns::header_size || forged) {
        return {QueryKind::drop, {}, dns::Reason::malformed_query};
    }
    const dns::Header header = dns::Header::read(datagram);
    if (header.qr) {
        return {QueryKind::drop, {}, dns::Reason::response_as_query};
    }
    begin(header, client.channel, facts);
    const bool is_readable = message.assign(datagram).has_value();
    const bool is_query =
        header.opcode == dns::Opcode::query && is_shaped_like_a_query(datagram, header);
    if (is_readable && is_query) {
        const dns::Question& question = *message.question();
        facts.question.emplace(question.qname.view(), question.qtype, question.qclass);
    } else {
        facts.question = read_question(datagram);
    }
    if (const dns::Edns* const edns = message.edns()) {
        add_edns(*edns, client.channel, udp_reply_max, facts);
        if (edns->version != 0) {
            return error(dns::Rcode::badvers, dns::Reason::bad_edns_version);  // RFC 6891 6.1.3
        }
    } else if (!is_readable) {
        if (const auto skimmed = dns::skim_opt(datagram)) {
            add_edns(*skimmed, client.channel, udp_reply_max, facts);
        }
    }
    if (header.opcode != dns::Opcode::query) {
        return error(dns::Rcode::notimp, dns::Reason::unsupported_opcode);
    }
    return is_readable && is_query ? judge_class_and_type(*message.question()) : malformed();
}

ChaosName chaos_name(dns::NameView name) {
    static const dns::Name id_server = dns::name_of("id.server.");
    static const dns::Name hostname_bind = dns::name_of("hostname.bind.");
    static const dns::Name version_server = dns::name_of("version.server.");
    static const dns::Name version_bind = dns::name_of("version.bind.");
    if (name == id_server || name == hostname_bind) {
        return ChaosName::identity;
    }
    if (name == version_server || name == version_bind) {
        return ChaosName::version;
    }
    return ChaosName::unknown;
}

}  // namespace wend
