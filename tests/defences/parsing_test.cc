// F: what cannot be read, from either side.
#include <array>
#include <string>

#include <catch2/catch.hpp>

#include "malformed.h"
#include "server/answer/compose.h"
#include "tests/unit/dns/packet.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

Client stranger_port(unsigned i) {
    return {{ip("10.1.1.1"), static_cast<std::uint16_t>(2'000 + i)}, Channel::udp};
}

// What each kind of query gets: nothing, or one of these.
struct Fate {
    bool answered = true;
    Rcode rcode = Rcode::formerr;
};

Fate fate_of(int kind) {
    switch (kind) {
        case 1:
        case 2:
        case 8:
            return {.answered = false};
        case 9:
            return {.rcode = Rcode::notimp};
        case 10:  // an rcode means nothing in a query
        case 34:  // what comes after 32 options is passed over
            return {.rcode = Rcode::noerror};
        case 32:
            return {.rcode = Rcode::badvers};
        default:
            return {};
    }
}

}  // namespace

TEST_CASE("forty kinds of malformed query get their one short reply, or none",
          "[defences][F2][F8][E14]") {
    Siege siege;
    siege.with_attacker_and_victim();
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    siege.forget();
    unsigned i = 0;
    for (const Malformed& bad : malformed_queries()) {
        siege.pass(20ms);
        const auto number = siege.send_octets(bad.octets, stranger_port(++i));
        const Told told = siege.told(number);
        const Fate fate = fate_of(bad.kind);
        INFO(bad.kind << " " << bad.what);
        CHECK(told.answered() == fate.answered);
        if (told.answered()) {
            CHECK(told.rcode() == fate.rcode);
            CHECK(told.octets <= 12 + 255 + 4 + 11 + 4 + extended_error_text_max);
        }
    }
    CHECK(siege.packets() == 0);
}

TEST_CASE("a reply to what is malformed repeats nothing that was not understood",
          "[defences][E14][F7]") {
    Siege siege;
    siege.with_attacker_and_victim();
    std::vector<std::uint8_t> secret(300, 0xa5);
    for (unsigned i = 0; i < 90; ++i) {
        const bool edns = i % 2 == 0;
        std::vector<std::uint8_t> query = query_for("www.vic.", Type::a, {.edns = edns});
        ++query[11];  // one record more than can be read
        query.insert(query.end(), secret.begin(), secret.begin() + 1 + i);
        const Told told = siege.told(siege.send_octets(query, stranger_port(i)));
        CHECK(told.rcode() == Rcode::formerr);
        CHECK(told.octets == 12U + 9 + 4 + (edns ? 11 : 0));
    }
}

TEST_CASE("a storm of options from a server is read as far as 32 and harms nothing",
          "[defences][F6]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script("10.0.1.1", [](const Heard& heard) {
        if (heard.is_udp()) {
            return say(heard, {.tc = true});
        }
        std::vector<std::uint8_t> octets = reply_to(heard, {.answer = "www.atk. A 192.0.2.1"});
        octets.resize(octets.size() - 2);  // the length of the OPT record's data, at the end
        octets.push_back(0xfa);
        octets.push_back(0);
        octets.resize(octets.size() + 0xfa00);  // 16,000 options of code 0 without data
        const auto parsed = dns::Message::parse(octets);
        REQUIRE((parsed && parsed->edns() != nullptr));
        CHECK(parsed->edns()->options.size() == 32);
        sim::ServerReply reply;
        add(reply, std::move(octets), 1ms);
        return reply;
    });
    CHECK(siege.ask("www.atk.").data() == "192.0.2.1");
}

TEST_CASE("the text of an extended error is cut, never the header or the question",
          "[defences][F7]") {
    Siege siege;
    std::string deep;
    for (int i = 0; i < 120; ++i) {
        deep += "a.";
    }
    siege.with_attacker_and_victim("bad NS ns.bad\nns.bad A 10.0.9.1\n");
    siege.server("10.0.9.1", {.refusing = true});
    const std::string name = deep + "bad.atk.";
    for (const std::uint16_t size :
         std::to_array<std::uint16_t>({0, 12, 511, 512, 1'232, 65'535})) {
        const Told told = siege.ask(name, Type::a, {.udp_payload_size = size});
        CHECK(told.rcode() == Rcode::servfail);
        CHECK(told.octets <= 512);
        CHECK(told.info_code());
        CHECK(told.message.edns()->options.size() == 1);
        CHECK(told.message.edns()->options.front().data.size() <= 2 + extended_error_text_max);
    }
}

TEST_CASE("every combination of flags and counts in a client's header has one fate",
          "[defences][F8]") {
    Siege siege;
    siege.with_attacker_and_victim();
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    const std::vector<std::uint8_t> good = query_for("www.vic.", Type::a, {.edns = false});
    unsigned sent = 0;
    for (unsigned flags = 0; flags < 65'536; flags += 97) {
        for (const std::uint16_t count : std::to_array<std::uint16_t>({0, 1, 2, 65'535})) {
            std::vector<std::uint8_t> query = good;
            store_u16(query, 2, static_cast<std::uint16_t>(flags));
            store_u16(query, 4, count);
            const Told told = siege.told(siege.send_octets(query, stranger_port(++sent % 60'000)));
            const bool is_response = (flags & 0x8000) != 0;
            if (is_response) {
                CHECK_FALSE(told.answered());
            } else if (told.answered()) {
                CHECK(told.message.header().qr);
            }
            siege.pass(11ms);
        }
    }
    siege.settle();
    CHECK(siege.stats.get(Counter::queries_udp) == sent + 1);
}
