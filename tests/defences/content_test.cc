// B: what servers say beyond what they were asked, and for how long it is believed.
#include <array>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "config/config.h"
#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

struct Extra {
    Type type;
    std::string_view data;
};

constexpr auto extras = std::to_array<Extra>({
    {Type::a, "203.0.113.66"},
    {Type::aaaa, "2001:db8::66"},
    {Type::ns, "ns.atk."},
    {Type::cname, "www.atk."},
    {Type::dname, "atk."},
    {Type::mx, "1 ns.atk."},
    {Type::srv, "1 1 1 ns.atk."},
    {Type::https, "1 ns.atk."},
    {Type::soa, "ns.atk. ns.atk. 9 7200 900 1209600 86400"},
    {Type::ds, "1 13 2 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {Type::dnskey, "257 3 13 AwEAAQ=="},
    {Type::txt, "\"whatever\""},
});

std::string record(std::string_view owner, const Extra& extra) {
    return fmt::format("{} 86400 {} {}\n", owner, dns::to_text(extra.type), extra.data);
}

// Entries of the cache after the attacker was asked for www.atk. and said `said`.
std::size_t entries_after(Siege& siege, const MessageText& said) {
    siege.with_attacker_and_victim();
    siege.script("10.0.1.1", [&said](const Heard& heard) { return say(heard, said); });
    CHECK(siege.ask("www.atk.").data() == "192.0.2.1");
    return siege.cache.statistics().entries;
}

}  // namespace

TEST_CASE("of an answer with records of others nothing is kept but the answer",
          "[defences][B1][B9]") {
    Siege plain;
    const std::string_view answer = "www.atk. A 192.0.2.1\n";
    const std::size_t expected = entries_after(plain, {.answer = answer});
    for (const Extra& extra : extras) {
        for (const std::string_view owner :
             {"other.atk.", ".", "vic.", "www.vic.", "canary.vic."}) {
            const std::string more = record(owner, extra);
            const std::string both = std::string(answer) + more;
            for (const MessageText& said :
                 {MessageText{.answer = both}, MessageText{.answer = answer, .authority = more},
                  MessageText{.answer = answer, .additional = more}}) {
                Siege siege;
                INFO(more);
                CHECK(entries_after(siege, said) == expected);
                CHECK_FALSE(siege.cache.find(dns::name_of(owner), extra.type, siege.queue.now(),
                                             cache::Rank{}));
                CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
                CHECK(siege.ask("only-if-hijacked.vic.").rcode() == Rcode::nxdomain);
            }
        }
    }
}

namespace {

// Whatever vic.'s own server seems to say in its authority section: the delegation stays, and so
// does who is asked.
void check_delegation_stays(const MessageText& said, const std::string& claim) {
    Siege siege;
    siege.with_attacker_and_victim();
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    const auto before = siege.cache.find_delegation(dns::name_of("vic."), siege.queue.now());
    siege.script("10.0.1.2", [&](const Heard& heard) {
        if (heard.name() != "trigger.vic.") {
            return honest(siege, heard);
        }
        MessageText text = said;
        text.authority = claim;
        text.additional = "ns.atk. A 10.0.1.1\nns.atk. A 203.0.113.66\n";
        return say(heard, text);
    });
    siege.ask("trigger.vic.");
    const auto after = siege.cache.find_delegation(dns::name_of("vic."), siege.queue.now());
    REQUIRE((before && after));
    CHECK(after->expires_at == before->expires_at);
    CHECK(after->servers.size() == 1);
    CHECK(after->servers.front().glue == before->servers.front().glue);
    for (const std::string_view below : {"sub.vic.", "trigger.vic."}) {
        CHECK_FALSE(siege.cache.find_delegation(dns::name_of(below), siege.queue.now()));
    }
    siege.forget();
    CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
    CHECK(siege.ask("x.sub.vic.").rcode() == Rcode::nxdomain);
    CHECK(siege.packets_to("10.0.1.1") == 0);
    CHECK(siege.packets_to("203.0.113.66") == 0);
}

}  // namespace

TEST_CASE("no authority section of an answer, a denial or a failure moves a delegation",
          "[defences][B2]") {
    const auto messages = std::to_array<MessageText>({
        {.answer = "trigger.vic. A 192.0.2.7"},
        {},
        {.rcode = Rcode::nxdomain},
        {.rcode = Rcode::yxdomain},
        {.rcode = Rcode::refused},
        {.rcode = Rcode::servfail},
        {.answer = "trigger.vic. CNAME www.vic."},
        {.rcode = Rcode::notimp},
    });
    for (const MessageText& said : messages) {
        for (const Extra& extra : extras) {
            for (const std::string_view owner : {"vic.", ".", "atk.", "sub.vic."}) {
                INFO(owner << ' ' << dns::to_text(extra.type));
                check_delegation_stays(said, record(owner, extra));
            }
        }
    }
    // Beside data not even the name itself is delegated.
    check_delegation_stays(messages.front(), "trigger.vic. NS ns.atk.\n");
}

