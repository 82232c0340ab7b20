#include "dns/message_builder.h"

#include <string>

#include <catch2/catch.hpp>

#include "tests/unit/dns/count_allocations.h"
#include "tests/unit/dns/packet.h"

using namespace wend;
using namespace wend::dns;

namespace {

constexpr Header response_header = {.id = 0x1234, .qr = true, .rd = true, .ra = true};
const Question www = {name_of("www.example.com"), Type::a, wend::dns::Class::in};
constexpr std::size_t question_end = 12 + 17 + 4;

Bytes rdata_name(std::string_view text) {
    return to_bytes(name_of(text).wire());
}

RRset rrset_of(std::string_view owner, Type type, const std::vector<Bytes>& rdatas,
               const std::vector<Bytes>& signatures = {}) {
    RRsetBuilder builder(name_of(owner), type);
    for (const Bytes& rdata : rdatas) {
        builder.add(rdata);
    }
    for (const Bytes& signature : signatures) {
        builder.add_signature(signature);
    }
    return builder.finish(300);
}

// Rdata of an RRSIG with the root as its signer.
Bytes signature(std::uint8_t last) {
    Bytes rdata(40, 1);
    rdata[18] = 0;
    rdata.back() = last;
    return rdata;
}

const Edns& edns_of(const Message& message) {
    static const Edns none;
    REQUIRE(message.edns() != nullptr);
    return message.edns() != nullptr ? *message.edns() : none;
}

// A builder with a buffer of its own, started with www.example.com A.
struct Started {
    explicit Started(std::size_t limit = 65535, const EdnsToSend* edns = nullptr,
                     const Question* question = &www)
        : builder(buffer, limit) {
        builder.start(response_header, Rcode::noerror, question, edns);
    }

    std::array<std::uint8_t, 65535> buffer{};
    MessageBuilder builder;
};

Bytes after_question(Octets message) {
    return to_bytes(message.subspan(question_end));
}

}  // namespace

TEST_CASE("a plain answer is written octet for octet", "[dns][builder][rfc1035-4]") {
    const EdnsToSend edns{.udp_payload_size = 1232, .dnssec_ok = true, .version = 0, .options = {}};
    Started s(512, &edns);
    const RRset rrset = rrset_of("www.example.com", Type::a, {{192, 0, 2, 1}, {192, 0, 2, 2}});
    REQUIRE(s.builder.add(Section::answer, rrset.packed(), 60, false));
    CHECK(to_bytes(s.builder.finish()) ==
          Bytes{0x12, 0x34, 0x81, 0x80, 0,   1,    0,   2,   0,    0,   0,   1,   3, 'w', 'w', 'w',
                7,    'e',  'x',  'a',  'm', 'p',  'l', 'e', 3,    'c', 'o', 'm', 0, 0,   1,   0,
                1,    0xc0, 12,   0,    1,   0,    1,   0,   0,    0,   60,  0,   4, 192, 0,   2,
                1,    0xc0, 12,   0,    1,   0,    1,   0,   0,    0,   60,  0,   4, 192, 0,   2,
                2,    0,    0,    41,   4,   0xd0, 0,   0,   0x80, 0,   0,   0});
}

TEST_CASE("a message without a question has none", "[dns][builder]") {
    Started s(512, nullptr, nullptr);
    CHECK(to_bytes(s.builder.finish()) == Packet().header(0).octets());
}

TEST_CASE("names in rdata of RFC 1035 types point to what was written before",
          "[dns][builder][rfc1035-4.1.4]") {
    Started s;
    const Bytes mx = Packet().u16(10).name("mail.example.com").octets();
    REQUIRE(s.builder.add(
        Section::answer,
        rrset_of("www.example.com", Type::cname, {rdata_name("web.example.com")}).packed(), 1,
        false));
    REQUIRE(s.builder.add(Section::answer, rrset_of("web.example.com", Type::mx, {mx}).packed(), 1,
                          false));
    // "web" stands at 45, "mail" at 65.
    CHECK(after_question(s.builder.finish()) == Packet()
                                                    .pointer(12)
                                                    .fixed(Type::cname, 6, wend::dns::Class::in, 1)
                                                    .raw({3, 'w', 'e', 'b'})
                                                    .pointer(16)
                                                    .pointer(45)
                                                    .fixed(Type::mx, 9, wend::dns::Class::in, 1)
                                                    .raw({0, 10, 4, 'm', 'a', 'i', 'l'})
                                                    .pointer(16)
                                                    .octets());
}

