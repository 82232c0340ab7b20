#include "dns/message.h"

#include <string>

#include <catch2/catch.hpp>

#include "tests/unit/dns/count_allocations.h"
#include "tests/unit/dns/octets_of.h"
#include "tests/unit/dns/packet.h"
#include "tests/unit/dns/parsing.h"
#include "tests/unit/dns/rdata_samples.h"

using namespace wend;
using namespace wend::dns;

namespace {

constexpr auto in = wend::dns::Class::in;
const Bytes address = {192, 0, 2, 1};

// Asked for www.example.com A, with `answers` records still to be written.
Packet response(unsigned answers, unsigned authorities = 0, unsigned additionals = 0) {
    return Packet()
        .header(1, answers, authorities, additionals)
        .question("www.example.com", Type::a);
}

// An alias, its address, the delegation's server and that one's address, and an OPT record.
Bytes full_response() {
    // clang-format off
    return {
        0x12, 0x34, 0x85, 0xb0, 0, 1, 0, 2, 0, 1, 0, 2,
        3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0,  // at 12
        0, 1, 0, 1,
        0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 44, 0, 6, 3, 'w', 'e', 'b', 0xc0, 16,          // "web" at 45
        0xc0, 45, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
        0xc0, 16, 0, 2, 0, 1, 0, 1, 81, 128, 0, 5, 2, 'n', 's', 0xc0, 16,             // "ns" at 79
        0xc0, 79, 0, 28, 0, 1, 0, 1, 81, 128, 0, 16,
        0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x53,
        0, 0, 41, 4, 0xd0, 1, 0, 0x80, 0, 0, 6, 0, 3, 0, 2, 'h', 'i',
    };
    // clang-format on
}

}  // namespace

TEST_CASE("a response is read into question and records", "[dns][message][rfc1035-4]") {
    const Message message = parsed(full_response());
    const Header& header = message.header();
    CHECK(header.id == 0x1234);
    CHECK(header.qr);
    CHECK(header.opcode == Opcode::query);
    CHECK(header.aa);
    CHECK_FALSE(header.tc);
    CHECK(header.rd);
    CHECK(header.ra);
    CHECK(header.ad);
    CHECK(header.cd);
    CHECK(header.flags() == 0x85b0);
    REQUIRE(message.question());
    CHECK(*message.question() == Question{name_of("www.example.com"), Type::a, in});

    const auto answers = message.records(Section::answer);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].owner == name_of("www.example.com"));
    CHECK(answers[0].type == Type::cname);
    CHECK(answers[0].rclass == in);
    CHECK(answers[0].ttl == 300);
    CHECK(to_bytes(answers[0].rdata) == to_bytes(name_of("web.example.com").wire()));
    CHECK(answers[1].owner == name_of("web.example.com"));
    CHECK(answers[1].ttl == 60);
    CHECK(to_bytes(answers[1].rdata) == address);

    const auto authorities = message.records(Section::authority);
    REQUIRE(authorities.size() == 1);
    CHECK(authorities[0].owner == name_of("example.com"));
    CHECK(to_bytes(authorities[0].rdata) == to_bytes(name_of("ns.example.com").wire()));

    const auto additionals = message.records(Section::additional);
    REQUIRE(additionals.size() == 1);
    CHECK(additionals[0].owner == name_of("ns.example.com"));
    CHECK(additionals[0].type == Type::aaaa);
    CHECK(additionals[0].rdata.size() == 16);
}

TEST_CASE("a response is read with its EDNS", "[dns][message][rfc6891-6.1]") {
    const Message message = parsed(full_response());
    REQUIRE(message.edns() != nullptr);
    CHECK(message.edns()->udp_payload_size == 1232);
    CHECK(message.edns()->version == 0);
    CHECK(message.edns()->dnssec_ok);
    CHECK(message.rcode() == Rcode::badvers);
    REQUIRE(message.edns()->find(OptionCode::nsid) != nullptr);
    CHECK(to_bytes(message.edns()->find(OptionCode::nsid)->data) == Bytes{'h', 'i'});
    CHECK(message.edns()->find(OptionCode::cookie) == nullptr);
    CHECK(message.wire_size() == full_response().size());
}