TEST_CASE("no answer to a minimised question of type NS moves a delegation", "[defences][B2]") {
    for (const bool aa : {true, false}) {
        for (const std::string_view owner : {"sub.vic.", "vic.", ".", "atk."}) {
            INFO(owner << (aa ? " with AA" : ""));
            Siege siege;
            siege.options.minimise_type = Type::ns;
            siege.with_attacker_and_victim();
            const std::string claim = "sub.vic. NS ns.atk.\n";
            const std::string more = fmt::format("{} 86400 NS ns.atk.\n", owner);
            siege.script("10.0.1.2", [&](const Heard& heard) {
                if (heard.type() != Type::ns) {
                    return honest(siege, heard);
                }
                return say(heard, {.answer = claim,
                                   .authority = more,
                                   .additional = "ns.atk. A 203.0.113.66\n",
                                   .aa = aa});
            });
            CHECK(siege.ask("x.sub.vic.").rcode() == Rcode::nxdomain);
            CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
            const auto vic = siege.cache.find_delegation(dns::name_of("vic."), siege.queue.now());
            REQUIRE(vic);
            CHECK(vic->servers.size() == 1);
            CHECK_FALSE(siege.cache.find_delegation(dns::name_of("sub.vic."), siege.queue.now()));
            CHECK(siege.packets_to("10.0.1.1") == 0);
            CHECK(siege.packets_to("203.0.113.66") == 0);
        }
    }
}

TEST_CASE("an address beside a referral leads to nobody else", "[defences][B3]") {
    Siege siege;
    siege.with_attacker_and_victim();
    siege.script("10.0.1.1", [](const Heard& heard) {
        return say(heard, {.authority = "sub.atk. 86400 NS www.vic.",
                           .additional = "www.vic. 86400 A 10.10.10.10",
                           .aa = false});
    });
    siege.server("192.0.2.80", {.refusing = true});
    CHECK(siege.ask("x.sub.atk.").rcode() == Rcode::servfail);
    CHECK(siege.packets_to("10.10.10.10") == 0);
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
}

TEST_CASE("servers on absurd addresses, or on ours, get no packet", "[defences][B4][C13]") {
    Siege siege;
    siege.options.never_query = default_never_queried();
    siege.options.never_query.push_back(*Prefix::from_text("198.51.100.53"));
    std::string records = "sub NS n.sub\n";
    for (const std::string_view address :
         {"127.0.0.1", "127.9.9.9", "0.0.0.0", "255.255.255.255", "224.0.0.251", "198.51.100.53"}) {
        records += fmt::format("n.sub A {}\n", address);
    }
    for (const std::string_view address : {"::", "::1", "::ffff:127.0.0.1", "ff02::fb"}) {
        records += fmt::format("n.sub AAAA {}\n", address);
    }
    siege.with_attacker_and_victim(records);
    CHECK(siege.ask("x.sub.atk.").rcode() == Rcode::servfail);
    CHECK(siege.packets() == siege.packets_to("10.0.0.1") + siege.packets_to("10.0.1.1"));
}

TEST_CASE("a victim's address as ten servers' glue is asked twice at most", "[defences][B4]") {
    Siege siege;
    std::string records;
    for (int i = 0; i < 10; ++i) {
        records += fmt::format("sub NS n{0}.sub\nn{0}.sub A 10.0.1.2\n", i);
    }
    siege.with_attacker_and_victim(records);
    CHECK(siege.ask("x.y.sub.atk.").rcode() == Rcode::servfail);
    CHECK(siege.packets_to("10.0.1.2") <= 2);
}

TEST_CASE("a forwarder gives no delegation, and a dead one is asked twice and leaks nothing",
          "[defences][B5][B6][C11]") {
    Siege siege;
    siege.options.zones.push_back(
        {.zone = dns::name_of("corp.vic."), .addresses = {{ip("10.0.9.9"), 53}}, .forward = true});
    siege.with_attacker_and_victim();
    siege.script("10.0.9.9", [](const Heard& heard) {
        return say(heard, {.answer = "x.corp.vic. A 192.0.2.5",
                           .authority = "vic. 86400 NS ns.atk.\n. 86400 NS ns.atk.",
                           .additional = "ns.atk. 86400 A 203.0.113.66",
                           .ra = true});
    });
    CHECK(siege.ask("x.corp.vic.").data() == "192.0.2.5");
    CHECK(siege.ask("canary.vic.").data() == "192.0.2.81");
    siege.script("10.0.9.9", [](const Heard& heard) {
        return say(heard, {.authority = "y.corp.vic. 86400 NS ns.y.corp.vic.",
                           .additional = "ns.y.corp.vic. 86400 A 203.0.113.66",
                           .aa = false,
                           .ra = true});
    });
    siege.ask("a.y.corp.vic.");
    CHECK(siege.packets_to("203.0.113.66") == 0);
    siege.script("10.0.9.9", [](const Heard&) { return sim::ServerReply{}; });
    siege.forget();
    CHECK(siege.ask("secret.corp.vic.").rcode() == Rcode::servfail);
    CHECK(siege.packets_to("10.0.9.9") == 2);
    CHECK(siege.packets() == 2);
    siege.forget();
    siege.ask("other.corp.vic.", Type::a, {.recursion_desired = false});
    CHECK(siege.packets() == 0);
}

