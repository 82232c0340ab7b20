#include "transport/wire_query.h"

#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace wend {
namespace {

using Bytes = std::vector<std::uint8_t>;

Query query_of(std::string_view name, Channel channel = Channel::udp) {
    return Query{.server = {IpAddress::v4(std::array<std::uint8_t, 4>{192, 0, 2, 1}), 53},
                 .channel = channel,
                 .question = {.qname = dns::name_of(name), .qtype = dns::Type::aaaa}};
}

// The query turned round: QR set, no OPT record.
Bytes reply_to(const WireQuery& query) {
    Bytes reply(query.octets().begin(), query.octets().end());
    const std::size_t name_size = query.question().qname.wire().size();
    reply.resize(dns::header_size + name_size + 4);
    reply[2] |= 0x80;
    store_u16(reply, 10, 0);
    return reply;
}

struct Asked {
    explicit Asked(std::string_view name = "www.example.com.", Channel channel = Channel::udp)
        : query(query_of(name, channel), random), reply(reply_to(query)) {}

    ReplyVerdict judge() { return filter.judge(query, reply, parsed); }

    SeededRandom random{7};
    WireQuery query;
    Bytes reply;
    ReplyFilter filter;
    dns::Message parsed;
};

Bytes with_opt_only(std::uint16_t payload, std::uint16_t flags) {
    Bytes opt = {0, 0, 41, 0, 0, 0, 0, 0, 0, 0, 0};
    store_u16(opt, 3, payload);
    store_u16(opt, 7, flags);
    return opt;
}

}  // namespace

TEST_CASE("a query is a header, the question and an OPT record with DO",
          "[transport][rfc1035-4.1][rfc6891-6.1.2]") {
    SeededRandom random(1);
    Query asked = query_of("a.example.");
    asked.mixed_case = false;
    const WireQuery query(asked, random);
    const Bytes octets(query.octets().begin(), query.octets().end());
    Bytes expected = {0, 0,   0,   0,   0,   1,   0,   0,   0, 0, 0,  1, 1, 'a',
                      7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0, 0, 28, 0, 1};
    store_u16(expected, 0, query.id());
    const Bytes opt = with_opt_only(1232, 0x8000);
    expected.insert(expected.end(), opt.begin(), opt.end());
    CHECK(octets == expected);
}

TEST_CASE("RD, CD and the lack of EDNS show on the wire", "[transport][rfc1035-4.1.1]") {
    SeededRandom random(1);
    Query asked = query_of("a.example.");
    asked.recursion_desired = true;
    asked.checking_disabled = true;
    asked.edns = false;
    asked.dnssec_ok = false;
    const WireQuery query(asked, random);
    CHECK(load_u16(query.octets(), 2) == 0x0110);
    CHECK(load_u16(query.octets(), 10) == 0);
    CHECK(query.octets().size() == 12 + 11 + 4);
}

TEST_CASE("a name of 255 octets fits a query", "[transport][rfc1035-2.3.4]") {
    const std::string label(63, 'a');
    const std::string name = label + "." + label + "." + label + "." + std::string(61, 'b') + ".";
    SeededRandom random(1);
    Query asked = query_of(name);
    asked.cookie.size = static_cast<std::uint8_t>(asked.cookie.octets.size());
    const WireQuery query(asked, random);
    CHECK(query.octets().size() == wire_query_max);
    CHECK(dns::Message::parse(query.octets()).has_value());
}

TEST_CASE("a query's cookie is its EDNS option, and the reply's must be the same",
          "[transport][rfc7873-5.3]") {
    SeededRandom random(1);
    Query asked = query_of("a.example.");
    std::ranges::fill(asked.cookie.octets, std::uint8_t{7});
    asked.cookie.size = 24;
    const WireQuery query(asked, random);
    const auto sent = dns::Message::parse(query.octets());
    REQUIRE((sent && sent->edns() != nullptr));
    const auto* const option = sent->edns()->find(dns::OptionCode::cookie);
    REQUIRE(option != nullptr);
    CHECK(std::ranges::equal(option->data, asked.cookie.option()));

    Bytes echo(query.octets().begin(), query.octets().end());
    echo[2] |= 0x80;
    const auto verdict = [&](const Bytes& reply) {
        ReplyFilter filter;
        dns::Message parsed;
        return filter.judge(query, reply, parsed);
    };
    CHECK(verdict(echo) == ReplyVerdict::accept);
    Bytes other_server = echo;
    other_server.back() = 8;  // a server may give a new one
    CHECK(verdict(other_server) == ReplyVerdict::accept);
    Bytes other_client = echo;
    other_client[echo.size() - 24] = 8;
    CHECK(verdict(other_client) == ReplyVerdict::discard);
    CHECK(verdict(reply_to(query)) == ReplyVerdict::forgery_suspected);  // it used to give one
}