TEST_CASE("both names of an SOA are compressed", "[dns][builder]") {
    Started s;
    const Bytes soa =
        Packet().name("ns.example.com").name("root.ns.example.com").raw(Bytes(20, 7)).octets();
    REQUIRE(s.builder.add(Section::authority, rrset_of("example.com", Type::soa, {soa}).packed(), 9,
                          false));
    CHECK(after_question(s.builder.finish()) == Packet()
                                                    .pointer(16)
                                                    .fixed(Type::soa, 32, wend::dns::Class::in, 9)
                                                    .raw({2, 'n', 's'})
                                                    .pointer(16)
                                                    .raw({4, 'r', 'o', 'o', 't'})
                                                    .pointer(45)
                                                    .raw(Bytes(20, 7))
                                                    .octets());
}

TEST_CASE("names in rdata of later types are written whole", "[dns][builder][rfc3597-4]") {
    Started s;
    const Bytes srv = Packet().u16(1).u16(2).u16(3).name("www.example.com").octets();
    REQUIRE(s.builder.add(Section::answer, rrset_of("www.example.com", Type::srv, {srv}).packed(),
                          1, false));
    CHECK(after_question(s.builder.finish()) ==
          Packet().pointer(12).data(Type::srv, srv, wend::dns::Class::in, 1).octets());
}

TEST_CASE("an owner equal to the question's name is seen as it was asked",
          "[dns][builder][rfc4343-4.1]") {
    const Question odd = {name_of("wWw.eXample.com"), Type::ns, wend::dns::Class::in};
    Started s(65535, nullptr, &odd);
    REQUIRE(s.builder.add(
        Section::answer,
        rrset_of("www.example.com", Type::ns, {rdata_name("ns.example.com")}).packed(), 1, false));
    // The rdata keeps its own letter case, so only "com" is shared.
    CHECK(after_question(s.builder.finish()) == Packet()
                                                    .pointer(12)
                                                    .fixed(Type::ns, 13, wend::dns::Class::in, 1)
                                                    .raw({2, 'n', 's', 7})
                                                    .raw({'e', 'x', 'a', 'm', 'p', 'l', 'e'})
                                                    .pointer(24)
                                                    .octets());
}

TEST_CASE("an RRset can be written under another owner with its signatures", "[dns][builder]") {
    Started s;
    const RRset rrset =
        rrset_of("*.example.com", Type::txt, {{1, 'a'}, {1, 'b'}}, {{7, 7}, {8, 8}});
    REQUIRE(s.builder.add(Section::answer, rrset.packed(), 5, true, name_of("b.example.com")));
    const auto in = wend::dns::Class::in;
    CHECK(after_question(s.builder.finish()) == Packet()
                                                    .raw({1, 'b'})
                                                    .pointer(16)
                                                    .data(Type::txt, {1, 'a'}, in, 5)
                                                    .pointer(33)
                                                    .data(Type::txt, {1, 'b'}, in, 5)
                                                    .pointer(33)
                                                    .data(Type::rrsig, {7, 7}, in, 5)
                                                    .pointer(33)
                                                    .data(Type::rrsig, {8, 8}, in, 5)
                                                    .octets());
}

TEST_CASE("the root is written as itself, never as a pointer", "[dns][builder]") {
    const Question root = {Name(), Type::ns, wend::dns::Class::in};
    Started s(65535, nullptr, &root);
    REQUIRE(s.builder.add(
        Section::answer,
        rrset_of(".", Type::ns, {rdata_name("a.test"), rdata_name("b.test")}).packed(), 1, false));
    CHECK(to_bytes(s.builder.finish().subspan(17)) ==
          Packet()
              .u8(0)
              .fixed(Type::ns, 8, wend::dns::Class::in, 1)
              .name("a.test")
              .u8(0)
              .fixed(Type::ns, 4, wend::dns::Class::in, 1)
              .raw({1, 'b'})
              .pointer(30)
              .octets());
}