TEST_CASE("a message refers to nothing of the octets it was read from", "[dns][message]") {
    Packet packet = response(1).pointer(12).data(Type::a, address);
    Bytes wire = packet.octets();
    Message message = parsed(wire);
    std::ranges::fill(wire, std::uint8_t{0xff});
    const Message moved = std::move(message);
    CHECK(moved.question()->qname == name_of("www.example.com"));
    CHECK(moved.records(Section::answer)[0].owner == name_of("www.example.com"));
    CHECK(to_bytes(moved.records(Section::answer)[0].rdata) == address);
}

TEST_CASE("letter case is kept", "[dns][message][rfc4343]") {
    const Packet packet = Packet().header(1).question("wWw.eXample.COM", Type::a);
    CHECK(equal_with_case(parsed(packet).question()->qname, name_of("wWw.eXample.COM")));
}

TEST_CASE("fewer than 12 octets are no message", "[dns][message][f2-1][f2-2]") {
    const Packet header = Packet().header(0);
    for (std::size_t size = 0; size < 12; ++size) {
        CHECK(error_of(header.first(size)) == FormError::truncated);
    }
}

TEST_CASE("a header alone is a message without question and records",
          "[dns][message][f2-3][f2-4]") {
    const Message message = parsed(Packet().header(0));
    CHECK_FALSE(message.question());
    for (const Section section : {Section::answer, Section::authority, Section::additional}) {
        CHECK(message.records(section).empty());
    }
    CHECK(message.edns() == nullptr);
}

TEST_CASE("more than one question is refused before it is read", "[dns][message][f2-5][rfc9619]") {
    Packet packet =
        Packet().header(2).question("a.example", Type::a).question("b.example", Type::a);
    CHECK(error_of(packet) == FormError::bad_question_count);
    CHECK(error_of(Packet().header(65535)) == FormError::bad_question_count);
}

TEST_CASE("counts that promise more than there is are refused", "[dns][message][f2-6]") {
    CHECK(error_of(Packet().header(1)) == FormError::truncated);
    CHECK(error_of(response(1)) == FormError::truncated);
    CHECK(error_of(response(0, 1)) == FormError::truncated);
    CHECK(error_of(response(0, 0, 1)) == FormError::truncated);
    CHECK(error_of(response(65535, 65535, 65535)) == FormError::truncated);
    CHECK(error_of(response(2).pointer(12).data(Type::a, address)) == FormError::truncated);
}

TEST_CASE("octets after the last record are not looked at", "[dns][message][f2-7]") {
    CHECK(parsed(response(0).u8(0)).records(Section::answer).empty());
    // What the counts do not announce is no record, however much it looks like one.
    const Message uncounted = parsed(response(0).pointer(12).data(Type::a, address));
    CHECK(uncounted.records(Section::answer).empty());
    CHECK(uncounted.records(Section::additional).empty());
    CHECK(uncounted.wire_size() == response(0).size() + 16);
    Bytes padded = full_response();
    padded.insert(padded.end(), 11, 0xff);
    const Message message = parsed(padded);
    CHECK(message.records(Section::answer).size() == 2);
    CHECK(message.records(Section::additional).size() == 1);
    CHECK(message.edns() != nullptr);
    CHECK(message.steps() == parsed(full_response()).steps());
}

TEST_CASE("a message of over 65,535 octets is refused", "[dns][message]") {
    CHECK(error_of(Bytes(65536, 0)) == FormError::too_long);
}

TEST_CASE("every cut of a message is refused, wherever it is cut", "[dns][message][f2-22]") {
    const Packet packet = response(1, 1, 1)
                              .pointer(12)
                              .data(Type::a, address)
                              .pointer(16)
                              .data(Type::ns, to_bytes(name_of("ns.example.com").wire()))
                              .opt({0, 3, 0, 1, 'x'});
    parsed(packet);
    for (std::size_t size = 0; size < packet.size(); ++size) {
        CAPTURE(size);
        CHECK(error_of(packet.first(size)) == FormError::truncated);
    }
}

