#include <algorithm>

#include <catch2/catch.hpp>

#include "resolver/zone_servers.h"
#include "test_world.h"

using namespace wend;
using namespace wend::test;
using namespace std::chrono_literals;
using dns::Rcode;
using dns::Reason;
using dns::Type;

namespace {

using Log = std::vector<std::string>;

// example. at the root's own server's child; its two servers have the manners given.
void add_two_servers(TestWorld& world, const sim::Manners& first, const sim::Manners& second) {
    world.zone("10.0.0.1", ".",
               "example NS ns.example.\nexample NS ns2.example.\n"
               "ns.example. A 10.0.1.1\nns2.example. A 10.0.1.2\n");
    constexpr std::string_view records =
        "www 60 A 192.0.2.80\na 60 A 192.0.2.1\nb 60 A 192.0.2.2\nc 60 A 192.0.2.3\n"
        "d 60 A 192.0.2.4\n";
    world.zone("10.0.1.1", "example.", records, first);
    world.servers.internet.add_server(ip("10.0.1.2"), second);
    world.servers.internet.serve(ip("10.0.1.2"), dns::name_of("example."));
}

void add_one_server(TestWorld& world, const sim::Manners& manners) {
    world.zone("10.0.0.1", ".", "example NS ns.example.\nns.example. A 10.0.1.1\n");
    world.zone("10.0.1.1", "example.", "www 60 A 192.0.2.80\nftp 60 A 192.0.2.21\n", manners);
}

constexpr sim::Manners good{.round_trip = 10ms};

// A server of example.
ServerAddress server_at(std::string_view name, std::string_view address) {
    return {.endpoint = {.ip = ip(address), .port = 53}, .name = dns::name_of(name)};
}

// "ns.example. AAAA", or nothing.
std::string missing_in(const ZoneServers& zone, const std::vector<Type>& types, bool answers) {
    const std::optional<AddressLookup> missing = missing_family(zone, types, answers);
    return missing ? dns::to_text(missing->name) + ' ' + dns::to_text(missing->type) : "";
}

// other.test. is served by old.example. alone, whose glue leads to a server that refuses; its own
// zone knows better.
void make_world_of_old_glue(TestWorld& world) {
    world.zone("10.0.0.1", ".",
               "example NS ns.example.\nexample NS old.example.\nns.example. A 10.0.1.2\n"
               "old.example. A 10.0.1.66\ntest NS ns.test.\nns.test. A 10.0.2.1\n");
    world.zone("10.0.2.1", "test.", "other NS old.example.\n");
    world.script("10.0.1.66", [](const dns::Question&, Channel) {
        return std::optional(MessageText{.rcode = Rcode::refused});
    });
    world.zone("10.0.1.2", "example.", "old A 10.0.1.1\nwww A 192.0.2.1\n");
    world.zone("10.0.1.1", "other.test.", "www A 192.0.2.2\n");
}

}  // namespace

TEST_CASE("a lame server is passed over, and comes last from then on", "[resolver]") {
    TestWorld world;
    add_two_servers(world, {.refusing = true, .round_trip = 1ms}, good);
    for (const std::string_view name : {"www.example.", "a.example.", "b.example.", "c.example."}) {
        CHECK(world.ask(name).rcode == Rcode::noerror);
    }
    TestWorld other;
    add_two_servers(other, {.referring_up = true, .round_trip = 1ms}, good);
    int asked_lame = 0;
    for (const std::string_view name : {"www.example.", "a.example.", "b.example.", "c.example."}) {
        CHECK(other.ask(name).rcode == Rcode::noerror);
        asked_lame += other.packets_to("10.0.1.1");
    }
    CHECK(asked_lame <= 1);
}

