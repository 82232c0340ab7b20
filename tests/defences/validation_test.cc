// A, C and D where names are validated: what forgers, middleboxes and broken zones do to a client.
#include <algorithm>
#include <array>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "dns/message_builder.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

// The same without a single signature, as some middleboxes leave it.
std::vector<std::uint8_t> stripped(Octets octets) {
    const auto message = dns::Message::parse(octets);
    REQUIRE(message);
    std::vector<std::uint8_t> made(65'535);
    dns::MessageBuilder builder(made, made.size());
    const dns::EdnsToSend edns{.dnssec_ok = true};
    builder.start(message->header(), message->rcode(), &*message->question(), &edns);
    for (const auto section : {dns::Section::answer, dns::Section::authority}) {
        for (const dns::RecordView& record : message->records(section)) {
            if (record.type != Type::rrsig) {
                REQUIRE(builder.add_record(section, record));
            }
        }
    }
    made.resize(builder.finish().size());
    return made;
}

Script stripping(Siege& siege) {
    return [&siege](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        for (sim::Delivery& delivery : reply.deliveries) {
            delivery.octets = stripped(delivery.octets);
        }
        return reply;
    };
}

// Another address for www.vic., with the signature of the right one.
Script altering(Siege& siege) {
    return [&siege](const Heard& heard) {
        constexpr std::array<std::uint8_t, 4> right = {192, 0, 2, 80};
        sim::ServerReply reply = honest(siege, heard);
        for (sim::Delivery& delivery : reply.deliveries) {
            const auto found = std::ranges::search(delivery.octets, right);
            std::ranges::fill(found, std::uint8_t{66});
        }
        return reply;
    };
}

// A signed root and a signed vic. at `servers` addresses, 10.0.1.1 and on.
void with_signed_victim(Siege& siege, int servers) {
    std::string delegation = "atk NS ns.atk.\nns.atk. A 10.0.2.1\n";
    std::string more;
    for (int i = 1; i <= servers; ++i) {
        delegation += fmt::format("vic NS ns{0}.vic.\nns{0}.vic. A 10.0.1.{0}\n", i);
        more += fmt::format("@ NS ns{0}\nns{0} A 10.0.1.{0}\n", i);
    }
    siege.signed_zone("10.0.0.1", ".", delegation + Siege::ds_of("vic."), true);
    siege.signed_zone("10.0.1.1", "vic.", more + "www A 192.0.2.80\nftp A 192.0.2.21\n");
    for (int i = 2; i <= servers; ++i) {
        siege.server(fmt::format("10.0.1.{}", i), {.round_trip = 10ms});
        siege.internet.honest.serve(ip(fmt::format("10.0.1.{}", i)), dns::name_of("vic."));
    }
}

// vic.'s only server, by its glue, strips signatures. By vic.'s own word it has an IPv6 address
// too.
void with_one_stripper(Siege& siege, std::string_view ipv6) {
    siege.signed_zone("10.0.0.1", ".",
                      "vic NS ns1.vic.\nns1.vic. A 10.0.1.1\n" + Siege::ds_of("vic."), true);
    siege.signed_zone("10.0.1.1", "vic.",
                      fmt::format("@ NS ns1\nns1 A 10.0.1.1\n{}www A 192.0.2.80\n", ipv6));
    siege.script("10.0.1.1", stripping(siege));
}

}  // namespace

TEST_CASE("an unsigned forgery that comes first does not keep the signed answer away",
          "[defences][A14]") {
    for (const bool keys_too : {false, true}) {
        for (const int servers : {1, 2, 4}) {
            CAPTURE(keys_too, servers);
            Siege siege;
            with_signed_victim(siege, servers);
            for (int i = 1; i <= servers; ++i) {
                siege.script(fmt::format("10.0.1.{}", i), [&](const Heard& heard) {
                    sim::ServerReply reply = honest(siege, heard);
                    if (heard.is_udp() && heard.type() == Type::a) {
                        const std::string said = heard.name() + " 300 A 203.0.113.66\n";
                        add(reply, reply_to(heard, {.answer = said}), 1ms);
                    } else if (heard.is_udp() && keys_too) {
                        reply.deliveries.front().octets = stripped(reply.deliveries.front().octets);
                    }
                    return reply;
                });
            }
            const Told told = siege.ask("www.vic.");
            CHECK(told.rcode() == (keys_too ? told.rcode() : Rcode::noerror));
            CHECK(told.data() == (told.rcode() == Rcode::noerror ? "192.0.2.80" : ""));
            CHECK(siege.packets() <= 16);
        }
    }
}