TEST_CASE("a truncated response that was cut inside a record keeps its question only",
          "[dns][message][rfc2181-9]") {
    Packet packet = Packet()
                        .header(1, 2, 0, 0, 0x8380)
                        .question("www.example.com", Type::a)
                        .pointer(12)
                        .data(Type::a, address)
                        .pointer(12)
                        .fixed(Type::a, 4)
                        .raw({192, 0});
    const Message message = parsed(packet);
    CHECK(message.header().tc);
    CHECK(message.question()->qname == name_of("www.example.com"));
    CHECK(message.records(Section::answer).empty());
    CHECK(message.records(Section::additional).empty());

    Packet query = Packet().header(1, 1, 0, 0, 0x0300).question("www.example.com", Type::a);
    CHECK(error_of(query) == FormError::truncated);
    CHECK(error_of(packet.first(20)) == FormError::truncated);
}

TEST_CASE("rdata may not run past the end", "[dns][message][f2-23]") {
    CHECK(error_of(response(1).pointer(12).fixed(Type::a, 5).raw(address)) == FormError::truncated);
    CHECK(error_of(response(1).pointer(12).fixed(Type{65400}, 65535).raw(address)) ==
          FormError::truncated);
}

TEST_CASE("rdata shorter or longer than its type wants is refused",
          "[dns][message][f2-24][f2-25]") {
    CHECK(error_of(response(1).pointer(12).data(Type::a, {192, 0, 2})) == FormError::bad_rdata);
    CHECK(error_of(response(1).pointer(12).data(Type::a, {192, 0, 2, 1, 0})) ==
          FormError::bad_rdata);
    CHECK(error_of(response(1).pointer(12).data(Type::a, {})) == FormError::bad_rdata);
    CHECK(error_of(response(1).pointer(12).data(Type::mx, {0, 10})) == FormError::bad_rdata);
    CHECK(error_of(response(1).pointer(12).data(Type::cname, {1, 'a', 0, 0})) ==
          FormError::bad_rdata);
    CHECK(error_of(response(1).pointer(12).data(Type::txt, {5, 'a'})) == FormError::bad_rdata);
}

TEST_CASE("a name in rdata ends inside that rdata", "[dns][message][f2-25]") {
    Packet packet = response(2).pointer(12).fixed(Type::cname, 2).raw({1, 'a'}).u8(0);
    CHECK(error_of(packet.data(Type::a, address)) == FormError::bad_rdata);
}

TEST_CASE("types without a row carry any octets", "[dns][message][rfc3597-3]") {
    const Message message = parsed(response(2)
                                       .pointer(12)
                                       .data(Type{65400}, {0xc0, 0xff, 0})
                                       .pointer(12)
                                       .data(Type{65400}, {}));
    REQUIRE(message.records(Section::answer).size() == 2);
    CHECK(to_bytes(message.records(Section::answer)[0].rdata) == Bytes{0xc0, 0xff, 0});
    CHECK(message.records(Section::answer)[1].rdata.empty());
}

TEST_CASE("a set is read whole or not at all, in every type", "[dns][message][rfc2181-5]") {
    std::size_t refused = 0;
    for (const RdataSample& sample : rdata_samples) {
        CAPTURE(to_text(sample.type), sample.text);
        const Bytes whole = octets_of(sample.octets);
        const auto answer = [&](const Bytes& second) {
            Message message;
            const Packet packet = response(3)
                                      .pointer(12)
                                      .data(sample.type, whole)
                                      .pointer(12)
                                      .data(sample.type, second)
                                      .pointer(12)
                                      .data(sample.type, whole);
            return message.assign(packet) ? message.records(Section::answer).size() : 0;
        };
        if (!is_meta(sample.type)) {
            CHECK(answer(whole) == 3);
        }
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::size_t records = answer(to_bytes(Octets(whole).first(size)));
            refused += records == 0 ? 1U : 0U;
            CHECK((records == 0 || records == 3));
        }
    }
    CHECK(refused > 500);
}