TEST_CASE("letters go out in random case and nothing else changes", "[transport][rfc5452-9.2]") {
    SeededRandom random(3);
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) {
        const WireQuery query(query_of("ab-1.c[{\\001z."), random);
        CHECK(query.question().qname == dns::name_of("ab-1.c[{\\001z."));
        seen.insert(dns::to_text(query.question().qname));
    }
    CHECK(seen.size() == 16);  // a, b, c and z
}

TEST_CASE("another id changes the id alone", "[transport]") {
    Asked asked;
    const Bytes before(asked.query.octets().begin(), asked.query.octets().end());
    asked.query.set_id(0x1234);
    CHECK(asked.query.id() == 0x1234);
    Bytes expected = before;
    store_u16(expected, 0, 0x1234);
    CHECK(Bytes(asked.query.octets().begin(), asked.query.octets().end()) == expected);
}

TEST_CASE("a reply with our id and exactly our question is accepted", "[transport][rfc5452-9.1]") {
    Asked asked;
    CHECK(asked.judge() == ReplyVerdict::accept);
    CHECK(asked.parsed.question()->qtype == dns::Type::aaaa);
}

TEST_CASE("one wrong id over UDP is a forgery, over TCP it is passed over",
          "[transport][rfc5452-9.1]") {
    Asked datagram;
    datagram.reply[0] ^= 1;
    CHECK(datagram.judge() == ReplyVerdict::forgery_suspected);
    Asked stream("www.example.com.", Channel::tcp);
    stream.reply[1] ^= 1;
    CHECK(stream.judge() == ReplyVerdict::discard);
}

TEST_CASE("what is not a reply to this question is discarded", "[transport][rfc5452-9.1]") {
    Asked asked;
    SECTION("a query") {
        asked.reply[2] &= 0x7f;
    }
    SECTION("another opcode") {
        asked.reply[2] |= 0x20;
    }
    SECTION("another type") {
        asked.reply[asked.reply.size() - 3] = 1;
    }
    SECTION("another class") {
        asked.reply[asked.reply.size() - 1] = 3;
    }
    SECTION("another name") {
        asked.reply[13] = 'x';
    }
    SECTION("no question in an answer") {
        asked.reply.resize(dns::header_size);
        asked.reply[5] = 0;
    }
    SECTION("no question in a SERVFAIL") {
        asked.reply.resize(dns::header_size);
        asked.reply[5] = 0;
        asked.reply[3] |= 2;
    }
    SECTION("no question in a REFUSED") {
        asked.reply.resize(dns::header_size);
        asked.reply[5] = 0;
        asked.reply[3] |= 5;
    }
    SECTION("no question in a truncated message") {
        asked.reply.resize(dns::header_size);
        asked.reply[5] = 0;
        asked.reply[2] |= 2;
    }
    SECTION("two questions") {
        asked.reply[5] = 2;
    }
    SECTION("a bare header") {
        asked.reply.resize(dns::header_size);
    }
    SECTION("a runt") {
        asked.reply.resize(11);
    }
    SECTION("nothing at all") {
        asked.reply.clear();
    }
    CHECK(asked.judge() == ReplyVerdict::discard);
}

TEST_CASE("a malformed reply to this question is no noise: it is waited for no longer",
          "[transport]") {
    for (const Channel channel : {Channel::udp, Channel::tcp}) {
        Asked without("www.example.com.", channel);
        without.reply[7] = 1;  // promises an answer
        CHECK(without.judge() == ReplyVerdict::unreadable);
        Asked short_one("www.example.com.", channel);
        short_one.reply[7] = 1;
        short_one.reply.insert(short_one.reply.end(),
                               {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 192, 0, 2});
        CHECK(short_one.judge() == ReplyVerdict::unreadable);
    }
}

TEST_CASE("octets behind the last record are passed over", "[transport]") {
    Asked asked;
    asked.reply.insert(asked.reply.end(), 11, 0);
    CHECK(asked.judge() == ReplyVerdict::accept);
    CHECK(asked.parsed.records(dns::Section::answer).empty());
    // They count for the size of a datagram.
    Asked large;
    large.reply.resize(1233);
    CHECK(large.judge() == ReplyVerdict::oversized);
    // And they are not what they hide behind: the question is still compared.
    Asked forged;
    forged.reply[13] = 'x';
    forged.reply.push_back(0);
    CHECK(forged.judge() == ReplyVerdict::discard);
}

TEST_CASE("on a stream no better reply follows what has our id and is none",
          "[transport][rfc7766-7]") {
    Asked asked("www.example.com.", Channel::tcp);
    SECTION("a query") {
        asked.reply[2] &= 0x7f;
    }
    SECTION("another name") {
        asked.reply[13] = 'x';
    }
    SECTION("no question in a SERVFAIL") {
        asked.reply.resize(dns::header_size);
        asked.reply[5] = 0;
        asked.reply[3] |= 2;
    }
    CHECK(asked.judge() == ReplyVerdict::unreadable);
}