TEST_CASE("three servers of four that strip signatures cost packets, not the answer",
          "[defences][D9]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Siege siege(seed);
        with_signed_victim(siege, 4);
        for (const std::string_view address : {"10.0.1.1", "10.0.1.2", "10.0.1.3"}) {
            siege.script(address, stripping(siege));
        }
        const Told told = siege.ask("www.vic.", Type::a, {.dnssec_ok = true});
        CHECK(told.rcode() == Rcode::noerror);
        CHECK(told.message.header().ad);
        CHECK(siege.packets_about("vic.") <= 12);
    }
}

TEST_CASE("three servers of four that alter a signed answer cost a packet each, and one over TCP",
          "[defences][D9]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Siege siege(seed);
        with_signed_victim(siege, 4);
        REQUIRE(siege.ask("ftp.vic.").rcode() == Rcode::noerror);
        for (const std::string_view address : {"10.0.1.1", "10.0.1.2", "10.0.1.3"}) {
            siege.script(address, altering(siege));
        }
        siege.forget();
        CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
        CHECK(siege.packets() <= 5);
    }
}

TEST_CASE("where all four strip, nothing is believed, and nobody is asked again for a minute",
          "[defences][D9]") {
    Siege siege;
    with_signed_victim(siege, 4);
    for (int i = 1; i <= 4; ++i) {
        siege.script(fmt::format("10.0.1.{}", i), stripping(siege));
    }
    CHECK(siege.ask("www.vic.").rcode() == Rcode::servfail);
    CHECK(siege.packets_about("vic.") <= 12);
    siege.forget();
    for (int second = 0; second < 50; second += 10) {
        CHECK(siege.ask("www.vic.").rcode() == Rcode::servfail);
        siege.pass(10s);
    }
    CHECK(siege.packets() <= 12);
}

TEST_CASE("where a server's address of one family strips signatures the other is looked up",
          "[defences][D9]") {
    Siege siege;
    with_one_stripper(siege, "ns1 AAAA 2600::1\n");
    siege.server("2600::1", {.round_trip = 10ms});
    siege.internet.honest.serve(ip("2600::1"), dns::name_of("vic."));
    const Told told = siege.ask("www.vic.", Type::a, {.dnssec_ok = true});
    CHECK(told.rcode() == Rcode::noerror);
    CHECK(told.message.header().ad);
    CHECK(siege.packets_about("vic.") <= 12);
}

TEST_CASE("where there is no other family either, that costs one question", "[defences][D9]") {
    Siege siege;
    with_one_stripper(siege, "");
    CHECK(siege.ask("www.vic.").rcode() == Rcode::servfail);
    CHECK(siege.packets_about("ns1.vic.") == 1);
    CHECK(siege.packets_about("vic.") <= 12);
}

TEST_CASE("below an unsigned zone no DS is asked for", "[defences][C16]") {
    Siege siege;
    siege.signed_zone("10.0.0.1", ".", "vic NS ns.vic.\nns.vic. A 10.0.1.1\n", true);
    siege.zone("10.0.1.1", "vic.", "sub NS ns.sub\nns.sub A 10.0.1.2\n");
    siege.zone("10.0.1.2", "sub.vic.", "www A 192.0.2.80\n");
    CHECK(siege.ask("www.sub.vic.").data() == "192.0.2.80");
    CHECK(siege.packets_about("vic.") == 3);
}

TEST_CASE("a signed zone's random names cost one question for each span", "[defences][C9][D17]") {
    Siege siege;
    with_signed_victim(siege, 1);
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    siege.forget();
    for (int i = 0; i < 1'000; ++i) {
        CHECK(siege.ask(fmt::format("r{}.vic.", i * 7'919)).rcode() == Rcode::nxdomain);
    }
    CHECK(siege.packets() <= 4);  // vic., ftp, ns, ns1, www
}

TEST_CASE("what is bogus never reaches a client without CD, in whatever order it is asked for",
          "[defences][D24][B11]") {
    for (unsigned order = 0; order < 64; ++order) {
        CAPTURE(order);
        Siege siege;
        with_signed_victim(siege, 1);
        siege.script("10.0.1.1", stripping(siege));
        siege.zone("10.0.2.1", "atk.", "to CNAME www.vic.\n");
        for (unsigned step = 0; step < 6; ++step) {
            const bool cd = (order >> step & 1) != 0;
            const std::string_view name = step % 2 == 0 ? "www.vic." : "to.atk.";
            const Type type = step == 3 ? Type::any : Type::a;
            const Told told =
                siege.ask(name, type, {.recursion_desired = step != 4, .checking_disabled = cd});
            const auto answers = told.answers();
            const bool shows = std::ranges::any_of(
                answers, [](const dns::RecordView& record) { return record.type == Type::a; });
            CHECK_FALSE((shows && !cd));
            CHECK_FALSE(told.message.header().ad);
            const bool plain = step != 3 && step != 4 && step % 2 == 0;
            CHECK((!plain || told.rcode() == (cd ? Rcode::noerror : Rcode::servfail)));
        }
    }
}
