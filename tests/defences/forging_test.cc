// A: forgery from off the path. The forger may be given what he would have to guess.
#include <algorithm>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "malformed.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

constexpr std::string_view forged = "203.0.113.66";
constexpr std::string_view victim = "10.0.1.2";

// A forgery that is right in all but what `spoil` changes.
template <class Spoil>
std::vector<std::uint8_t> forgery(const Heard& heard, const Spoil& spoil) {
    const std::string answer = fmt::format("{} 86400 A {}", heard.name(), forged);
    std::vector<std::uint8_t> octets = reply_to(heard, {.answer = answer});
    spoil(octets);
    return octets;
}

void wrong_id(std::vector<std::uint8_t>& octets) {
    octets[0] ^= 0x55;
}

void lower_case(std::vector<std::uint8_t>& octets) {
    const auto name = dns::NameView::read(Octets(octets).subspan(dns::header_size));
    const dns::Name lower = dns::Name(*name).lower_case();
    std::ranges::copy(lower.wire(), octets.begin() + dns::header_size);
}

bool has_upper_case(const dns::Question& question) {
    return std::ranges::any_of(question.qname.wire(),
                               [](std::uint8_t octet) { return octet >= 'A' && octet <= 'Z'; });
}

std::string wildcard_and_two_servers() {
    return "* A 192.0.2.9\n@ NS ns2\nns2 A 10.0.1.3\n";
}

}  // namespace

TEST_CASE("of 65,535 wrong ids the first moves the question to TCP, and none is believed",
          "[defences][A1]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script(victim, [&](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        if (!heard.is_udp()) {
            return reply;
        }
        reply.deliveries.front().delay = 2s;
        for (unsigned i = 1; i < 65'536; ++i) {
            add(reply,
                forgery(heard,
                        [i](auto& octets) {
                            store_u16(octets, 0,
                                      static_cast<std::uint16_t>(load_u16(octets, 0) ^ i));
                        }),
                1ms);
        }
        return reply;
    });
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    CHECK(siege.packets_to(victim) == 2);
    CHECK(siege.packets_over(Channel::tcp) == 1);
    siege.forget();
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    CHECK(siege.packets() == 0);
}

TEST_CASE("datagrams from other ports and addresses are never seen", "[defences][A1]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script(victim, [&](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        for (std::uint16_t port = 1; port < 10'000; ++port) {
            sim::Delivery delivery{.delay = 1ms, .octets = forgery(heard, [](auto&) {})};
            delivery.from = Endpoint{heard.server.ip, static_cast<std::uint16_t>(port + 53)};
            reply.deliveries.push_back(std::move(delivery));
        }
        return reply;
    });
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    CHECK(siege.packets_to(victim) == 1);
}