TEST_CASE("where a server's IPv4 address is of no use its IPv6 address is looked up",
          "[resolver]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\nnet NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.1", "com.", "host A 10.0.2.1\nhost AAAA 2600::53\n");
    world.zone("10.0.1.2", "net.", "glueless NS host.com.\n");
    world.zone("10.0.2.1", "glueless.net.", "www A 192.0.2.9\nftp A 192.0.2.10\n",
               {.silent = true});
    world.servers.internet.add_server(ip("2600::53"), good);
    world.servers.internet.serve(ip("2600::53"), dns::name_of("glueless.net."));
    CHECK(data_of(world.ask("www.glueless.net.")) == "192.0.2.9");
    CHECK(world.packets_to("10.0.2.1") == 1);
    CHECK(std::ranges::count(world.log(), "10.0.1.1 host.com. AAAA") == 1);
    CHECK(data_of(world.ask("ftp.glueless.net.")) == "192.0.2.10");
    CHECK(world.packets_to("10.0.1.1") == 0);
}

TEST_CASE("a server with addresses of one family may have some of the other", "[resolver]") {
    const std::vector<Type> both = {Type::a, Type::aaaa};
    ZoneServers zone;
    zone.zone = dns::name_of("example.");
    zone.addresses = {server_at("host.net.", "10.0.1.1"), server_at("host.net.", "10.0.1.2")};
    CHECK(missing_in(zone, both, false) == "host.net. AAAA");
    CHECK(missing_in(zone, {Type::a}, false).empty());  // we do not speak IPv6
    zone.looked_up = {{.name = dns::name_of("host.net."), .type = Type::a}};
    CHECK(missing_in(zone, both, false) == "host.net. AAAA");
    zone.looked_up.push_back({.name = dns::name_of("host.net."), .type = Type::aaaa});
    CHECK(missing_in(zone, both, false).empty());
    zone.looked_up.clear();
    zone.addresses.push_back(server_at("host.net.", "2600::1"));
    CHECK(missing_in(zone, both, false).empty());
    zone.addresses.push_back(server_at("six.net.", "2600::2"));
    CHECK(missing_in(zone, both, false) == "six.net. A");
    zone.addresses = {server_at(".", "10.0.1.1")};  // of a configured zone: it has no name
    CHECK(missing_in(zone, both, true).empty());
}

TEST_CASE("who serves a zone by a name in it is looked up only while the zone answers",
          "[resolver][defence-b3]") {
    ZoneServers zone;
    zone.zone = dns::name_of("example.");
    zone.addresses = {server_at("ns.example.", "10.0.1.1")};
    CHECK(missing_in(zone, {Type::a, Type::aaaa}, false).empty());
    CHECK(missing_in(zone, {Type::a, Type::aaaa}, true) == "ns.example. AAAA");
}

TEST_CASE("while all is well with one address of a server no other is looked up", "[resolver]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\nnet NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.1", "com.", "host A 10.0.2.1\nhost AAAA 2600::53\n");
    world.zone("10.0.1.2", "net.", "glueless NS host.com.\n");
    world.zone("10.0.2.1", "glueless.net.", "www A 192.0.2.9\n");
    CHECK(data_of(world.ask("www.glueless.net.")) == "192.0.2.9");
    CHECK(std::ranges::count(world.log(), "10.0.1.1 host.com. AAAA") == 0);
}

TEST_CASE("a silent server costs its share once, not every question", "[resolver]") {
    TestWorld world;
    add_two_servers(world, {.silent = true}, good);
    int silent = 0;
    for (const std::string_view name :
         {"www.example.", "a.example.", "b.example.", "c.example.", "d.example."}) {
        CHECK(world.ask(name).rcode == Rcode::noerror);
        silent += world.packets_to("10.0.1.1");
    }
    CHECK(silent <= 1);
}

TEST_CASE("a zone whose servers are all silent fails in time", "[resolver]") {
    TestWorld world;
    add_two_servers(world, {.silent = true}, {.silent = true});
    const Instant began = world.queue.now();
    const Answer answer = world.ask("www.example.");
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(
        (answer.reason == Reason::no_server_answered || answer.reason == Reason::deadline_passed));
    CHECK(world.queue.now() - began <= query_time_max);
    CHECK(world.packets_to("10.0.1.1") <= 3);
    CHECK(world.packets_to("10.0.1.2") <= 3);
}