TEST_CASE("service parameters are conveyed as they are, the right and the wrong",
          "[dns][message][rfc9460-4.3]") {
    for (const Bytes& params :
         {Bytes{0, 9}, Bytes{0, 1, 0, 0}, Bytes{0, 3, 0, 2, 1, 187, 0, 3, 0, 0}}) {
        Bytes rdata = {0, 1, 0};
        rdata.insert(rdata.end(), params.begin(), params.end());
        const Message message = parsed(response(1).pointer(12).data(Type::https, rdata));
        REQUIRE(message.records(Section::answer).size() == 1);
        CHECK(to_bytes(message.records(Section::answer)[0].rdata) == rdata);
    }
    // Its target is a name like any other, and is never compressed (RFC 9460 2.2).
    CHECK(error_of(response(1).pointer(12).data(Type::svcb, {0, 1, 0xc0, 12})) ==
          FormError::bad_rdata);
}

TEST_CASE("a TTL with its top bit set is 0", "[dns][message][f2-36][rfc2181-8]") {
    const Message message = parsed(response(3)
                                       .pointer(12)
                                       .data(Type::a, address, in, 0x7fffffff)
                                       .pointer(12)
                                       .data(Type::a, address, in, 0x80000000)
                                       .pointer(12)
                                       .data(Type::a, address, in, 0xffffffff));
    const auto answers = message.records(Section::answer);
    CHECK(answers[0].ttl == 0x7fffffff);
    CHECK(answers[1].ttl == 0);
    CHECK(answers[2].ttl == 0);
}

TEST_CASE("a record of another class than the question's is refused", "[dns][message][f2-28]") {
    using wend::dns::Class;
    for (const Class other : {Class::ch, Class::hs, Class::none, Class::any, Class{0}}) {
        CHECK(error_of(response(1).pointer(12).data(Type::a, address, other)) ==
              FormError::bad_class);
        CHECK(error_of(response(0, 1).pointer(12).data(Type::txt, {1, 'x'}, other)) ==
              FormError::bad_class);
    }
    Packet chaos = Packet().header(1, 1).question("version.bind", Type::txt, Class::ch);
    CHECK(parsed(chaos.pointer(12).data(Type::txt, {1, 'x'}, Class::ch))
              .records(Section::answer)
              .size() == 1);
    Packet any = Packet().header(1, 1).question("version.bind", Type::txt, Class::any);
    CHECK(parsed(any.pointer(12).data(Type::txt, {1, 'x'}, Class::ch))
              .records(Section::answer)
              .size() == 1);
}

TEST_CASE("types that are never data are refused as records", "[dns][message][f2-29]") {
    for (const unsigned number : {0U, 128U, 200U, 251U, 252U, 253U, 254U, 255U}) {
        CAPTURE(number);
        const Type type{static_cast<std::uint16_t>(number)};
        CHECK(error_of(response(1).pointer(12).data(type, {})) == FormError::bad_type);
    }
}

TEST_CASE("a message's signature is passed over, and is its last record",
          "[dns][message][rfc8945-5.1][rfc2931-3]") {
    using wend::dns::Class;
    const Bytes mac = {0, 1, 2, 3};
    for (const Type type : {Type::tsig, Type{24}}) {
        CAPTURE(to_text(type));
        const Message message = parsed(response(1, 0, 2)
                                           .pointer(12)
                                           .data(Type::a, address)
                                           .opt({})
                                           .u8(0)
                                           .data(type, mac, Class::any, 0));
        CHECK(message.records(Section::answer).size() == 1);
        CHECK(message.records(Section::additional).empty());
        CHECK(message.edns() != nullptr);
        const auto misplaced = type == Type::tsig ? FormError::bad_type : FormError::bad_class;
        CHECK(error_of(response(0, 0, 2).u8(0).data(type, mac, Class::any, 0).opt({})) ==
              misplaced);
        CHECK(error_of(response(1).u8(0).data(type, mac, Class::any, 0)) == misplaced);
        CHECK(error_of(response(0, 1).u8(0).data(type, mac, Class::any, 0)) == misplaced);
    }
    // A SIG record of a zone is data.
    Bytes signature(18, 0);
    signature.push_back(0);
    CHECK(parsed(response(0, 0, 1).u8(0).data(Type{24}, signature))
              .records(Section::additional)
              .size() == 1);
}