TEST_CASE("an RRset that does not fit leaves no octet, no count and no name behind",
          "[dns][builder][rfc2181-9]") {
    const RRset first = rrset_of("a.example.com", Type::a, {{1, 1, 1, 1}});
    const RRset second = rrset_of("long.b.example.com", Type::a, {{2, 2, 2, 2}, {3, 3, 3, 3}});
    const RRset third = rrset_of("long.b.example.com", Type::a, {{4, 4, 4, 4}});
    const auto build = [&](std::size_t limit, bool with_second) {
        Started s(limit);
        REQUIRE(s.builder.add(Section::answer, first.packed(), 1, false));
        const std::size_t before = s.builder.size();
        if (with_second) {
            REQUIRE_FALSE(s.builder.add(Section::answer, second.packed(), 1, false));
            CHECK(s.builder.size() == before);
        }
        REQUIRE(s.builder.add(Section::answer, third.packed(), 1, false));
        return to_bytes(s.builder.finish());
    };
    const Bytes without = build(65535, false);
    CHECK(build(without.size(), true) == without);
    CHECK(build(without.size() + 15, true) == without);  // the second record is 16 octets
}

TEST_CASE("every limit gives a message within it that can be read", "[dns][builder]") {
    const RRset rrsets[] = {
        rrset_of("www.example.com", Type::cname, {rdata_name("a.b.example.net")}, {signature(1)}),
        rrset_of("a.b.example.net", Type::aaaa, {Bytes(16, 1), Bytes(16, 2)}, {signature(2)}),
        rrset_of("example.net", Type::ns, {rdata_name("ns1.example.net"), rdata_name("ns.test")}),
    };
    const Bytes nsid(20, 'n');
    const EdnsOption options[] = {{OptionCode::nsid, nsid}};
    const EdnsToSend edns{.options = options};
    int whole = 0;
    for (std::size_t limit = question_end + 11; limit < 400; ++limit) {
        CAPTURE(limit);
        Started s(limit, &edns);
        bool all = true;
        for (const RRset& rrset : rrsets) {
            all = s.builder.add(Section::answer, rrset.packed(), 60, true) && all;
            CHECK(s.builder.size() <= limit);
        }
        if (!all) {
            s.builder.set_truncated();
        }
        const Octets wire = s.builder.finish();
        CHECK(wire.size() == s.builder.size());
        REQUIRE(wire.size() <= limit);
        const auto message = Message::parse(wire);
        REQUIRE(message);
        CHECK(message->header().tc == !all);
        CHECK((limit < question_end + 35 || edns_of(*message).options.size() == 1));
        if (all) {
            CHECK(message->records(Section::answer).size() == 7);
        }
        whole += all ? 1 : 0;
    }
    CHECK(whole == 400 - 296);
}

TEST_CASE("the upper bits of an rcode go to the OPT record", "[dns][builder][rfc6891-6.1.3]") {
    std::array<std::uint8_t, 512> buffer{};
    MessageBuilder builder(buffer, 512);
    const EdnsToSend edns;
    builder.start(response_header, Rcode::badvers, &www, &edns);
    const auto message = Message::parse(builder.finish());
    REQUIRE(message);
    CHECK(message->header().rcode == 0);
    CHECK(edns_of(*message).extended_rcode == 1);
    CHECK(message->rcode() == Rcode::badvers);
}

TEST_CASE("EDNS options arrive as they were given", "[dns][builder][rfc6891-6.1.2]") {
    const Bytes cookie = {1, 2, 3, 4, 5, 6, 7, 8};
    const EdnsOption options[] = {{OptionCode::cookie, cookie}, {OptionCode::padding, {}}};
    const EdnsToSend edns{
        .udp_payload_size = 4096, .dnssec_ok = true, .version = 0, .options = options};
    Started s(512, &edns);
    CHECK(s.builder.size() == question_end + 11 + 12 + 4);
    const auto message = Message::parse(s.builder.finish());
    REQUIRE(message);
    CHECK(edns_of(*message).udp_payload_size == 4096);
    CHECK(edns_of(*message).dnssec_ok);
    REQUIRE(edns_of(*message).options.size() == 2);
    CHECK(to_bytes(edns_of(*message).options[0].data) == cookie);
    CHECK(edns_of(*message).options[1].code == OptionCode::padding);
}