TEST_CASE("a truncated reply is asked for again over TCP", "[resolver][rfc2181-9]") {
    TestWorld world;
    add_one_server(world, {.truncating = true, .round_trip = 10ms});
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(world.log() ==
          Log{"10.0.0.1 example. A", "10.0.1.1 www.example. A", "10.0.1.1 www.example. A tcp"});
}

TEST_CASE("a server that loses letter case is asked over TCP, at once the next time",
          "[resolver][0x20]") {
    TestWorld world;
    add_one_server(world, {.case_losing = true, .round_trip = 10ms});
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(world.log() ==
          Log{"10.0.0.1 example. A", "10.0.1.1 www.example. A", "10.0.1.1 www.example. A tcp"});
    CHECK(data_of(world.ask("ftp.example.")) == "192.0.2.21");
    CHECK(world.log() == Log{"10.0.1.1 ftp.example. A tcp"});
    world.pass(2h);
    world.ask("www.example.");
    CHECK(world.log().back() == "10.0.1.1 www.example. A tcp");
    CHECK(std::ranges::count(world.log(), "10.0.1.1 www.example. A") == 1);  // tried again
}

TEST_CASE("a reply with a wrong id moves the question to TCP", "[resolver][rfc5452-9]") {
    TestWorld world;
    add_one_server(world, {.wrong_id = true, .round_trip = 10ms});
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(world.log() ==
          Log{"10.0.0.1 example. A", "10.0.1.1 www.example. A", "10.0.1.1 www.example. A tcp"});
}

TEST_CASE("a server that cannot bear EDNS is asked without", "[resolver][rfc6891-6.2.2]") {
    TestWorld world;
    add_one_server(world, {.without_edns = true, .round_trip = 10ms});
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(world.log() ==
          Log{"10.0.0.1 example. A", "10.0.1.1 www.example. A", "10.0.1.1 www.example. A plain"});
}

TEST_CASE("a datagram's refusal of EDNS is not remembered", "[resolver][spoof-to-silence]") {
    TestWorld world;
    add_one_server(world, {.without_edns = true, .round_trip = 10ms});
    world.ask("www.example.");
    world.ask("ftp.example.");
    CHECK(world.log() == Log{"10.0.1.1 ftp.example. A", "10.0.1.1 ftp.example. A plain"});
}

TEST_CASE("a server that is truncated over every channel is given up", "[resolver]") {
    TestWorld world;
    add_one_server(world, good);
    world.script("10.0.1.1", [](const dns::Question&, Channel) {
        return std::optional(MessageText{.tc = true});
    });
    const Answer answer = world.ask("www.example.");
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(world.packets_to("10.0.1.1") == 2);
}

TEST_CASE("after TC the server's TCP gets time for a lost SYN, however quick its datagrams",
          "[resolver][rfc7766-5][rfc6298-2.1]") {
    TestWorld world;
    add_one_server(world, good);
    world.script("10.0.1.1", [&](const dns::Question&, Channel channel) {
        const bool stream = channel == Channel::tcp;
        world.servers.delay = stream ? 1300ms : 1ms;
        return std::optional(stream ? MessageText{.answer = "www.example. A 192.0.2.80"}
                                    : MessageText{.tc = true});
    });
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
}

TEST_CASE("a server whose replies are malformed is given up at once", "[resolver][rfc2181-5]") {
    TestWorld world;
    add_two_servers(world, good, good);
    const auto some_addresses = [](const dns::Question&, Channel) {
        return std::optional(
            MessageText{.answer = "www.example. A 192.0.2.66\nwww.example. A 192.0.2.67"});
    };
    world.servers.cut = 1;
    world.script("10.0.1.1", some_addresses);
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(world.packets_to("10.0.1.1") <= 2);  // a datagram and a stream
    TestWorld helpless;
    add_two_servers(helpless, good, good);
    helpless.servers.cut = 1;
    helpless.script("10.0.1.1", some_addresses);
    helpless.script("10.0.1.2", some_addresses);
    const Instant began = helpless.queue.now();
    const Answer answer = helpless.ask("www.example.");
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(answer.answer.empty());
    CHECK(helpless.queue.now() - began < 100ms);
    CHECK(helpless.packets_to("10.0.1.1") == 2);
    CHECK(helpless.packets_to("10.0.1.2") == 2);
}

