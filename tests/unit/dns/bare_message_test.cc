#include "dns/bare_message.h"

#include <catch2/catch.hpp>

#include "dns/message.h"
#include "tests/unit/dns/packet.h"
#include "tests/unit/dns/parsing.h"

using namespace wend;
using namespace wend::dns;

namespace {

constexpr std::size_t qname_end = 12 + 17;  // www.example.com in octets, with the root
constexpr std::uint32_t dnssec_ok = 0x8000;
const Bytes cookie = {0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};

Packet asking(unsigned additionals) {
    return Packet().header(1, 0, 0, additionals, 0x0120).question("www.Example.com", Type::aaaa);
}

// The same message to every reader, but that the OPT record's owner is a pointer to the root at the
// end of the question's name: that is no bare message.
Packet with_pointer_to_root(const Bytes& options, std::uint32_t ttl) {
    return asking(1).pointer(qname_end - 1).data(Type::opt, options, Class{1232}, ttl);
}

bool same_edns(const Edns& a, const Edns& b) {
    const auto same = [](const EdnsOption& x, const EdnsOption& y) {
        return x.code == y.code && std::ranges::equal(x.data, y.data);
    };
    return a.version == b.version && a.extended_rcode == b.extended_rcode &&
           a.dnssec_ok == b.dnssec_ok && a.udp_payload_size == b.udp_payload_size &&
           std::ranges::equal(a.options, b.options, same);
}

}  // namespace

TEST_CASE("a question alone is a bare message", "[dns][message]") {
    const Packet packet = asking(0);
    const auto bare = BareMessage::read(packet);
    REQUIRE(bare);
    CHECK(equal_with_case(bare->qname, name_of("www.Example.com")));
    CHECK(bare->qtype == Type::aaaa);
    CHECK(bare->qclass == wend::dns::Class::in);
    CHECK_FALSE(bare->has_opt);
    CHECK(bare->steps == 4);
    const Packet root = Packet().header(1).question(".", Type::ns);
    REQUIRE(BareMessage::read(root));
    CHECK(BareMessage::read(root)->qname.is_root());
}

TEST_CASE("a question and an OPT record are a bare message", "[dns][message][rfc6891]") {
    const Packet packet = asking(1).opt(cookie, dnssec_ok, 4096);
    const auto bare = BareMessage::read(packet);
    REQUIRE(bare);
    CHECK(bare->has_opt);
    CHECK(bare->opt_class == 4096);
    CHECK(bare->opt_ttl == dnssec_ok);
    CHECK(to_bytes(bare->opt_rdata) == cookie);
    CHECK(bare->steps == 5);
}

TEST_CASE("other messages and malformed ones are no bare messages", "[dns][message]") {
    const Bytes address = {192, 0, 2, 1};
    CHECK_FALSE(BareMessage::read(with_pointer_to_root(cookie, 0)));
    CHECK_FALSE(BareMessage::read(asking(1).u8(0).data(Type::a, address)));
    CHECK_FALSE(BareMessage::read(asking(1).name("a").data(Type::opt, {})));
    CHECK_FALSE(BareMessage::read(asking(2).opt({}).opt({})));
    CHECK_FALSE(BareMessage::read(asking(0).opt({})));
    CHECK_FALSE(BareMessage::read(asking(1)));
    CHECK_FALSE(BareMessage::read(asking(1).opt({}).u8(0)));
    CHECK_FALSE(BareMessage::read(asking(0).u8(0)));
    CHECK_FALSE(BareMessage::read(Packet().header(0)));
    CHECK_FALSE(BareMessage::read(Packet().header(2).question("a", Type::a)));
    CHECK_FALSE(
        BareMessage::read(Packet().header(1, 1).question("a", Type::a).u8(0).data(Type::opt, {})));
    CHECK_FALSE(BareMessage::read(
        Packet().header(1, 0, 1).question("a", Type::a).u8(0).data(Type::opt, {})));
    CHECK_FALSE(BareMessage::read(Packet().header(1).pointer(0).u16(1).u16(1)));
    const Packet whole = asking(1).opt(cookie);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CHECK_FALSE(BareMessage::read(whole.first(size)));
    }
}

TEST_CASE("a bare message's name has 255 octets at most", "[dns][message]") {
    const auto asked = [](std::size_t last_label) {
        Packet packet = Packet().header(1);
        for (const std::size_t size :
             {std::size_t{63}, std::size_t{63}, std::size_t{63}, last_label}) {
            packet.u8(static_cast<unsigned>(size)).raw(Bytes(size, 'x'));
        }
        return packet.u8(0).u16(1).u16(1);
    };
    REQUIRE(BareMessage::read(asked(61)));
    CHECK(BareMessage::read(asked(61))->qname.size() == name_octets_max);
    CHECK_FALSE(BareMessage::read(asked(62)));
    Packet long_label = Packet().header(1).u8(64).raw(Bytes(64, 'x')).u8(0).u16(1).u16(1);
    CHECK_FALSE(BareMessage::read(long_label));
}

TEST_CASE("a bare message says what every reading of it says", "[dns][message]") {
    for (const Bytes& options : {Bytes(), cookie, Bytes{0, 12, 0, 0, 0, 3, 0, 0}}) {
        for (const std::uint32_t ttl : {0U, dnssec_ok, 0x01020000U}) {
            const Packet packet = asking(1).opt(options, ttl);
            REQUIRE(BareMessage::read(packet));
            const Message bare = parsed(packet);
            const Message general = parsed(with_pointer_to_root(options, ttl));
            CHECK(bare.header().flags() == general.header().flags());
            CHECK(bare.header().id == general.header().id);
            CHECK(bare.question() == general.question());
            REQUIRE(bare.edns() != nullptr);
            REQUIRE(general.edns() != nullptr);
            CHECK(same_edns(*bare.edns(), *general.edns()));
            CHECK(bare.rcode() == general.rcode());
            CHECK(bare.steps() + 1 == general.steps());  // the pointer
            CHECK(bare.records(Section::additional).empty());
        }
    }
    CHECK(error_of(asking(1).opt({0, 10, 0, 8, 1})) ==
          error_of(with_pointer_to_root({0, 10, 0, 8, 1}, 0)));
}

TEST_CASE("nothing of a message is left when a bare one is read after it", "[dns][message]") {
    Message message;
    const Packet full = Packet()
                            .header(1, 1, 0, 1)
                            .question("a", Type::a)
                            .pointer(12)
                            .data(Type::a, {192, 0, 2, 1})
                            .opt(cookie, dnssec_ok);
    REQUIRE(message.assign(full));
    CHECK(message.records(Section::answer).size() == 1);
    CHECK(message.edns() != nullptr);
    REQUIRE(message.assign(asking(0)));
    CHECK(message.records(Section::answer).empty());
    CHECK(message.edns() == nullptr);
    CHECK(message.wire_size() == asking(0).size());
}
