// The properties of the fuzz targets, on seeded mutations of messages that hold most of what
// messages hold. A failure prints its seed.
#include <catch2/catch.hpp>

#include "base/random.h"
#include "dns/message_builder.h"
#include "fuzz/properties.h"
#include "tests/unit/dns/packet.h"

using namespace wend;
using namespace wend::dns;

namespace {

Packet asked(unsigned answers, unsigned authorities, unsigned additionals) {
    return Packet()
        .header(1, answers, authorities, additionals)
        .question("wWw.example.com", Type::a);
}

std::vector<Packet> seeds() {
    const Bytes address = {192, 0, 2, 1};
    const Bytes soa =
        Packet().raw({2, 'n', 's'}).pointer(16).pointer(45).raw(Bytes(20, 3)).octets();
    Bytes rrsig(18, 1);
    rrsig.insert(rrsig.end(), {3, 'c', 'o', 'm', 0, 9, 9, 9});
    return {
        asked(0, 0, 0),
        asked(0, 0, 1).opt({0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 12, 0, 2, 0, 0}, 0x8000),
        asked(2, 0, 0).pointer(12).data(Type::a, address).pointer(12).data(Type::a, {1, 2, 3, 4}),
        asked(0, 1, 1).pointer(16).data(Type::soa, soa).opt({}),
        asked(3, 0, 0)
            .pointer(12)
            .data(Type::cname, {1, 'a', 0xc0, 16})
            .pointer(45)
            .data(Type::a, address)
            .pointer(45)
            .data(Type::rrsig, rrsig),
        asked(3, 0, 0)
            .pointer(12)
            .data(Type::mx, {0, 1, 0xc0, 16})
            .pointer(12)
            .data(Type::srv, {0, 1, 0, 2, 0, 3, 1, 'x', 0xc0, 12})
            .pointer(12)
            .data(Type::txt, {1, 'a', 3, 'b', 'c', 'd'}),
        asked(1, 1, 1)
            .pointer(12)
            .data(Type::https, {0, 1, 0, 0, 1, 0, 3, 2, 'h', '2'})
            .name("a.example.com")
            .data(Type::nsec, {1, 'b', 0, 0, 1, 0x40})
            .u8(0)
            .data(Type{65400}, {0xc0, 12, 0xc0}),
    };
}

class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    Bytes mutate(Bytes wire) {
        for (std::uint64_t left = 1 + random_.below(6); left > 0; --left) {
            change_once(wire);
        }
        return wire;
    }

    std::size_t pick(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }

  private:
    void change_once(Bytes& wire) {
        constexpr std::array<std::uint8_t, 10> telling = {0,  1,    12,   41,   63,
                                                          64, 0x80, 0xbf, 0xc0, 255};
        if (wire.empty()) {
            return;
        }
        const std::size_t place = pick(wire.size());
        const auto at = wire.begin() + static_cast<std::ptrdiff_t>(place);
        const auto octet = static_cast<std::uint8_t>(random_.next());
        switch (pick(6)) {
            case 0:
                *at ^= static_cast<std::uint8_t>(1U << pick(8));
                return;
            case 1:
                *at = octet;
                return;
            case 2:
                *at = telling[pick(telling.size())];
                return;
            case 3:
                wire.insert(at, octet);
                return;
            case 4:
                wire.erase(at);
                return;
            default:
                repeat(wire, place);
        }
    }

    // The octets from `place` stand there twice, and a count may say so.
    void repeat(Bytes& wire, std::size_t place) {
        const Bytes piece(wire.begin() + static_cast<std::ptrdiff_t>(place), wire.end());
        if (random_.chance(20)) {
            wire.resize(place);
            return;
        }
        wire.insert(wire.end(), piece.begin(), piece.end());
        if (wire.size() > 11) {
            ++wire[7 + 2 * pick(3)];
        }
    }

    SeededRandom random_;
};

}  // namespace

TEST_CASE("messages built again parse to the same records", "[dns][message][property]") {
    for (const Packet& wire : seeds()) {
        REQUIRE(Message::parse(wire));
        CHECK(fuzz::complaint_about_message(wire).empty());
    }
}

TEST_CASE("20,000 mutated messages are read or refused, and built again the same",
          "[dns][message][property]") {
    const std::vector<Packet> originals = seeds();
    std::size_t readable = 0;
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        Mutator mutator(seed);
        const Bytes wire = mutator.mutate(originals[mutator.pick(originals.size())].octets());
        const std::string complaint = fuzz::complaint_about_message(wire);
        if (!complaint.empty()) {
            FAIL("seed " << seed << ": " << complaint);
        }
        readable += Message::parse(wire).has_value() ? 1U : 0U;
    }
    CHECK(readable > 1000);  // else the mutations would test only refusals
    CHECK(readable < 19000);
}

TEST_CASE("20,000 names of mutated octets go to text and back", "[dns][names][property]") {
    const std::vector<Packet> originals = seeds();
    const std::string text = "a\\.b.\\255\\000.Example\\\\.com.";
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        Mutator mutator(seed);
        const std::size_t which = mutator.pick(originals.size() + 1);
        const Bytes from =
            which == originals.size() ? Bytes(text.begin(), text.end()) : originals[which].octets();
        const std::string complaint = fuzz::complaint_about_name(mutator.mutate(from));
        if (!complaint.empty()) {
            FAIL("seed " << seed << ": " << complaint);
        }
    }
    SUCCEED();
}