TEST_CASE("a recursive server's word is taken only where nothing better is to be had",
          "[resolver]") {
    TestWorld world;
    add_two_servers(world, good, good);
    const auto second_hand = [](const dns::Question&, Channel) {
        return std::optional(
            MessageText{.answer = "www.example. A 192.0.2.66", .aa = false, .ra = true});
    };
    world.script("10.0.1.1", second_hand);
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    world.pass(61s);
    world.script("10.0.1.2", second_hand);
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.66");
}

TEST_CASE("an empty reply with RA and without AA is the last thing that is believed",
          "[resolver][rfc2308-2.2]") {
    TestWorld world;
    add_two_servers(world, good, good);
    const auto empty = [](const dns::Question&, Channel) {
        return std::optional(MessageText{.aa = false, .ra = true});
    };
    world.script("10.0.1.1", empty);
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    world.pass(61s);
    world.script("10.0.1.2", empty);
    const Answer answer = world.ask("www.example.");
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(answer.answer.empty());
    world.ask("www.example.");
    CHECK(world.packets() > 0);  // nothing said for how long: not kept
}

TEST_CASE("a server that points upward with AA is passed over", "[resolver][rfc1034-5.3.3]") {
    for (const std::string_view ns : {". NS a.root.", "test. NS ns.test."}) {
        TestWorld world;
        add_two_servers(world, good, good);
        const auto upward = [ns](const dns::Question&, Channel) {
            return std::optional(MessageText{.authority = ns});
        };
        world.script("10.0.1.1", upward);
        CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
        world.pass(61s);
        world.script("10.0.1.2", upward);
        CHECK(world.ask("www.example.").rcode == Rcode::servfail);
    }
}

TEST_CASE("a server's address is the glue of the delegation that its name lies in",
          "[resolver][defence-b3]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "example NS ns.example.\nns.example. A 10.0.1.1\ntest NS ns.test.\n"
               "ns.test. A 10.0.2.1\n");
    world.zone("10.0.1.1", "example.", "www A 192.0.2.1\n");
    world.zone("10.0.2.1", "test.", "other NS ns.example.\n");
    world.zone("10.0.1.1", "other.test.", "www A 192.0.2.2\n");
    REQUIRE(data_of(world.ask("www.example.")) == "192.0.2.1");
    CHECK(data_of(world.ask("www.other.test.")) == "192.0.2.2");
    CHECK(world.servers.asked.size() == 3);  // the root, test. and the server: none for an address
}

TEST_CASE("the referral to the zone that a server's name lies in has its address",
          "[resolver][defence-b3]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "example NS ns.example.\nexample NS ns2.example.\nns.example. A 10.0.1.1\n"
               "ns2.example. A 10.0.1.1\ntest NS ns.test.\nns.test. A 10.0.2.1\n");
    world.zone("10.0.2.1", "test.", "other NS ns.example.\nother NS ns2.example.\n");
    world.zone("10.0.1.1", "example.", "ns 60 A 192.0.2.53\n");
    world.zone("10.0.1.1", "other.test.", "www A 192.0.2.2\n");
    CHECK(data_of(world.ask("www.other.test.")) == "192.0.2.2");
    CHECK(world.log() == Log{"10.0.0.1 test. A", "10.0.2.1 other.test. A", "10.0.0.1 example. A",
                             "10.0.1.1 www.other.test. A"});
    CHECK_FALSE(world.cache.find(dns::name_of("ns.example."), Type::a, world.queue.now()));
    CHECK(world.ask("ns.example.").answer.front().rdatas().size() == 2);  // glue is no answer
    CHECK(world.log() == Log{"10.0.1.1 ns.example. A"});
}

