// Names inside messages: compression, label types, limits, and the work they may take.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "dns/message.h"
#include "tests/unit/dns/packet.h"
#include "tests/unit/dns/parsing.h"

using namespace wend;
using namespace wend::dns;

namespace {

const Bytes host = {192, 0, 2, 1};

// A question "a.example" at 12, 11 octets of name; the first record's owner stands at 27.
Packet to_example(unsigned answers) {
    return Packet().header(1, answers).question("a.example", Type::a);
}

constexpr std::size_t owner_at = 27;

// Labels of `sizes` octets without the root.
Bytes labels(std::initializer_list<std::size_t> sizes) {
    Bytes wire;
    for (const std::size_t size : sizes) {
        wire.push_back(static_cast<std::uint8_t>(size));
        wire.insert(wire.end(), size, 'x');
    }
    return wire;
}

// Many names in one message, each a chain of pointers that ends in the question's name.
Packet pointer_chains(std::size_t size) {
    Packet packet = Packet().header(1, 0).question("a.example", Type{65400});
    Bytes chain;
    const std::size_t chain_at = packet.size() + 1 + 10;
    const std::size_t chain_size = std::min<std::size_t>(0x3ffe - chain_at, size / 4) / 2 * 2;
    std::size_t target = 12;
    for (std::size_t at = chain_at; at < chain_at + chain_size; at += 2) {
        chain.push_back(static_cast<std::uint8_t>(0xc0 | target >> 8));
        chain.push_back(static_cast<std::uint8_t>(target));
        target = at;
    }
    packet.u8(0).data(Type{65400}, chain);
    unsigned count = 1;
    for (; packet.size() + 12 <= size; ++count) {
        // Two ends in turn, so that no owner is that of the record before.
        packet.pointer(target - 2 * (count % 2)).data(Type{65400}, {});
    }
    Bytes wire = packet.octets();
    store_u16(wire, 6, static_cast<std::uint16_t>(count));
    return Packet().raw(wire);
}

}  // namespace

TEST_CASE("a question's name cannot be a pointer", "[dns][names][f2-11]") {
    CHECK(error_of(Packet().header(1).pointer(12).u16(1).u16(1)) == FormError::bad_pointer);
    CHECK(error_of(Packet().header(1).raw({1, 'a'}).pointer(12).u16(1).u16(1)) ==
          FormError::bad_pointer);
}

TEST_CASE("a pointer to itself is refused", "[dns][names][f2-12]") {
    CHECK(error_of(to_example(1).pointer(owner_at).data(Type::a, host)) == FormError::bad_pointer);
    CHECK(error_of(to_example(1).raw({1, 'b'}).pointer(owner_at).data(Type::a, host)) ==
          FormError::bad_pointer);
    CHECK(error_of(to_example(1).raw({1, 'b'}).pointer(owner_at + 2).data(Type::a, host)) ==
          FormError::bad_pointer);
}

TEST_CASE("a pointer forward is refused", "[dns][names][f2-13]") {
    CHECK(error_of(to_example(1).pointer(owner_at + 2).data(Type::a, host)) ==
          FormError::bad_pointer);
    CHECK(error_of(to_example(1).pointer(0x3fff).data(Type::a, host)) == FormError::bad_pointer);
}

TEST_CASE("a pointer into the header is refused", "[dns][names][f2-14]") {
    for (std::size_t target = 0; target < 12; ++target) {
        CAPTURE(target);
        CHECK(error_of(to_example(1).pointer(target).data(Type::a, host)) ==
              FormError::bad_pointer);
        CHECK(error_of(Packet().header(0, 1).pointer(target).data(Type::a, host)) ==
              FormError::bad_pointer);
    }
}

TEST_CASE("a pointer to a pointer is followed", "[dns][names][f2-15]") {
    const Packet packet =
        to_example(2).pointer(12).data(Type::a, host).pointer(owner_at).data(Type::a, host);
    CHECK(parsed(packet).records(Section::answer)[1].owner == name_of("a.example"));
}