TEST_CASE("an UPDATE is read as far as to refuse it with grace", "[dns][message][rfc2136]") {
    Packet packet = Packet().header(1, 1, 1, 0, 0x2800).question("example.com", Type::soa);
    packet.pointer(12).data(Type::any, {}, wend::dns::Class::any, 0);
    packet.pointer(12).data(Type::a, address, wend::dns::Class::none, 0);
    const Message message = parsed(packet);
    CHECK(message.header().opcode == Opcode::update);
    CHECK(message.records(Section::answer).size() == 1);
}

TEST_CASE("records of 11 octets, as many as fit, are read in linear work",
          "[dns][message][f2-40]") {
    constexpr unsigned count = (65535 - 12 - 5) / 11;
    Packet packet = Packet().header(1, count, 0, 0).question(".", Type{65400});
    for (unsigned i = 0; i < count; ++i) {
        packet.u8(0).data(Type{65400}, {});
    }
    const Message message = parsed(packet);
    CHECK(message.records(Section::answer).size() == count);
    CHECK(message.steps() == count + 1);
}

TEST_CASE("records stay in the section they came in", "[dns][message][f2-40]") {
    const Bytes soa = Packet().name("a.").name("b.").u32(1).u32(2).u32(3).u32(4).u32(5).octets();
    const Message message = parsed(response(1, 1, 1)
                                       .pointer(12)
                                       .data(Type::soa, soa)
                                       .pointer(12)
                                       .data(Type::a, address)
                                       .pointer(12)
                                       .data(Type::ns, {0}));
    CHECK(message.records(Section::answer)[0].type == Type::soa);
    CHECK(message.records(Section::authority)[0].type == Type::a);
    CHECK(message.records(Section::additional)[0].type == Type::ns);
}

TEST_CASE("a message that has grown reads the next without an allocation", "[dns][message]") {
    Packet big = response(3, 0, 1);
    for (int i = 0; i < 3; ++i) {
        big.pointer(12).data(Type::ns, {1, 'a', 0xc0, 16});
    }
    big.opt({0, 10, 0, 2, 1, 2});
    const Packet small = Packet().header(1, 0, 0, 1, 0x0100).question("b.example", Type::a).opt({});
    const Packet bad = response(1).pointer(12).data(Type::a, {1});

    Message message;
    REQUIRE(message.assign(big));
    const std::size_t before = allocations_so_far();
    for (int i = 0; i < 10; ++i) {
        const bool read = message.assign(small).has_value() && message.assign(big).has_value() &&
                          !message.assign(bad).has_value();
        if (!read) {
            FAIL("each is read as it should be");
        }
    }
    const bool last = message.assign(small).has_value();
    CHECK(allocations_so_far() == before);
    REQUIRE(last);
    CHECK(message.question()->qname == name_of("b.example"));
    CHECK(message.records(Section::answer).empty());
    CHECK(message.edns()->options.empty());
}

TEST_CASE("after a failure the header is all that is left", "[dns][message]") {
    Message message;
    REQUIRE(message.assign(response(1).pointer(12).data(Type::a, address)));
    CHECK_FALSE(message.assign(Packet().header(2, 0, 0, 0, 0x0100)));
    CHECK_FALSE(message.header().qr);
    CHECK(message.header().id == 0x1234);
    CHECK_FALSE(message.question());
    CHECK(message.records(Section::answer).empty());
}