TEST_CASE("the eighth discard is taken for a forgery", "[transport][rfc5452-9.1]") {
    Asked asked;
    asked.reply[2] &= 0x7f;
    for (int i = 1; i < 8; ++i) {
        CHECK(asked.judge() == ReplyVerdict::discard);
    }
    CHECK(asked.judge() == ReplyVerdict::forgery_suspected);
}

TEST_CASE("seven discards do not spoil the reply that follows", "[transport][rfc5452-9.1]") {
    Asked asked;
    const Bytes good = asked.reply;
    asked.reply[2] &= 0x7f;
    for (int i = 1; i < 8; ++i) {
        CHECK(asked.judge() == ReplyVerdict::discard);
    }
    asked.reply = good;
    CHECK(asked.judge() == ReplyVerdict::accept);
}

TEST_CASE("a question that lost its letter case is told apart", "[transport][rfc5452-9.2]") {
    Asked asked;
    asked.reply[13] ^= 0x20;
    CHECK(asked.judge() == ReplyVerdict::case_lost);
    CHECK(asked.parsed.question().has_value());
}

TEST_CASE("names that are compressed into the question come in the asker's letter case",
          "[transport][rfc5452-9.2][rfc1035-4.1.4]") {
    for (const bool is_case_lost : {false, true}) {
        Asked asked;
        asked.reply[13] ^= is_case_lost ? 0x20 : 0;
        asked.reply[7] = 1;
        const Bytes record = {0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0, 16, 1, 2,
                              3,    4,  5, 6,  7, 8, 9, 0, 1, 2,  3, 4,  5, 6};
        asked.reply.insert(asked.reply.end(), record.begin(), record.end());
        CHECK(asked.judge() == (is_case_lost ? ReplyVerdict::case_lost : ReplyVerdict::accept));
        REQUIRE(asked.parsed.records(dns::Section::answer).size() == 1);
        const dns::NameView owner = asked.parsed.records(dns::Section::answer)[0].owner;
        CHECK(dns::to_text(owner) == "www.example.com.");
        CHECK(dns::to_text(asked.parsed.question()->qname) == "www.example.com.");
    }
}

TEST_CASE("a datagram over 1,232 octets is oversized, on a stream it is not",
          "[transport][rfc9715-3]") {
    const auto pad = [](Asked& asked, std::size_t size) {
        // An OPT record with one padding option fills the rest.
        asked.reply[11] = 1;
        Bytes opt = with_opt_only(1232, 0);
        const std::size_t room = size - asked.reply.size() - opt.size();
        store_u16(opt, 9, static_cast<std::uint16_t>(room));
        asked.reply.insert(asked.reply.end(), opt.begin(), opt.end());
        asked.reply.resize(size);
        const std::size_t at = size - room;
        store_u16(asked.reply, at, 12);
        store_u16(asked.reply, at + 2, static_cast<std::uint16_t>(room - 4));
    };
    Asked largest;
    pad(largest, 1232);
    CHECK(largest.judge() == ReplyVerdict::accept);
    Asked over;
    pad(over, 1233);
    CHECK(over.judge() == ReplyVerdict::oversized);
    Asked forged;
    pad(forged, 1233);
    forged.reply[0] ^= 1;
    CHECK(forged.judge() == ReplyVerdict::forgery_suspected);
    Asked stream("www.example.com.", Channel::tcp);
    pad(stream, 1233);
    CHECK(stream.judge() == ReplyVerdict::accept);
}

TEST_CASE("FORMERR and NOTIMP are accepted without a question", "[transport][rfc6891-7]") {
    for (const std::uint8_t rcode : Bytes{1, 4}) {
        for (const std::uint8_t claimed_questions : Bytes{0, 1}) {
            Asked asked;
            asked.reply.resize(dns::header_size);
            asked.reply[3] |= rcode;
            asked.reply[5] = claimed_questions;
            asked.reply[11] = claimed_questions;  // the query's own header, flags changed
            CHECK(asked.judge() == ReplyVerdict::accept);
            CHECK_FALSE(asked.parsed.question());
            CHECK(asked.parsed.header().rcode == rcode);
        }
    }
}

TEST_CASE("a truncated message that breaks off inside a record keeps its question",
          "[transport][rfc2181-9]") {
    Asked asked;
    asked.reply[2] |= 2;
    asked.reply[7] = 2;
    asked.reply.insert(asked.reply.end(), {0xc0, 12, 0, 28, 0});
    CHECK(asked.judge() == ReplyVerdict::accept);
    CHECK(asked.parsed.header().tc);
    CHECK(asked.parsed.records(dns::Section::answer).empty());
    Asked forged;
    forged.reply[2] |= 2;
    forged.reply[7] = 2;
    forged.reply[13] = 'x';
    CHECK(forged.judge() == ReplyVerdict::discard);
}

}  // namespace wend