TEST_CASE("a pointer into a label reads what stands there as a name", "[dns][names][f2-16]") {
    // "\001a\000" inside a label of the question.
    Packet packet = Packet().header(1, 1).raw({4, 1, 'b', 0, 'x', 0}).u16(1).u16(1);
    const Message message = parsed(packet.pointer(13).data(Type::a, host));
    CHECK(message.records(Section::answer)[0].owner == name_of("b."));
    // The same a octet further on is a label of 98 octets.
    Packet other = Packet().header(1, 1).raw({4, 1, 'b', 0, 'x', 0}).u16(1).u16(1);
    CHECK(error_of(other.pointer(14).data(Type::a, host)) == FormError::bad_label_type);
}

TEST_CASE("a name that is pointed to ends before the name that points", "[dns][names][f2-16]") {
    // The octet at 16 is a label of 12 octets, which hold the rest of the question, the owner's
    // pointer and the zero after it.
    Packet packet = Packet().header(1, 1).raw({4, 'a', 'b', 'c', 12, 0}).u16(1).u16(1);
    packet.raw({1, 'x'}).pointer(16).raw({'p', 'a', 'd', 0});
    CHECK(error_of(packet) == FormError::bad_pointer);
}

TEST_CASE("label types 01 and 10 and labels of 64 octets are refused",
          "[dns][names][f2-17][f2-18][rfc6891-5]") {
    for (const unsigned length : {0x40U, 0x41U, 0x7fU, 0x80U, 0xbfU}) {
        CAPTURE(length);
        Packet packet = Packet().header(1).u8(length);
        for (int i = 0; i < 70; ++i) {
            packet.u8('x');
        }
        CHECK(error_of(packet.u8(0).u16(1).u16(1)) == FormError::bad_label_type);
    }
    CHECK(parsed(Packet().header(1).raw(labels({63})).u8(0).u16(1).u16(1)).question());
}

TEST_CASE("a name has 255 octets at most, compressed or not", "[dns][names][f2-19]") {
    const auto question = [](std::initializer_list<std::size_t> sizes) {
        return Packet().header(1).raw(labels(sizes)).u8(0).u16(1).u16(1);
    };
    CHECK(parsed(question({63, 63, 63, 60})).question()->qname.wire().size() == 254);
    CHECK(parsed(question({63, 63, 63, 61})).question()->qname.wire().size() == 255);
    CHECK(error_of(question({63, 63, 63, 62})) == FormError::name_too_long);

    const auto owner = [](std::size_t first) {
        return Packet()
            .header(1, 1)
            .raw(labels({63, 63, 63}))
            .u8(0)
            .u16(1)
            .u16(1)
            .raw(labels({first}))
            .pointer(12)
            .data(Type::a, host);
    };
    CHECK(parsed(owner(60)).records(Section::answer)[0].owner.size() == 254);
    CHECK(parsed(owner(61)).records(Section::answer)[0].owner.size() == 255);
    CHECK(error_of(owner(62)) == FormError::name_too_long);
}

TEST_CASE("a name of 127 labels is read", "[dns][names]") {
    Packet packet = Packet().header(1);
    for (int i = 0; i < 127; ++i) {
        packet.raw({1, 'x'});
    }
    CHECK(parsed(packet.u8(0).u16(1).u16(1)).question()->qname.view().label_count() == 127);
}

TEST_CASE("a name that does not end is refused", "[dns][names][f2-20]") {
    CHECK(error_of(Packet().header(1).raw({1, 'a'})) == FormError::truncated);
    CHECK(error_of(Packet().header(1).raw({5, 'a'})) == FormError::truncated);
    CHECK(error_of(Packet().header(1).raw({1, 'a', 0xc0})) == FormError::truncated);
}

