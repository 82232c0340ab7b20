// C: what one client query, and many of them, may cost others.
#include <array>
#include <functional>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "resolver/budget.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

constexpr std::string_view attacker = "10.0.1.1";
constexpr std::string_view victim = "10.0.1.2";

std::string glueless_servers(int count) {
    std::string records;
    for (int i = 0; i < count; ++i) {
        records += fmt::format("r NS n{}.vic.\n", i);
    }
    return records;
}

}  // namespace

TEST_CASE("1,500 name servers cost what thirteen cost", "[defences][C1][C2]") {
    std::size_t packets_of_13 = 0;
    std::size_t octets_of_13 = 0;
    for (const int count : {13, 150, 1'500}) {
        Siege siege;
        siege.with_attacker_and_victim(glueless_servers(count));
        CHECK(siege.ask("x.r.atk.").rcode() == Rcode::servfail);
        CHECK(siege.packets_to(victim) <= 6);
        CHECK(siege.packets_over(Channel::udp) <= 12);
        if (count == 13) {
            packets_of_13 = siege.packets();
            octets_of_13 = siege.cache.statistics().bytes;
        }
        CHECK(siege.packets() <= packets_of_13 + 1);  // the list itself, over TCP
        CHECK(siege.cache.statistics().bytes <= octets_of_13 + 1'024);
    }
}

// Servers inside the zone that they serve, which the referral has no address of, are asked about
// where they are delegated: that is the victim here.
TEST_CASE("name servers inside their own zone cost its parent six packets, were there 1,500",
          "[defences][B3][C1]") {
    for (const int count : {1, 13, 1'500}) {
        Siege siege;
        siege.with_attacker_and_victim();
        std::string servers;
        for (int i = 0; i < count; ++i) {
            servers += fmt::format("r.vic. 300 NS n{}.r.vic.\n", i);
        }
        siege.script(victim, [&](const Heard& heard) {
            const bool is_referral = !heard.name().starts_with('n');
            return say(heard, {.authority = is_referral ? servers : "vic. SOA a. b. 1 2 3 4 300",
                               .aa = !is_referral});
        });
        CHECK(siege.ask("x.r.vic.").rcode() == Rcode::servfail);
        CHECK(siege.packets_to(victim) <= 8);  // the referral, over TCP where it is long
        for (int i = 0; i < 20; ++i) {
            siege.ask(fmt::format("y{}.r.vic.", i));
        }
        // What was asked in vain is not asked again; but of 1,500 each referral gives thirteen
        // more.
        const std::size_t later = count > 13 ? 20 * 14 : 26 + 20;
        CHECK(siege.packets_to(victim) <= 8 + later);
    }
}

TEST_CASE("a chain of fifty aliases over two zones ends after eleven", "[defences][C4]") {
    std::string attackers;
    std::string victims;
    for (int i = 0; i < 50; i += 2) {
        attackers += fmt::format("c{} 0 CNAME c{}.vic.\n", i, i + 1);
        victims += fmt::format("c{} 0 CNAME c{}.atk.\n", i + 1, i + 2);
    }
    Siege siege;
    siege.with_attacker_and_victim(attackers, victims);
    CHECK(siege.ask("c0.atk.").rcode() == Rcode::servfail);
    CHECK(siege.packets_to(victim) <= 6);
    CHECK(siege.packets_to(victim) + siege.packets_to(attacker) <= 12);
    CHECK(siege.stats.get(dns::Reason::budget_aliases) == 1);
}

TEST_CASE("of fifty aliases in one message eleven are followed", "[defences][C4]") {
    Siege siege;
    siege.with_attacker_and_victim();
    std::string chain;
    for (int i = 0; i < 50; ++i) {
        chain += fmt::format("c{}.atk. CNAME c{}.atk.\n", i, i + 1);
    }
    siege.script(attacker, [&](const Heard& heard) { return say(heard, {.answer = chain}); });
    CHECK(siege.ask("c0.atk.").rcode() == Rcode::servfail);
    CHECK(siege.packets_to(attacker) <= 2);
}

TEST_CASE("a DNAME that makes names grow ends in YXDOMAIN once", "[defences][C5]") {
    Siege siege;
    const std::string label(60, 'x');
    siege.with_attacker_and_victim(fmt::format("g DNAME {}.g\n", label));
    const Told told = siege.ask(fmt::format("{0}.{0}.g.atk.", label));
    CHECK(told.rcode() == Rcode::yxdomain);
    CHECK(siege.packets_to(attacker) <= 4);
    siege.forget();
    siege.settle();
    CHECK(siege.packets() == 0);
}

TEST_CASE("two zones that wait for each other cost 104 packets in a thousand queries",
          "[defences][C7][C14]") {
    for (const int ttl : {0, 300}) {
        Siege siege;
        siege.zone("10.0.0.1", ".",
                   fmt::format("a {0} NS ns1.b.\na {0} NS ns2.b.\n"
                               "b {0} NS ns1.a.\nb {0} NS ns2.a.\n",
                               ttl));
        CHECK(siege.ask("www.a.").rcode() == Rcode::servfail);
        CHECK(siege.packets() <= 8);
        for (int i = 0; i < 1'000; ++i) {
            siege.send("www.a.");
            siege.pass(60ms);
        }
        CHECK(siege.packets() <= 8 + 12 * 8);
    }
}

TEST_CASE("10,000 questions in ten seconds for what fails are two resolutions", "[defences][C14]") {
    Siege siege;
    siege.with_attacker_and_victim("bad NS ns.bad\nns.bad A 10.0.9.1\n");
    siege.server("10.0.9.1", {.refusing = true});
    CHECK(siege.ask("www.bad.atk.").rcode() == Rcode::servfail);
    const std::size_t first = siege.packets_to("10.0.9.1");
    for (int i = 0; i < 10'000; ++i) {
        siege.send("www.bad.atk.");
        siege.pass(1ms);
    }
    CHECK(siege.replies() == 10'001);
    CHECK(siege.packets_to("10.0.9.1") <= 2 * first);
}

namespace {

struct Misbehaviour {
    std::string_view what;
    Script script;
};

sim::ServerReply with_flags(const Heard& heard, std::uint8_t second, std::uint8_t third) {
    std::vector<std::uint8_t> octets = reply_to(heard, {});
    octets[2] = second;
    octets[3] = third;
    sim::ServerReply reply;
    add(reply, std::move(octets), 1ms);
    return reply;
}

Script failing(Rcode rcode) {
    return [rcode](const Heard& heard) { return say(heard, {.rcode = rcode}); };
}

sim::ServerReply over_tcp(NetError error) {
    sim::ServerReply reply;
    reply.error = error;
    reply.error_delay = 1ms;
    return reply;
}

std::vector<Misbehaviour> misbehaviours() {
    const auto truncated = [](const Heard& heard) { return say(heard, {.tc = true}); };
    return {
        {"silent", [](const Heard&) { return sim::ServerReply{}; }},
        {"truncated over every channel", truncated},
        {"truncated, TCP refused",
         [=](const Heard& heard) {
             return heard.is_udp() ? truncated(heard) : over_tcp(NetError::refused);
         }},
        {"truncated, TCP reset",
         [=](const Heard& heard) {
             return heard.is_udp() ? truncated(heard) : over_tcp(NetError::reset);
         }},
        {"FORMERR", failing(Rcode::formerr)},
        {"SERVFAIL", failing(Rcode::servfail)},
        {"NOTIMP", failing(Rcode::notimp)},
        {"REFUSED", failing(Rcode::refused)},
        {"NOTAUTH", failing(Rcode::notauth)},
        {"BADVERS", failing(Rcode::badvers)},
        {"BADCOOKIE", failing(Rcode::badcookie)},
        {"YXDOMAIN without a DNAME", failing(Rcode::yxdomain)},
        {"opcode 15", [](const Heard& heard) { return with_flags(heard, 0xfc, 0); }},
        {"our own query", [](const Heard& heard) { return with_flags(heard, 0, 0); }},
        {"an upward referral",
         [](const Heard& heard) { return say(heard, {.authority = ". NS a.root.", .aa = false}); }},
        {"nothing, without AA",
         [](const Heard& heard) { return say(heard, {.aa = false, .ra = true}); }},
        {"a wrong id",
         [](const Heard& heard) {
             std::vector<std::uint8_t> octets = reply_to(heard, {});
             octets[0] ^= 1;
             sim::ServerReply reply;
             add(reply, std::move(octets), 1ms);
             return reply;
         }},
        {"ten runts",
         [](const Heard&) {
             sim::ServerReply reply;
             for (int i = 0; i < 10; ++i) {
                 add(reply, {1, 2, 3}, 1ms);
             }
             return reply;
         }},
    };
}

}  // namespace

TEST_CASE("four servers with any one of eighteen bad manners cost twelve packets at most",
          "[defences][C10][A12]") {
    std::string records;
    for (int i = 1; i <= 4; ++i) {
        records += fmt::format("bad NS ns{0}.bad\nns{0}.bad A 10.0.9.{0}\n", i);
    }
    for (const Misbehaviour& bad : misbehaviours()) {
        Siege siege;
        siege.with_attacker_and_victim(records);
        for (int i = 1; i <= 4; ++i) {
            siege.script(fmt::format("10.0.9.{}", i), bad.script);
        }
        INFO(bad.what);
        CHECK(siege.ask("www.bad.atk.").rcode() != Rcode::nxdomain);
        CHECK(siege.packets() <= 12 + 2);  // and two to find the way there
        for (int i = 1; i <= 4; ++i) {
            CHECK(siege.packets_to(fmt::format("10.0.9.{}", i)) <= 3);
        }
    }
}

TEST_CASE("without RD nobody is asked", "[defences][C11][G2]") {
    Siege siege;
    siege.with_attacker_and_victim();
    for (const Type type : {Type::a, Type::ns, Type::ds, Type::any, Type::mx}) {
        siege.ask("www.vic.", type, {.recursion_desired = false});
        siege.ask("www.vic.", type, {.recursion_desired = false, .checking_disabled = true});
    }
    CHECK(siege.packets() == 0);
}

TEST_CASE("two servers cannot be made to answer each other's errors", "[defences][C12]") {
    Siege siege;
    siege.with_attacker_and_victim();
    const Client other{*Endpoint::from_text("10.1.1.1:53"), Channel::udp};
    std::vector<std::uint8_t> broken = query_for("www.vic.", Type::a);
    broken.pop_back();
    std::size_t replies = 0;
    std::uint64_t last = siege.send_octets(broken, other);
    CHECK(siege.told(last).rcode() == Rcode::formerr);
    CHECK(siege.told(last).octets <= 40);
    for (int i = 0; i < 1'000; ++i) {  // what we said comes back, as does what others would say
        std::vector<std::uint8_t> echo = broken;
        echo[2] |= 0x80;
        echo[3] = static_cast<std::uint8_t>(i % 16);
        last = siege.send_octets(echo, other);
        replies += siege.told(last).answered() ? 1U : 0U;
    }
    CHECK(replies == 0);
    for (const std::uint16_t port : std::to_array<std::uint16_t>({0, 7, 13, 17, 19, 37, 464})) {
        const Client server{{ip("10.1.1.1"), port}, Channel::udp};
        CHECK_FALSE(
            siege.told(siege.send_octets(query_for("www.vic.", Type::a), server)).answered());
    }
    // Of other services that answer what is no query with what is none, a hundred a second in all.
    std::vector<std::uint8_t> status = query_for("www.vic.", Type::a);
    status[2] = 0x10;
    const Client service{{ip("10.1.1.1"), 123}, Channel::udp};
    for (int i = 0; i < 1'000; ++i) {
        last = siege.send_octets(i % 2 == 0 ? broken : status, service);
        replies += siege.told(last).answered() ? 1U : 0U;
    }
    CHECK(replies <= 100);
}

TEST_CASE("a forwarder that leads back to us gets two packets, and all who wait one failure",
          "[defences][C13]") {
    Siege siege;
    siege.options.zones.push_back(
        {.zone = dns::name_of("loop.vic."), .addresses = {{ip("10.0.9.9"), 53}}, .forward = true});
    siege.zone("10.0.0.1", ".", "");
    siege.script("10.0.9.9", [&](const Heard& heard) {
        const Client forwarder{{ip("10.0.9.9"), 5'353}, heard.channel};
        siege.send_octets(heard.octets, forwarder);
        return sim::ServerReply{};
    });
    CHECK(siege.ask("www.loop.vic.").rcode() == Rcode::servfail);
    siege.settle();
    CHECK(siege.packets() == 2);
    CHECK(siege.stats.get(Counter::resolutions) == 1);
}

TEST_CASE("the DS of a zone sixty labels down costs 21 packets at most", "[defences][C15][C16]") {
    std::string apex;
    for (int i = 0; i < 58; ++i) {
        apex += "a.";
    }
    apex += "atk.";
    Siege siege;
    siege.with_attacker_and_victim(apex + " NS ns." + apex + "\nns." + apex + " A 10.0.1.1\n");
    siege.zone(attacker, apex, "www A 192.0.2.1\n");
    const Told told = siege.ask(apex, Type::ds);
    CHECK(told.rcode() == Rcode::noerror);
    CHECK(siege.packets() <= 21);
}

TEST_CASE("hops of 60 KB over TCP end with the third", "[defences][C19]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script(attacker, [](const Heard& heard) {
        if (heard.is_udp()) {
            return say(heard, {.tc = true});
        }
        const int hop = std::atoi(heard.name().c_str() + 1);
        const std::string answer = fmt::format("{} CNAME h{}.atk.", heard.name(), hop + 1);
        std::string bulk;
        for (int i = 0; i < 240; ++i) {
            bulk += fmt::format("t.atk. TXT \"{:0>235}\"\n", i);
        }
        return say(heard, {.answer = answer, .additional = bulk});
    });
    CHECK(siege.ask("h0.atk.").rcode() == Rcode::servfail);
    CHECK(siege.packets_over(Channel::tcp) <= 3);
    CHECK(siege.stats.get(dns::Reason::budget_upstream_octets) == 1);
}

TEST_CASE("two hundred stray aliases are not followed", "[defences][C20]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script(attacker, [](const Heard& heard) {
        if (heard.is_udp()) {
            return say(heard, {.tc = true});
        }
        std::string stray;
        for (int i = 0; i < 200; ++i) {
            stray += fmt::format("s{0}.atk. CNAME t{0}.vic.\n", i);
        }
        const std::string answer = "www.atk. A 192.0.2.1\n" + stray;
        return say(heard, {.answer = answer, .authority = stray, .additional = stray});
    });
    CHECK(siege.ask("www.atk.").data() == "192.0.2.1");
    CHECK(siege.packets_about("vic.") == 0);
    CHECK(siege.packets_to(attacker) == 2);
}

TEST_CASE("a zone whose servers' names failed for a second is back within six", "[defences][C21]") {
    Siege siege;
    siege.zone("10.0.0.1", ".",
               "atk NS ns.atk.\nns.atk. A 10.0.1.1\n"
               "vic NS h1.atk.\nvic NS h2.atk.\n");
    siege.zone(victim, "vic.", "www A 192.0.2.80\n");
    siege.zone(attacker, "atk.", "h1 3600 A 10.0.1.2\nh2 3600 A 10.0.1.2\n");
    siege.script(attacker, failing(Rcode::refused));
    siege.script(victim, failing(Rcode::refused));
    CHECK(siege.ask("www.vic.").rcode() == Rcode::servfail);
    siege.pass(1s);
    siege.internet.scripts.clear();
    siege.pass(5s);
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
}
