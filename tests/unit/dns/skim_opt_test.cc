#include "dns/skim_opt.h"

#include <catch2/catch.hpp>

#include "base/random.h"
#include "dns/message.h"
#include "tests/unit/dns/packet.h"

using namespace wend;
using namespace wend::dns;

namespace {

const Bytes address = {192, 0, 2, 1};

Packet query(unsigned questions, unsigned answers, unsigned authorities, unsigned additionals) {
    return Packet().header(questions, answers, authorities, additionals, 0x0100);
}

}  // namespace

TEST_CASE("an OPT record is found behind what cannot be read", "[dns][rfc6891-6.1.1]") {
    const auto found = [](const Packet& packet) {
        const auto edns = skim_opt(packet);
        return edns && edns->dnssec_ok && edns->udp_payload_size == 1400 && edns->version == 2;
    };
    constexpr std::uint32_t version_2_with_do = 0x00028000;
    const auto opt = [](Packet packet) {
        return packet.opt({0, 3, 0, 9}, version_2_with_do, 1400);
    };
    CHECK(found(opt(query(0, 0, 0, 1))));
    CHECK(found(opt(query(1, 0, 0, 1).question("a.example", Type::a))));
    CHECK(found(opt(query(3, 0, 0, 1)
                        .question("a.example", Type::a)
                        .question(".", Type::ns)
                        .pointer(12)
                        .u32(0x00010001))));
    CHECK(found(opt(query(1, 1, 1, 2)
                        .question("a.example", Type::a)
                        .pointer(9999)
                        .data(Type::a, {1})
                        .name("b.example")
                        .data(Type::mx, {})
                        .u8(0)
                        .data(Type{65400}, address))));
    CHECK(found(opt(opt(query(0, 0, 0, 2)))));
}

TEST_CASE("no OPT record is seen where none is, or where the way to it is lost",
          "[dns][rfc6891-6.1.1]") {
    CHECK_FALSE(skim_opt({}));
    CHECK_FALSE(skim_opt(query(0, 0, 0, 0)));
    CHECK_FALSE(skim_opt(query(0, 0, 0, 1)));
    CHECK_FALSE(skim_opt(query(0, 0, 0, 0).opt({})));                    // not counted
    CHECK_FALSE(skim_opt(query(0, 1, 0, 0).opt({})));                    // an answer
    CHECK_FALSE(skim_opt(query(1, 0, 0, 1).opt({})));                    // a question's place
    CHECK_FALSE(skim_opt(query(1, 0, 0, 1).raw({0x40, 0}).opt({})));     // no label
    CHECK_FALSE(skim_opt(query(1, 0, 0, 1).raw({5, 'a', 'b'})));         // ends in a label
    CHECK_FALSE(skim_opt(query(0, 0, 0, 1).u8(0).u16(41).u16(512)));     // ends in its fields
    CHECK_FALSE(skim_opt(query(0, 0, 0, 2).u8(0).fixed(Type::a, 500)));  // ends in rdata
    CHECK_FALSE(skim_opt(query(65'535, 65'535, 65'535, 65'535)));
}

TEST_CASE("where a message can be read, the same OPT record is found", "[dns][seed-1]") {
    SeededRandom random(1);
    const Bytes whole = query(1, 1, 1, 2)
                            .question("www.example", Type::a)
                            .pointer(12)
                            .data(Type::a, address)
                            .pointer(16)
                            .data(Type::txt, {1, 'x'})
                            .pointer(12)
                            .data(Type::a, address)
                            .opt({0, 10, 0, 2, 7, 7}, 0x8000, 1400)
                            .octets();
    std::size_t read = 0;
    for (int i = 0; i < 20'000; ++i) {
        Bytes octets = whole;
        for (std::uint64_t change = 1 + random.below(3); change > 0; --change) {
            octets[random.below(octets.size())] = static_cast<std::uint8_t>(random.below(256));
        }
        const auto skimmed = skim_opt(octets);
        const auto message = Message::parse(octets);
        if (!message ||
            message->header().tc) {  // one that is cut short is read without its records
            continue;
        }
        ++read;
        const Edns* const edns = message->edns();
        REQUIRE(skimmed.has_value() == (edns != nullptr));
        if (edns != nullptr) {
            CHECK(skimmed->udp_payload_size == edns->udp_payload_size);
            CHECK(skimmed->version == edns->version);
            CHECK(skimmed->dnssec_ok == edns->dnssec_ok);
        }
    }
    CHECK(read > 1'000);
}
