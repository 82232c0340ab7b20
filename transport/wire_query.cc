#include "transport/wire_query.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"

namespace wend {
namespace {

constexpr std::size_t opt_size = 11;
constexpr std::size_t option_header_size = 4;
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
    const Octets cookie = query.cookie.option();
    if (cookie.empty()) {
        store_u16(to, at + 9, 0);
        return at + opt_size;
    }
    store_u16(to, at + 9, static_cast<std::uint16_t>(option_header_size + cookie.size()));
    store_u16(to, at + opt_size, std::to_underlying(dns::OptionCode::cookie));
    store_u16(to, at + opt_size + 2, static_cast<std::uint16_t>(cookie.size()));
    std::ranges::copy(cookie, to.begin() + static_cast<std::ptrdiff_t>(at + opt_size + 4));
    return at + opt_size + option_header_size + cookie.size();
}

enum class Echo : std::uint8_t { same, other_case, none };

// How the reply repeats our question. Nothing can be compressed in a question: it is compared as it
// stands, before anything is parsed. The length of a label is never taken for a letter.
Echo compare_question(const WireQuery& query, Octets datagram) {
    const Octets asked = query.octets().subspan(dns::header_size, query.question_size());
    if (load_u16(datagram, 4) != 1 || datagram.size() < dns::header_size + asked.size()) {
        return Echo::none;
    }
    const Octets echoed = datagram.subspan(dns::header_size, asked.size());
    if (std::ranges::equal(asked, echoed)) {
        return Echo::same;
    }
    const std::size_t name_size = asked.size() - 4;
    const bool is_equal = std::ranges::equal(asked.first(name_size), echoed.first(name_size), {},
                                             dns::fold_octet, dns::fold_octet) &&
                          std::ranges::equal(asked.subspan(name_size), echoed.subspan(name_size));
    return is_equal ? Echo::other_case : Echo::none;
}

// The reply's names are compressed into its question: the random letters must not reach the cache,
// nor anybody who asks it. So the asker's letters are put back before the message is parsed.
// Of a truncated message that breaks off inside a record the question remains.
bool parse_reply(const WireQuery& query, Octets datagram, dns::Message& parsed) {
    std::vector<std::uint8_t> octets(datagram.begin(), datagram.end());
    std::ranges::copy(query.asked_name().wire(), octets.begin() + dns::header_size);
    if (parsed.assign(octets)) {
        return true;
    }
    if (!dns::Header::read(datagram).tc) {
        return false;
    }
    octets.resize(dns::header_size + query.question_size());
    std::fill(octets.begin() + 6, octets.begin() + dns::header_size, std::uint8_t{0});
    return parsed.assign(octets).has_value();
}

enum class CookieEcho : std::uint8_t { right, wrong, missing };

CookieEcho compare_cookie(const WireQuery& query, const dns::Message& reply) {
    const dns::EdnsOption* const option =
        reply.edns() == nullptr ? nullptr : reply.edns()->find(dns::OptionCode::cookie);
    if (query.cookie().size == 0) {
        return CookieEcho::right;  // what was not asked for means nothing
    }
    if (option == nullptr) {
        return query.cookie().is_reply_expected() ? CookieEcho::missing : CookieEcho::right;
    }
    const Octets ours = query.cookie().option().first(QueryCookie::client_size);
    const bool has_size = option->data.size() >= QueryCookie::client_size &&
                          option->data.size() <= query.cookie().octets.size();
    return has_size && std::ranges::equal(ours, option->data.first(ours.size()))
               ? CookieEcho::right
               : CookieEcho::wrong;
}

// Servers from before EDNS do not repeat the question; some send our header's counts with it.
bool parse_refusal_to_read(Octets datagram, dns::Message& parsed) {
    const auto rcode = static_cast<dns::Rcode>(dns::Header::read(datagram).rcode);
    if (rcode != dns::Rcode::formerr && rcode != dns::Rcode::notimp) {
        return false;
    }
    if (datagram.size() > dns::header_size) {
        return parsed.assign(datagram).has_value() && !parsed.question();
    }
    std::array<std::uint8_t, dns::header_size> header{};
    std::copy_n(datagram.begin(), 4, header.begin());
    return parsed.assign(header).has_value();
}

}  // namespace

WireQuery::WireQuery(const Query& query, Random& random)
    : question_(question_to_send(query, random)),
      asked_name_(query.question.qname),
      channel_(query.channel),
      cookie_(query.cookie) {
    check(query.edns || query.cookie.size == 0, "a cookie travels in EDNS");
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
    if (!header.qr || header.opcode != dns::Opcode::query) {
        return no_reply(query);
    }
    const ReplyVerdict verdict = judge_content(query, datagram, parsed);
    const bool is_content_right =
        verdict == ReplyVerdict::accept || verdict == ReplyVerdict::case_lost;
    if (!is_content_right) {
        return verdict;
    }
    switch (compare_cookie(query, parsed)) {
        case CookieEcho::wrong:
            return no_reply(query);
        case CookieEcho::missing:
            return is_datagram ? ReplyVerdict::forgery_suspected : verdict;
        case CookieEcho::right:
            break;
    }
    return verdict;
}

ReplyVerdict ReplyFilter::judge_content(const WireQuery& query, Octets datagram,
                                        dns::Message& parsed) {
    const Echo echo = compare_question(query, datagram);
    if (echo == Echo::none) {
        return parse_refusal_to_read(datagram, parsed) ? ReplyVerdict::accept : no_reply(query);
    }
    if (!parse_reply(query, datagram, parsed)) {
        return ReplyVerdict::unreadable;
    }
    return echo == Echo::same ? ReplyVerdict::accept : ReplyVerdict::case_lost;
}

// Of what bears our id.
ReplyVerdict ReplyFilter::no_reply(const WireQuery& query) {
    return query.channel() == Channel::udp ? discard() : ReplyVerdict::unreadable;
}

ReplyVerdict ReplyFilter::discard() {
    ++discards_;
    return discards_ < discards_max ? ReplyVerdict::discard : ReplyVerdict::forgery_suspected;
}

}  // namespace wend