namespace {

constexpr std::string_view root_with_both = "atk 300 NS ns.atk.\nns.atk. 300 A 10.0.1.1\n";
constexpr std::string_view child = "@ 86400 NS ns\nns 86400 A 10.0.1.1\n* 30 A 192.0.2.66\n";

}  // namespace

TEST_CASE("a domain that its parent took away is gone when the parent's TTL is over",
          "[defences][B7]") {
    Siege siege;
    siege.zone("10.0.0.1", ".", root_with_both);
    siege.zone("10.0.1.1", "atk.", child);
    siege.ask("www.atk.");
    siege.pass(10s);
    siege.zone("10.0.0.1", ".", "");
    for (int i = 0; i < 58; ++i) {
        siege.ask("atk.", Type::ns);
        siege.ask("ns.atk.");
        siege.ask("ns.atk.", Type::aaaa);
        siege.ask(fmt::format("n{}.atk.", i));
        siege.ask(fmt::format("x.n{}.atk.", i), Type::ns);
        siege.pass(5s);
    }
    siege.pass(61s);
    siege.forget();
    CHECK(siege.ask("afterwards.atk.").rcode() == Rcode::nxdomain);
    CHECK(siege.packets_to("10.0.1.1") == 0);
}

TEST_CASE("the same under 25 zones within each other", "[defences][B8]") {
    Siege siege;
    siege.zone("10.0.0.1", ".", root_with_both);
    std::string apex = "atk.";
    for (int i = 0; i < 25; ++i) {
        const std::string next = fmt::format("z{}.{}", i, apex);
        siege.zone(
            fmt::format("10.0.{}.1", i + 1), apex,
            fmt::format("{0} 86400 NS ns.{0}\nns.{0} 86400 A 10.0.{1}.1\n* 30 A 192.0.2.66\n", next,
                        i + 2));
        apex = next;
    }
    siege.zone("10.0.26.1", apex, child);
    CHECK(siege.ask("www." + apex).data() == "192.0.2.66");
    siege.zone("10.0.0.1", ".", "");
    for (int i = 0; i < 30; ++i) {
        siege.pass(10s);
        siege.ask(fmt::format("n{}.{}", i, apex));
        siege.ask(apex, Type::ns);
    }
    siege.pass(2s);
    siege.forget();
    CHECK(siege.ask("afterwards." + apex).rcode() == Rcode::nxdomain);
    CHECK(siege.packets() == siege.packets_to("10.0.0.1"));
}

TEST_CASE("an alias made of a DNAME for others is nothing", "[defences][B9]") {
    for (const std::string_view owner : {".", "vic.", "www.vic."}) {
        Siege siege;
        siege.with_attacker_and_victim();
        const std::string answer =
            fmt::format("{} 86400 DNAME evil.atk.\nwww.vic. 86400 CNAME www.evil.atk.\n", owner);
        siege.script("10.0.1.1",
                     [&](const Heard& heard) { return say(heard, {.answer = answer}); });
        siege.ask("www.atk.");
        CHECK_FALSE(
            siege.cache.find(dns::name_of(owner), Type::dname, siege.queue.now(), cache::Rank{}));
        CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
    }
}

TEST_CASE("a dot within a label makes another name", "[defences][B15]") {
    for (const bool dotted_first : {true, false}) {
        Siege siege;
        siege.with_attacker_and_victim({},
                                       "a\\.b A 192.0.2.1\na.b A 192.0.2.2\n\\000 A 192.0.2.3\n");
        siege.ask(dotted_first ? "a\\.b.vic." : "a.b.vic.");
        CHECK(siege.ask("a\\.b.vic.").data() == "192.0.2.1");
        CHECK(siege.ask("a.b.vic.").data() == "192.0.2.2");
        CHECK(siege.ask("\\000.vic.").data() == "192.0.2.3");
    }
}

TEST_CASE("questions of another class are refused and cost nothing", "[defences][B14]") {
    Siege siege;
    siege.with_attacker_and_victim();
    for (const std::uint16_t qclass : std::to_array<std::uint16_t>({0, 2, 4, 254, 255, 65'535})) {
        std::vector<std::uint8_t> query = query_for("www.vic.", Type::a, {.edns = false});
        store_u16(query, query.size() - 2, qclass);
        const auto number = siege.send_octets(query, {*Endpoint::from_text("10.1.1.1:5000"), {}});
        CHECK(siege.told(number).rcode() == Rcode::refused);
    }
    CHECK(siege.packets() == 0);
}