TEST_CASE("of several servers that one referral has glue for none is looked up by itself",
          "[resolver]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "example NS ns.example.\nexample NS ns2.example.\nns.example. A 10.0.1.1\n"
               "ns2.example. A 10.0.1.2\ntest NS ns.test.\nns.test. A 10.0.2.1\n");
    world.zone("10.0.2.1", "test.", "other NS ns.example.\nother NS ns2.example.\n");
    world.zone("10.0.1.1", "other.test.", "www A 192.0.2.2\n", {.silent = true});
    world.servers.internet.add_server(ip("10.0.1.2"), good);
    world.servers.internet.serve(ip("10.0.1.2"), dns::name_of("other.test."));
    CHECK(data_of(world.ask("www.other.test.")) == "192.0.2.2");
    CHECK(world.packets_to("10.0.0.1") == 2);
    CHECK(world.packets_to("10.0.1.1") + world.packets_to("10.0.1.2") <= 2);
}

TEST_CASE("where the glue of a new referral is of no use the server's own zone is asked",
          "[resolver][rfc2181-5.4.1]") {
    TestWorld world;
    make_world_of_old_glue(world);
    CHECK(data_of(world.ask("www.other.test.")) == "192.0.2.2");
}

TEST_CASE("where glue is of no use the server's own zone is asked for the address",
          "[resolver][rfc2181-5.4.1]") {
    TestWorld world;
    make_world_of_old_glue(world);
    REQUIRE(data_of(world.ask("www.example.")) == "192.0.2.1");
    CHECK(data_of(world.ask("www.other.test.")) == "192.0.2.2");
}

TEST_CASE("a zone with nothing but recursive servers is walked all the same", "[resolver]") {
    TestWorld world;
    world.options.prime = true;
    world.script("10.0.0.1", [](const dns::Question& question, Channel) {
        MessageText said{.aa = false, .ra = true};
        if (question.qtype == Type::ns) {
            said.answer = ". NS a.root.";
            said.additional = "a.root. A 10.0.0.1";
        } else {
            said.answer = "www.example. A 192.0.2.80";
        }
        return std::optional(said);
    });
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
}

TEST_CASE("a failure is remembered: the second question sends nothing", "[resolver][rfc9520-3.2]") {
    TestWorld world;
    add_two_servers(world, {.failing = true}, {.failing = true});
    const Answer first = world.ask("www.example.");
    CHECK(first.rcode == Rcode::servfail);
    CHECK(first.reason == Reason::server_failure);
    CHECK(world.packets() > 0);
    const Answer second = world.ask("www.example.");
    CHECK(second.rcode == Rcode::servfail);
    CHECK(second.reason == Reason::cached_failure);
    CHECK(world.packets() == 0);
    world.pass(6s);
    world.ask("www.example.");
    CHECK(world.packets() > 0);
}

TEST_CASE("servers on addresses that are never to be asked get no packet", "[resolver]") {
    TestWorld world;
    world.options.never_query = {*Prefix::from_text("127.0.0.0/8"), *Prefix::from_text("10.9.9.9")};
    world.zone("10.0.0.1", ".",
               "example NS ns.example.\nns.example. A 127.0.0.1\n"
               "ns.example. A 10.9.9.9\nns.example. A 0.0.0.0\n");
    const Answer answer = world.ask("www.example.");
    CHECK(answer.reason == Reason::no_address_for_servers);
    CHECK(world.log() == Log{"10.0.0.1 example. A", "10.0.0.1 ns.example. A"});  // the parent, once
}

TEST_CASE("without IPv6 its addresses are neither sought nor asked", "[resolver]") {
    TestWorld world;
    world.options.ipv6 = false;
    world.zone("10.0.0.1", ".",
               "example NS ns.example.\nns.example. AAAA 2001:db8::1\n"
               "net NS ns.net.\nns.net. A 10.0.1.1\nns.net. AAAA 2001:db8::2\n");
    world.zone("10.0.1.1", "net.", "www A 192.0.2.80\n");
    CHECK(world.ask("www.example.").rcode == Rcode::servfail);
    CHECK(world.log() == Log{"10.0.0.1 example. A", "10.0.0.1 ns.example. A"});
    CHECK(data_of(world.ask("www.net.")) == "192.0.2.80");
}
