// E: floods and oddities from clients, on the query path itself; sockets are in tests/live.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/unit/dns/packet.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

Client at(std::string_view address, unsigned port) {
    return {{ip(address), static_cast<std::uint16_t>(port)}, Channel::udp};
}

std::string large_answer() {
    std::string records;
    for (int i = 0; i < 60; ++i) {
        records += fmt::format("slow A 198.18.1.{}\n", i);
    }
    return records;
}

}  // namespace

TEST_CASE("a thousand forged queries for one slow name let go no pulse", "[defences][E2]") {
    for (const auto delay : {1'350ms, 1'900ms}) {
        Siege siege;
        siege.with_attacker_and_victim();
        siege.zone("10.0.1.1", "atk.", large_answer(), {.round_trip = delay});
        for (int i = 0; i < 1'000; ++i) {
            siege.send_octets(query_for("slow.atk.", Type::a),
                              at("10.1.1.1", 2'000U + unsigned(i)));
            siege.pass(1ms);
        }
        const std::size_t before = siege.octets_told();
        CHECK(siege.serve().placed() == 1);
        siege.settle();
        // What comes at once is what a hundred who wait would be owed.
        CHECK(siege.octets_told() - before <= 100 * 1'232);
        CHECK(siege.replies() == 1'000);
        CHECK(siege.stats.get(Rcode::servfail) == 0);
        CHECK(siege.stats.get(Counter::truncated_pulse) +
                  siege.stats.get(Counter::truncated_late) >=
              900);
    }
}

TEST_CASE("forged queries for a thousand slow names of one server let go no pulse either",
          "[defences][E2]") {
    Siege siege;
    siege.with_attacker_and_victim();
    std::string records;
    for (int i = 0; i < 60; ++i) {
        records += fmt::format("* A 198.18.1.{}\n", i);
    }
    siege.zone("10.0.1.1", "atk.", records, {.round_trip = 1'350ms});
    for (unsigned i = 0; i < 1'000; ++i) {
        siege.send_octets(query_for(fmt::format("slow{}.atk.", i), Type::a),
                          at("10.1.1.1", 2'000 + i));
        siege.pass(1ms);
    }
    const std::size_t before = siege.octets_told();
    siege.settle();
    CHECK(siege.octets_told() - before <= 3 * 100 * 1'232);  // of three seconds
    CHECK(siege.replies() == 1'000);
}

TEST_CASE("an answer over UDP that took over two seconds is a bare TC", "[defences][E2]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.zone("10.0.1.1", "atk.", large_answer(), {.round_trip = 1300ms});
    siege.script("10.0.0.1", [&](const Heard& heard) {
        auto reply =
            siege.internet.honest.on_query(heard.server, heard.channel, heard.octets, heard.now);
        reply.deliveries.front().delay = 390ms;
        return reply;
    });
    int asked = 0;
    siege.script("10.0.1.1", [&](const Heard& heard) {
        const bool first = heard.type() == Type::soa || ++asked < 2;  // and a probe
        return first ? sim::ServerReply{}
                     : siege.internet.honest.on_query(heard.server, heard.channel, heard.octets,
                                                      heard.now);
    });
    const Told told = siege.ask("slow.atk.");
    CHECK(told.message.header().tc);
    CHECK(told.answers().empty());
    CHECK(siege.stats.get(Counter::truncated_late) == 1);
}

TEST_CASE("keys, transfers, updates and notices are refused by one packet each",
          "[defences][E9][E15]") {
    Siege siege;
    siege.with_attacker_and_victim();
    for (const Type type : {Type::tkey, Type::axfr, Type::ixfr, Type::tsig, Type::opt, Type{128}}) {
        const Told told =
            siege.told(siege.send_octets(query_for("www.vic.", type, {}), at("10.1.1.1", 5'000)));
        CHECK(told.rcode() != Rcode::noerror);
        CHECK(told.octets <= 12 + 9 + 4 + 11 + 4 + 64);
    }
    std::vector<std::uint8_t> notify = query_for("vic.", Type::soa, {.edns = false});
    notify[2] |= 4 << 3;
    CHECK(siege.told(siege.send_octets(notify, at("10.1.1.1", 5'000))).rcode() == Rcode::notimp);
    CHECK(siege.packets() == 0);
}

TEST_CASE("a client's signature is neither verified nor answered", "[defences][E10]") {
    using dns::Packet;
    Siege siege;
    siege.with_attacker_and_victim();
    siege.ask("www.vic.");
    siege.forget();
    const dns::Bytes mac(48, 7);
    const auto signed_query = [](Type type, const dns::Bytes& rdata) {
        Packet query = Packet().header(1, 0, 0, 1, 0x0100).question("www.vic.", Type::a);
        return query.u8(0).data(type, rdata, dns::Class::any, 0);
    };
    for (const Type type : {Type::tsig, Type{24}}) {
        const Packet query = signed_query(type, mac);
        const Told told = siege.told(siege.send_octets(query.octets(), at("10.1.1.1", 5'000)));
        CHECK((told.rcode() == Rcode::formerr || told.data() == "192.0.2.80"));
        CHECK(told.message.records(dns::Section::additional).empty());
    }
    CHECK(siege.packets() == 0);
}

TEST_CASE("ANY is one RRset and asks nobody", "[defences][E1][D5]") {
    Siege siege;
    std::string types;
    for (int i = 0; i < 200; ++i) {
        types += fmt::format("many TYPE{} \\# 1 01\n", 60'000 + i);
    }
    siege.with_attacker_and_victim({}, types + "many A 192.0.2.1\n");
    CHECK(siege.ask("many.vic.").data() == "192.0.2.1");
    siege.forget();
    const Told told = siege.ask("many.vic.", Type::any);
    CHECK(told.answers().size() == 1);
    CHECK(siege.packets() == 0);
}

TEST_CASE("a thousand well-formed queries of any type and size get one reply each",
          "[defences][E14]") {
    Siege siege;
    siege.with_attacker_and_victim();
    SeededRandom random(3);
    std::size_t sent = 0;
    for (int i = 0; i < 1'000; ++i) {
        Asking how{.recursion_desired = random.chance(80),
                   .checking_disabled = random.chance(30),
                   .edns = random.chance(70),
                   .dnssec_ok = random.chance(50),
                   .udp_payload_size = static_cast<std::uint16_t>(random.next())};
        const std::string from = fmt::format("10.3.{}.{}:4000", i / 200, i % 200);
        how.from = from;
        siege.send(fmt::format("n{}.vic.", random.below(50)),
                   static_cast<Type>(1 + random.below(300)), how);
        ++sent;
        siege.pass(10ms);
        CHECK(siege.replies() + siege.serve().waiting() == sent);
    }
    siege.settle();
    CHECK(siege.replies() == sent);
}

TEST_CASE("clients from one network cannot take all places, and are told so", "[defences][E12]") {
    Siege siege;
    siege.serving.in_flight = {.clients_max = 200, .clients_per_address = 20};
    siege.with_attacker_and_victim();
    siege.server("10.0.1.1", {.silent = true});
    for (unsigned i = 0; i < 5'000; ++i) {
        siege.send_octets(query_for(fmt::format("n{}.atk.", i), Type::a),
                          at("10.1.1.1", 2'000 + i));
    }
    CHECK(siege.serve().waiting() == 134);  // two thirds
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    CHECK(siege.stats.get(dns::Reason::client_share) == 4'866);
    siege.settle();
    CHECK(siege.replies() == 5'001);
}