TEST_CASE("a message of 65,535 octets can be written and read", "[dns][builder]") {
    Started s;
    std::size_t added = 0;
    for (unsigned i = 0; i < 7000; ++i) {
        const RRset rrset =
            rrset_of("n" + std::to_string(i) + ".example.org", Type::a,
                     {{10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}});
        if (!s.builder.add(Section::answer, rrset.packed(), 1, false)) {
            break;
        }
        ++added;
    }
    const Octets wire = s.builder.finish();
    CHECK(wire.size() > 65500);
    const auto message = Message::parse(wire);
    REQUIRE(message);
    const auto answers = message->records(Section::answer);
    REQUIRE(answers.size() == added);
    for (unsigned i = 0; i < added; ++i) {
        REQUIRE(answers[i].owner == name_of("n" + std::to_string(i) + ".example.org"));
    }
}

TEST_CASE("no pointer is written to where 14 bits do not reach", "[dns][builder]") {
    Started s;
    const RRset filler = rrset_of(".", Type{65400}, {Bytes(0x4000, 0)});
    REQUIRE(s.builder.add(Section::answer, filler.packed(), 1, false));
    const RRset far = rrset_of("far.test", Type::a, {{1, 1, 1, 1}, {2, 2, 2, 2}});
    REQUIRE(s.builder.add(Section::answer, far.packed(), 1, false));
    const RRset alias = rrset_of("www.example.com", Type::cname, {rdata_name("far.example.com")});
    REQUIRE(s.builder.add(Section::answer, alias.packed(), 1, false));
    const auto message = Message::parse(s.builder.finish());
    REQUIRE(message);
    CHECK(message->records(Section::answer)[1].owner == name_of("far.test"));
    CHECK(message->records(Section::answer)[2].owner == name_of("far.test"));
    CHECK(to_bytes(message->records(Section::answer)[3].rdata) == rdata_name("far.example.com"));
}

TEST_CASE("only the first 120 suffixes are remembered for compression", "[dns][builder]") {
    NameCompression names;
    names.clear();
    Packet message = Packet().header(0);
    for (unsigned i = 0; i < 130; ++i) {
        const Name name = name_of("n" + std::to_string(i));
        const auto match = names.find(message, name);
        CHECK(match.suffix == 0);
        names.add(name, match, message.size());
        message.raw(name.wire());
    }
    CHECK(names.size() <= NameCompression::entries_max);
    CHECK(names.size() > 100);  // some of these may share their places
    const auto match = names.find(message, name_of("x.n0"));
    REQUIRE(match.suffix != 0);
    CHECK(names.place_of(match.suffix) == 12);
    CHECK(match.octets_new == 2);
    CHECK(names.find(message, name_of("n129")).suffix == 0);
    CHECK(names.find(message, name_of("N0")).suffix == 0);
    names.shrink_to(0);
    CHECK(names.find(message, name_of("n0")).suffix == 0);
}

TEST_CASE("a label of any length is found again", "[dns][builder]") {
    for (std::size_t size = 1; size <= label_octets_max; ++size) {
        const std::string label(size, 'x');
        NameCompression names;
        names.clear();
        const Packet message = Packet().header(0).name(label);
        names.add(name_of(label), names.find(message.first(12), name_of(label)), 12);
        const auto match = names.find(message, name_of("a." + label));
        CHECK(match.suffix != 0);
        CHECK(match.octets_new == 2);
        CHECK(names.find(message, name_of(label + "." + label)).octets_new == size + 1);
        const std::string other = label.substr(1) + "y";
        CHECK(names.find(message, name_of(other)).suffix == 0);
    }
}

TEST_CASE("writing a message takes no memory from the heap", "[dns][builder]") {
    const RRset alias = rrset_of("www.example.com", Type::cname, {rdata_name("web.example.com")});
    const RRset rrset = rrset_of("web.example.com", Type::a, {{192, 0, 2, 1}}, {Bytes(100, 1)});
    Started s;
    const std::size_t before = allocations_so_far();
    const bool first = s.builder.add(Section::answer, alias.packed(), 1, true);
    const bool second = s.builder.add(Section::answer, rrset.packed(), 1, true);
    const std::size_t size = s.builder.finish().size();
    CHECK(allocations_so_far() == before);
    CHECK(first);
    CHECK(second);
    CHECK(size == 33 + 18 + 16 + 112);
}
