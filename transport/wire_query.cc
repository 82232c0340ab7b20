#include "transport/wire_query.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"

namespace wend {
namespace {

constexpr std::size_t opt_size = 11;
constexpr std::uint16_t dnssec_ok_flag = 0x8000;

bool is_letter(std::uint8_t octet) {
    const std::uint8_t folded = dns::fold_octet(octet);
    return folded >= 'a' && folded <= 'z';
}

// Every letter upper or lower with even odds. A label's length octet (0..63) is never a letter.
dns::Name with_random_case(const dns::Name& name, Random& random) {
    std::array<std::uint8_t, dns::name_octets_max> octets{};
    const Octets wire = name.wire();
    std::uint64_t bits = 0;
    int bits_left = 0;
    for (std::size_t i = 0; i < wire.size(); ++i) {
        octets[i] = wire[i];
        if (!is_letter(wire[i])) {
            continue;
        }
        if (bits_left == 0) {
            bits = random.next();
            bits_left = 64;
        }
        if ((bits & 1) != 0) {
            octets[i] ^= 0x20;
        }
        bits >>= 1;
        --bits_left;
    }
    return dns::Name(dns::NameView::trusted(Octets(octets).first(wire.size())));
}

dns::Question question_to_send(const Query& query, Random& random) {
    dns::Question question = query.question;
    if (query.mixed_case) {
        question.qname = with_random_case(question.qname, random);
    }
    return question;
}

// From `at` on; returns where it ends.
std::size_t write_opt(MutableOctets to, std::size_t at, const Query& query) {
    to[at] = 0;  // the root owns it (RFC 6891 6.1.2)
    store_u16(to, at + 1, std::to_underlying(dns::Type::opt));
    store_u16(to, at + 3, query.udp_payload_size);
    store_u16(to, at + 5, 0);  // extended RCODE and version
    store_u16(to, at + 7, query.dnssec_ok ? dnssec_ok_flag : 0);
    store_u16(to, at + 9, 0);
    return at + opt_size;
}

// The message without its records: what remains of a truncated one that was cut inside a record,
// and of an error that came as a bare header whose counts are not true.
bool parse_without_records(Octets datagram, std::size_t size, dns::Message& parsed) {
    if (datagram.size() < size) {
        return false;
    }
    std::array<std::uint8_t, wire_query_max> head{};
    std::ranges::copy(datagram.first(size), head.begin());
    const bool has_question = size > dns::header_size;
    store_u16(head, 4, has_question ? 1 : 0);
    store_u16(head, 6, 0);
    store_u16(head, 8, 0);
    store_u16(head, 10, 0);
    return parsed.assign(Octets(head).first(size)).has_value();
}

bool says_not_understood(const dns::Header& header) {
    const auto rcode = static_cast<dns::Rcode>(header.rcode);
    return rcode == dns::Rcode::formerr || rcode == dns::Rcode::notimp;
}

bool parse_reply(const WireQuery& query, Octets datagram, dns::Message& parsed) {
    if (parsed.assign(datagram)) {
        return true;
    }
    const auto header = dns::Header::read(datagram);
    if (says_not_understood(header) && datagram.size() == dns::header_size) {
        return parse_without_records(datagram, dns::header_size, parsed);
    }
    const std::size_t question_end = dns::header_size + query.question().qname.wire().size() + 4;
    return header.tc && parse_without_records(datagram, question_end, parsed);
}

// Names of the reply are compressed into its question: the random letters must not reach the cache,
// nor anybody who asks it.
void restore_case(const WireQuery& query, Octets datagram, dns::Message& parsed) {
    const dns::Name& name = query.asked_name();
    if (equal_with_case(parsed.question()->qname, name) || parsed.header().tc) {
        return;
    }
    std::vector<std::uint8_t> octets(datagram.begin(), datagram.end());
    std::ranges::copy(name.wire(), octets.begin() + dns::header_size);
    check(parsed.assign(octets).has_value(), "letter case does not make a message malformed");
}

}  // namespace

WireQuery::WireQuery(const Query& query, Random& random)
    : question_(question_to_send(query, random)),
      asked_name_(query.question.qname),
      channel_(query.channel) {
    check(query.edns || !query.dnssec_ok, "DO travels in EDNS");
    const Octets qname = question_.qname.wire();
    const dns::Header header{.rd = query.recursion_desired, .cd = query.checking_disabled};
    store_u16(octets_, 2, header.flags());
    store_u16(octets_, 4, 1);
    store_u16(octets_, 6, 0);
    store_u16(octets_, 8, 0);
    store_u16(octets_, 10, query.edns ? 1 : 0);
    std::ranges::copy(qname, octets_.begin() + dns::header_size);
    const std::size_t after_name = dns::header_size + qname.size();
    store_u16(octets_, after_name, std::to_underlying(question_.qtype));
    store_u16(octets_, after_name + 2, std::to_underlying(question_.qclass));
    size_ = after_name + 4;
    if (query.edns) {
        size_ = write_opt(octets_, size_, query);
    }
    set_id(static_cast<std::uint16_t>(random.next()));
}

void WireQuery::set_id(std::uint16_t id) {
    id_ = id;
    store_u16(octets_, 0, id);
}

ReplyVerdict ReplyFilter::judge(const WireQuery& query, Octets datagram, dns::Message& parsed) {
    if (datagram.size() < dns::header_size) {
        return discard();
    }
    const bool is_datagram = query.channel() == Channel::udp;
    const auto header = dns::Header::read(datagram);
    if (header.id != query.id()) {
        return is_datagram ? ReplyVerdict::forgery_suspected : discard();
    }
    if (is_datagram && datagram.size() > dns::edns_payload_size) {
        return ReplyVerdict::oversized;
    }
    if (!header.qr || header.opcode != dns::Opcode::query ||
        !parse_reply(query, datagram, parsed)) {
        return discard();
    }
    if (!parsed.question()) {  // servers from before EDNS answer it so
        return says_not_understood(header) ? ReplyVerdict::accept : discard();
    }
    const dns::Question& asked = query.question();
    const dns::Question& echoed = *parsed.question();
    if (!(echoed == asked)) {
        return discard();
    }
    const bool kept = equal_with_case(echoed.qname, asked.qname);
    restore_case(query, datagram, parsed);
    return kept ? ReplyVerdict::accept : ReplyVerdict::case_lost;
}

ReplyVerdict ReplyFilter::discard() {
    ++discards_;
    return discards_ < discards_max ? ReplyVerdict::discard : ReplyVerdict::forgery_suspected;
}

}  // namespace wend