TEST_CASE("labels may hold any octets", "[dns][names][f2-21][rfc2181-11]") {
    for (unsigned octet = 0; octet < 256; ++octet) {
        Packet packet = Packet().header(1).u8(3).u8('a').u8(octet).u8('.').u8(0).u16(1).u16(1);
        const Message message = parsed(packet);
        const Octets label = message.question()->qname.view().first_label();
        CHECK(to_bytes(label) == Bytes{'a', static_cast<std::uint8_t>(octet), '.'});
    }
}

TEST_CASE("names that came compressed where it is not allowed are read or refused, never kept so",
          "[dns][names][f2-26][rfc3597-4]") {
    // SRV: read from old senders.
    const Bytes srv = {0, 1, 0, 2, 0, 3, 0xc0, 12};
    const Message message = parsed(to_example(1).pointer(12).data(Type::srv, srv));
    CHECK(to_bytes(message.records(Section::answer)[0].rdata) ==
          Packet().u16(1).u16(2).u16(3).name("a.example").octets());
    for (const Type type : {Type::dname, Type::nsec, Type::rrsig, Type::naptr}) {
        CAPTURE(to_text(type));
        Bytes rdata = type == Type::rrsig ? Bytes(18, 0) : Bytes();
        rdata.insert(rdata.end(), {0xc0, 12, 0, 1, 2});
        Message other;
        if (other.assign(to_example(1).pointer(12).data(type, rdata))) {
            for (const auto& record : other.records(Section::answer)) {
                CHECK(std::ranges::find(record.rdata, 0xc0) == record.rdata.end());
            }
        }
    }
}

TEST_CASE("a pointer into its own rdata goes back to a name that ended there",
          "[dns][names][f2-27]") {
    // SOA: the second name may point to the first, and not to itself.
    const std::size_t rdata_at = owner_at + 2 + 10;
    const auto soa = [&](std::size_t target) {
        const Bytes rdata = Packet()
                                .raw({1, 'm'})
                                .pointer(12)
                                .raw({1, 'r'})
                                .pointer(target)
                                .raw(Bytes(20, 0))
                                .octets();
        return to_example(1).pointer(12).data(Type::soa, rdata);
    };
    const Message message = parsed(soa(rdata_at));
    CHECK(to_bytes(message.records(Section::answer)[0].rdata) ==
          Packet().name("m.a.example").name("r.m.a.example").raw(Bytes(20, 0)).octets());
    CHECK(error_of(soa(rdata_at + 4)) == FormError::bad_pointer);
    CHECK(error_of(soa(rdata_at + 6)) == FormError::bad_pointer);
    CHECK(error_of(soa(rdata_at + 8)) == FormError::bad_pointer);
}

TEST_CASE("the work of names grows no faster than the message", "[dns][names][f2-15][rfc9267]") {
    for (const std::size_t size : {2048U, 8192U, 32768U, 65535U}) {
        const Packet packet = pointer_chains(size);
        CAPTURE(size, packet.size());
        Message message;
        const auto done = message.assign(packet);
        REQUIRE_FALSE(done);
        CHECK(done.error() == FormError::too_much_work);
        CHECK(message.steps() == Message::steps_max(packet.size()));
    }
}

TEST_CASE("owners that repeat the question or the record before cost one step", "[dns][names]") {
    Packet packet = Packet().header(1, 2000).question("a.b.c.d.e.f.g.h.example", Type::a);
    for (int i = 0; i < 2000; ++i) {
        packet.pointer(12).data(Type::a, host);
    }
    CHECK(parsed(packet).steps() == 10 + 2000);
}

TEST_CASE("names cannot make a message grow past 64 KiB and 16 times its octets", "[dns][names]") {
    // NS records whose rdata is one pointer to a name of 255 octets.
    Packet packet = Packet().header(1, 4000).raw(labels({63, 63, 63, 61})).u8(0).u16(2).u16(1);
    for (int i = 0; i < 4000; ++i) {
        packet.pointer(12).data(Type::ns, {0xc0, 12});
    }
    CHECK(error_of(packet) == FormError::too_much_work);
}