TEST_CASE("5,000 clients with every mix of CD, DO, ECS and letter case cost one packet",
          "[defences][A2]") {
    Siege siege;
    siege.with_attacker_and_victim();
    const std::vector<std::uint8_t> subnet = {0, 1, 24, 0, 198, 51, 100};
    std::vector<std::uint64_t> numbers;
    for (unsigned i = 0; i < 5'000; ++i) {
        Asking how{.checking_disabled = (i & 1) != 0, .dnssec_ok = (i & 2) != 0};
        const std::string from = fmt::format("10.7.{}.{}:{}", i % 64, i % 3, 2'000 + i);
        how.from = from;
        if ((i & 4) != 0) {
            how.options.push_back({dns::OptionCode::client_subnet, subnet});
        }
        numbers.push_back(siege.send((i & 8) != 0 ? "wWw.ViC." : "www.vic.", Type::a, how));
    }
    siege.settle();
    CHECK(siege.packets_about("www.vic.") == 1);
    CHECK(
        std::ranges::all_of(numbers, [&](auto i) { return siege.told(i).data() == "192.0.2.80"; }));
}

TEST_CASE("a server that drops mixed case, loses it or shuffles it is asked three times at most",
          "[defences][A5]") {
    enum class Manner { drops, loses, shuffles };
    for (const Manner manner : {Manner::drops, Manner::loses, Manner::shuffles}) {
        Siege siege;
        siege.with_attacker_and_victim();
        siege.script(victim, [&](const Heard& heard) {
            const bool mixed = has_upper_case(heard.question());
            sim::ServerReply reply = honest(siege, heard);
            if (manner == Manner::drops) {
                return mixed ? sim::ServerReply{} : reply;
            }
            lower_case(reply.deliveries.front().octets);
            if (manner == Manner::shuffles) {
                reply.deliveries.front().octets[dns::header_size + 1] ^= 0x20;
            }
            return reply;
        });
        INFO("manner " << static_cast<int>(manner));
        const Asking over_tcp{.channel = Channel::tcp};  // a late answer is whole there
        CHECK(siege.ask("www.vic.", Type::a, over_tcp).data() == "192.0.2.80");
        CHECK(siege.packets_about("www.vic.") <= 4);  // the root's among them
        CHECK(siege.packets_to(victim) <= 3 + 1);     // whether it is there at all
    }
}

TEST_CASE("a hundred forged lower-case replies do not turn letter case off", "[defences][A5]") {
    Siege siege;
    siege.with_attacker_and_victim({}, "* A 192.0.2.9\n");
    siege.script(victim, [&](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        if (heard.is_udp() && heard.name().starts_with("long-name-")) {
            add(reply, forgery(heard, lower_case), 1ms);
        }
        return reply;
    });
    for (int i = 0; i < 100; ++i) {
        CHECK(siege.ask(fmt::format("long-name-{}.vic.", i)).data() == "192.0.2.9");
    }
    siege.forget();
    CHECK(siege.ask("afterwards-all-is-as-before.vic.").data() == "192.0.2.9");
    REQUIRE(siege.packets() == 1);
    CHECK(siege.packets_over(Channel::udp) == 1);
    CHECK(has_upper_case(siege.sent().front().question));
}

TEST_CASE("what does not match changes nothing beyond its own question", "[defences][A7]") {
    Siege siege;
    siege.with_attacker_and_victim({}, "* A 192.0.2.9\n");
    CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
    const auto before = siege.cache.statistics();
    siege.script(victim, [&](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        if (heard.is_udp() && heard.name().starts_with("target")) {
            for (int i = 0; i < 1'000; ++i) {
                add(reply, forgery(heard, wrong_id), 1ms);
            }
        }
        return reply;
    });
    for (int i = 0; i < 5; ++i) {
        CHECK(siege.ask(fmt::format("target{}.vic.", i)).data() == "192.0.2.9");
        const auto record = siege.memory.find({ip(victim), 53}, dns::Name(), siege.queue.now());
        CHECK(record.timeouts_in_a_row == 0);
    }
    siege.forget();
    const auto target = siege.send("target.vic.");
    const auto other = siege.send("other.vic.");
    siege.settle();
    CHECK(siege.told(target).data() == "192.0.2.9");
    CHECK(siege.told(other).data() == "192.0.2.9");
    CHECK(siege.packets_over(Channel::tcp) == 1);
    CHECK(siege.packets() == 3);
    CHECK(siege.cache.statistics().entries == before.entries + 7);
    CHECK(siege.cache.statistics().evictions == 0);
    siege.forget();
    CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
    CHECK(siege.packets() == 0);
}

TEST_CASE("a datagram over 1,232 octets is not read, and we ask for no larger one",
          "[defences][A8]") {
    for (const int records : {80, 180}) {  // 1,400 to 3,000 octets
        Siege siege;
        siege.with_attacker_and_victim();
        siege.script(victim, [&](const Heard& heard) {
            if (!heard.is_udp()) {
                return honest(siege, heard);
            }
            std::string answer;
            for (int i = 0; i < records; ++i) {
                answer += fmt::format("www.vic. A 203.0.113.{}\n", i);
            }
            return say(heard, {.answer = answer, .additional = "canary.vic. A 203.0.113.66"});
        });
        CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
        CHECK(siege.packets_to(victim) == 2);
        CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
        for (const Sent& packet : siege.sent()) {
            const auto query = dns::Message::parse(packet.octets);
            CHECK(query->edns()->udp_payload_size == 1232);
        }
    }
}

TEST_CASE("4,096 client subnets ask one name: one packet, and no subnet in it",
          "[defences][A9][B10][G3]") {
    Siege siege;
    siege.with_attacker_and_victim();
    for (unsigned i = 0; i < 4'096; ++i) {
        const auto high = static_cast<std::uint8_t>(i >> 8);
        const auto low = static_cast<std::uint8_t>(i);
        const std::vector<std::uint8_t> subnet = {0, 1, 24, 0, 198, high, low};
        Asking how;
        const std::string from = fmt::format("10.{}.{}.9:4000", 16 + high, low);
        how.from = from;
        how.options.push_back({dns::OptionCode::client_subnet, subnet});
        siege.send("www.vic.", Type::a, how);
    }
    siege.settle();
    CHECK(siege.replies() == 4'096);
    CHECK(siege.packets_about("www.vic.") == 1);
    for (const Sent& packet : siege.sent()) {
        const auto query = dns::Message::parse(packet.octets);
        CHECK(query->edns()->find(dns::OptionCode::client_subnet) == nullptr);
    }
}

TEST_CASE("forty kinds of malformed reply with the right id leave the real answer its time",
          "[defences][A10][F2][B14]") {
    const std::size_t kinds = malformed_replies(query_for("www.vic.", Type::a)).size();
    int refused = 0;
    for (std::size_t i = 0; i < kinds; ++i) {
        for (const bool right_id : {true, false}) {
            Siege siege;
            siege.with_attacker_and_victim();
            bool readable = false;
            int kind = 0;
            siege.script(victim, [&](const Heard& heard) {
                sim::ServerReply reply = honest(siege, heard);
                if (!heard.is_udp()) {
                    return reply;
                }
                reply.deliveries.front().delay = 50ms;
                Malformed bad = malformed_replies(heard.octets).at(i);
                kind = bad.kind;
                readable = dns::Message::parse(bad.octets).has_value() && bad.octets[2] >> 3 == 16;
                if (!right_id && !bad.octets.empty()) {
                    bad.octets[0] ^= 1;
                }
                add(reply, std::move(bad.octets), 1ms);
                return reply;
            });
            const Told told = siege.ask("www.vic.");
            INFO("kind " << kind);
            CHECK(siege.packets_to(victim) <= 3);
            const Instant now = siege.queue.now();
            CHECK(
                siege.memory.find({ip(victim), 53}, dns::name_of("vic."), now).timeouts_in_a_row ==
                0);
            // One that is well formed in our eyes, with id, port and letter case guessed, is the
            // server's own word for all that anyone can tell.
            if (!readable || !right_id) {
                CHECK(told.data() == "192.0.2.80");
                refused += right_id ? 1 : 0;
            }
        }
    }
    CHECK(refused >= 30);
}

TEST_CASE("forged failures of one server silence neither it nor DO", "[defences][A11]") {
    for (const Rcode rcode : {Rcode::formerr, Rcode::servfail, Rcode::notimp, Rcode::refused}) {
        Siege siege;
        siege.with_attacker_and_victim({}, wildcard_and_two_servers());
        siege.zone("10.0.0.1", ".",
                   "vic NS ns.vic.\nns.vic. A 10.0.1.2\nvic NS ns2.vic.\nns2.vic. A 10.0.1.3\n");
        siege.server("10.0.1.3", {.round_trip = 10ms});
        siege.internet.honest.serve(ip("10.0.1.3"), dns::name_of("vic."));
        for (const std::string_view server : {victim, std::string_view("10.0.1.3")}) {
            siege.memory.note_reply({ip(server), 53}, 10ms, siege.queue.now());  // alike, and known
        }
        bool forging = true;
        const Script script = [&](const Heard& heard) {
            sim::ServerReply reply = honest(siege, heard);
            if (forging && heard.is_udp() && heard.server.ip == ip(victim)) {
                add(reply, reply_to(heard, {.rcode = rcode}), 9ms);
            }
            return reply;
        };
        siege.script(victim, script);
        siege.script("10.0.1.3", script);
        for (int i = 0; i < 100; ++i) {
            CHECK(siege.ask(fmt::format("n{}.vic.", i)).data() == "192.0.2.9");
        }
        forging = false;
        siege.forget();
        for (int i = 0; i < 40; ++i) {
            CHECK(siege.ask(fmt::format("m{}.vic.", i)).data() == "192.0.2.9");
        }
        CHECK(siege.packets() == 40);
        CHECK(siege.packets_to(victim) >= 8);
        CHECK(siege.packets_to("10.0.1.3") >= 8);
        CHECK(std::ranges::all_of(siege.sent(), &Sent::dnssec_ok));
    }
}

TEST_CASE("a forged lame reply puts a server last for 30 s, and a second one is asked over TCP",
          "[defences][A11]") {
    Siege siege;
    siege.with_attacker_and_victim({}, wildcard_and_two_servers());
    siege.zone("10.0.0.1", ".",
               "vic NS ns.vic.\nns.vic. A 10.0.1.2\nvic NS ns2.vic.\nns2.vic. A 10.0.1.3\n");
    siege.server("10.0.1.3", {.round_trip = 10ms});
    siege.internet.honest.serve(ip("10.0.1.3"), dns::name_of("vic."));
    bool forging = true;
    siege.script(victim, [&](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        if (forging && heard.is_udp()) {
            const MessageText upward = {.authority = ". 3600 NS a.root-servers.net.\n",
                                        .aa = false};
            add(reply, reply_to(heard, upward), 1ms);
        }
        return reply;
    });
    for (int i = 0; i < 300; ++i) {
        CHECK(siege.ask(fmt::format("n{}.vic.", i)).data() == "192.0.2.9");
        siege.pass(1s);
    }
    forging = false;
    const std::size_t udp = siege.packets_to(victim) - siege.packets_over(Channel::tcp);
    CHECK(siege.packets_over(Channel::tcp) >= 10);
    CHECK(siege.packets_over(Channel::tcp) + 1 == udp);
    siege.forget();
    for (int i = 0; i < 40; ++i) {
        CHECK(siege.ask(fmt::format("m{}.vic.", i)).data() == "192.0.2.9");
    }
    CHECK(siege.packets() == 40);
    CHECK(siege.packets_to(victim) >= 8);
}

TEST_CASE("a reply to another question is passed over though its id is right", "[defences][A14]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script(victim, [&](const Heard& heard) {
        sim::ServerReply reply = honest(siege, heard);
        const std::size_t type_at = dns::header_size + heard.question().qname.view().size() + 1;
        for (const std::size_t place : {std::size_t{13}, type_at}) {
            add(reply, forgery(heard, [place](auto& octets) { octets[place] ^= 1; }), 1ms);
        }
        return reply;
    });
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    CHECK(siege.packets_to(victim) == 1);
}
