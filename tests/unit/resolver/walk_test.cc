#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "test_world.h"

using namespace wend;
using namespace wend::test;
using namespace std::chrono_literals;
using dns::Rcode;
using dns::Reason;
using dns::Type;

namespace {

using Log = std::vector<std::string>;

// Root at 10.0.0.1, com. at 10.0.1.1, example.com. at 10.0.2.1.
void add_plain_internet(TestWorld& world) {
    world.zone("10.0.0.1", ".", "com NS ns.com.\nns.com. A 10.0.1.1\n");
    world.zone("10.0.1.1", "com.", "example NS ns.example\nns.example A 10.0.2.1\n");
    world.zone("10.0.2.1", "example.com.",
               "www 60 A 192.0.2.80\na.b.c A 192.0.2.81\nalias CNAME www\n");
}

}  // namespace

TEST_CASE("a walk shows each server one label more than its zone's", "[resolver][rfc9156-2]") {
    TestWorld world;
    add_plain_internet(world);
    const Answer answer = world.ask("www.example.com.");
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(answer.reason == Reason::resolved);
    CHECK(data_of(answer) == "192.0.2.80");
    CHECK(world.log() ==
          Log{"10.0.0.1 com. A", "10.0.1.1 example.com. A", "10.0.2.1 www.example.com. A"});
}

TEST_CASE("without minimisation every server sees the whole question", "[resolver]") {
    TestWorld world;
    add_plain_internet(world);
    world.options.minimise_qname = false;
    world.ask("www.example.com.", Type::txt);
    CHECK(world.log() == Log{"10.0.0.1 www.example.com. TXT", "10.0.1.1 www.example.com. TXT",
                             "10.0.2.1 www.example.com. TXT"});
}

TEST_CASE("the second round sends nothing, and TTLs count down", "[resolver][cache]") {
    TestWorld world;
    add_plain_internet(world);
    world.ask("www.example.com.");
    world.pass(10s);
    const Answer answer = world.ask("www.example.com.");
    CHECK(world.packets() == 0);
    CHECK(answer.reason == Reason::from_cache);
    CHECK(answer.answer.front().ttl() <= 50);
    CHECK(world.resolver().from_cache(question_of("www.example.com."), {}));
    CHECK_FALSE(world.resolver().from_cache(question_of("ftp.example.com."), {}));
    world.ask("alias.example.com.");
    CHECK(world.log() == Log{"10.0.2.1 alias.example.com. A"});
}

TEST_CASE("a look-up in vain spares the resolution right after it its own, and no other",
          "[resolver][cache]") {
    TestWorld world;
    add_plain_internet(world);
    world.ask("alias.example.com.");
    // Of two equal resolutions the second finds what the first kept, in the same instant too.
    world.servers.delay = Duration::zero();
    CHECK_FALSE(world.resolver().from_cache(question_of("www.example.com.", Type::txt), {}));
    world.ask("www.example.com.", Type::txt);
    CHECK(world.packets() > 0);
    world.ask("www.example.com.", Type::txt);
    CHECK(world.packets() == 0);
    // Looked for under CD, and asked for without.
    CHECK_FALSE(
        world.resolver().from_cache(question_of("no.example.com."), {.checking_disabled = true}));
    CHECK(world.ask("www.example.com.", Type::txt).reason == Reason::from_cache);
}

TEST_CASE("names inside a zone are shown step by step, known steps are skipped",
          "[resolver][rfc9156-2]") {
    TestWorld world;
    add_plain_internet(world);
    CHECK(data_of(world.ask("a.b.c.example.com.")) == "192.0.2.81");
    CHECK(world.log() == Log{"10.0.0.1 com. A", "10.0.1.1 example.com. A",
                             "10.0.2.1 c.example.com. A", "10.0.2.1 b.c.example.com. A",
                             "10.0.2.1 a.b.c.example.com. A"});
    world.ask("x.b.c.example.com.");
    CHECK(world.log() == Log{"10.0.2.1 x.b.c.example.com. A"});
}

TEST_CASE(
    "one more name of an IPv6 network costs three queries at most, in a list of addresses too",
    "[resolver][rfc9156-2.3]") {
    for (const std::string_view top : {"ip6.arpa.", "list.example."}) {
        const auto address = [&top](std::string_view network, std::string_view host) {
            std::string name;
            for (const char digit : host) {
                name += fmt::format("{}.", digit);
            }
            return fmt::format("{}{}.8.b.d.0.1.0.0.2.{}", name, network, top);
        };
        const std::string zone = address("0", "").substr(2);
        TestWorld world;
        world.zone("10.0.0.1", ".", fmt::format("{0} NS ns.{0}\nns.{0} A 10.0.1.1\n", zone));
        const std::string first = address("1.2.3.4.5.6.7.8", "0123456789abcdef");
        const std::string neighbour = address("1.2.3.4.5.6.7.8", "fedcba9876543210");
        const std::string far = address("8.7.6.5.4.3.2.1", "1111111111111111");
        world.zone(
            "10.0.1.1", zone,
            fmt::format("{} PTR a.test.\n{} PTR b.test.\n{} PTR c.test.\n", first, neighbour, far));
        CHECK(data_of(world.ask(first, Type::ptr)) == "a.test.");
        CHECK(world.packets_to("10.0.1.1") <= 3);
        CHECK(data_of(world.ask(neighbour, Type::ptr)) == "b.test.");
        CHECK(world.packets() <= 2);
        CHECK(data_of(world.ask(far, Type::ptr)) == "c.test.");
        CHECK(world.packets() <= 3);
    }
}

TEST_CASE("a name error stops nothing until the whole name is shown", "[resolver][rfc9156-3]") {
    TestWorld world;
    add_plain_internet(world);
    world.script("10.0.2.1", [](const dns::Question& question, Channel) {
        MessageText said{.authority = "example.com. SOA ns host 1 2 3 4 300"};
        if (question.qname == dns::name_of("a.ent.example.com.")) {
            said = {.answer = "a.ent.example.com. A 192.0.2.7"};
        } else if (question.qname == dns::name_of("b.ent.example.com.")) {
            said = {.answer = "b.ent.example.com. A 192.0.2.7"};
        } else {
            said.rcode = Rcode::nxdomain;  // wrong for the empty non-terminal
        }
        return std::optional(said);
    });
    CHECK(data_of(world.ask("a.ent.example.com.")) == "192.0.2.7");
    CHECK(data_of(world.ask("b.ent.example.com.")) == "192.0.2.7");  // not denied by its parent
    CHECK(world.ask("ent.example.com.").rcode == Rcode::nxdomain);
}

TEST_CASE("a name error that nothing proves is for all types of its own name, for its SOA's time",
          "[resolver][rfc8020-5][rfc2308-5]") {
    TestWorld world;
    add_plain_internet(world);
    const Answer answer = world.ask("no.example.com.");
    CHECK(answer.rcode == Rcode::nxdomain);
    REQUIRE(answer.authority.size() == 1);
    CHECK(answer.authority.front().type() == Type::soa);
    CHECK(answer.authority.front().ttl() == 300);
    CHECK(world.ask("no.example.com.", Type::mx).rcode == Rcode::nxdomain);
    CHECK(world.packets() == 0);
    CHECK(world.ask("deep.below.no.example.com.", Type::mx).rcode == Rcode::nxdomain);
    CHECK(world.packets() > 0);
    world.pass(301s);
    world.ask("no.example.com.");
    CHECK(world.packets() == 1);
}

TEST_CASE("NODATA is remembered for its type alone", "[resolver][rfc2308-2.2]") {
    TestWorld world;
    add_plain_internet(world);
    const Answer answer = world.ask("www.example.com.", Type::aaaa);
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(answer.answer.empty());
    REQUIRE(answer.authority.size() == 1);
    world.ask("www.example.com.", Type::aaaa);
    CHECK(world.packets() == 0);
    CHECK(data_of(world.ask("www.example.com.")) == "192.0.2.80");
}

TEST_CASE("the addresses of servers without glue are sought from the beginning", "[resolver]") {
    TestWorld world;
    add_plain_internet(world);
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\nnet NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.2", "net.", "glueless NS www.example.com.\n");
    world.zone("192.0.2.80", "glueless.net.", "www A 192.0.2.9\n");
    CHECK(data_of(world.ask("www.glueless.net.")) == "192.0.2.9");
    CHECK(world.packets() == 6);
    CHECK(world.packets_to("192.0.2.80") == 1);
}

TEST_CASE("where a server's zone is wrong about its address the parent's glue is tried last",
          "[resolver]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\n"
               "net NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.1", "com.", "example NS host.moved.net.\n");
    world.zone("10.0.1.2", "net.", "moved NS host.moved\nhost.moved A 10.0.2.1\n");
    world.zone("10.0.2.1", "moved.net.", "host A 10.0.2.99\n");  // nobody is there
    world.zone("10.0.2.1", "example.com.", "www A 192.0.2.80\nftp A 192.0.2.21\n");
    REQUIRE(data_of(world.ask("host.moved.net.")) == "10.0.2.99");
    CHECK(data_of(world.ask("www.example.com.")) == "192.0.2.80");
    CHECK(world.packets_to("10.0.2.99") == 1);
    CHECK(data_of(world.ask("ftp.example.com.")) == "192.0.2.21");
}

TEST_CASE("the DS of a zone that shares its server with its grandparent is found",
          "[resolver][rfc4035-3.1.4]") {
    for (const bool minimise : {true, false}) {
        TestWorld world;
        world.options.minimise_qname = minimise;
        world.zone("10.0.0.1", ".", "net NS ns.net.\nns.net. A 10.0.1.2\n");
        world.zone("10.0.1.2", "net.",
                   "child DS 1 8 2 00\nchild NS ns.child\n"
                   "ns.child A 10.0.0.1\n");
        world.zone("10.0.0.1", "child.net.", "www A 192.0.2.80\n");
        const Answer answer = world.ask("child.net.", Type::ds);
        CHECK(answer.rcode == Rcode::noerror);
        CHECK(data_of(answer) == "1 8 2 00");
    }
}

TEST_CASE("the first answer obeys the cache's limits too", "[resolver][cache][rfc6672-3.1]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "com NS ns.com.\nns.com. A 10.0.1.1\n");
    world.zone("10.0.1.1", "com.",
               "long 604800 A 192.0.2.80\nzero 0 A 192.0.2.81\n"
               "old 604800 DNAME new.com.\na.new A 192.0.2.82\n");
    CHECK(world.ask("long.com.").answer.front().ttl() == 86'400);
    CHECK(world.ask("zero.com.").answer.front().ttl() == 0);
    const Answer renamed = world.ask("a.old.com.");
    REQUIRE(renamed.answer.size() == 3);
    CHECK(renamed.answer[0].ttl() == 86'400);
    CHECK(renamed.answer[1].type() == Type::cname);
    CHECK(renamed.answer[1].ttl() == 86'400);  // its DNAME's
}

TEST_CASE("what a least TTL prolongs is told so to the first client, and kept",
          "[resolver][cache][rfc1035-3.2.1]") {
    cache::Options limits = small_cache();
    limits.ttl_min = 60;
    limits.negative_ttl_min = 30;
    TestWorld world(1, limits);
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\nnet NS ns.net.\nns.net. A 10.0.2.1\n");
    world.zone(
        "10.0.1.1", "com.",
        "zero 0 A 192.0.2.81\nalias 0 CNAME zero\nold 0 DNAME new.com.\na.new 0 A 192.0.2.82\n");
    world.script("10.0.2.1", [](const dns::Question&, Channel) {
        return std::optional(MessageText{.authority = "net. 0 SOA ns host 1 2 3 4 0"});
    });
    for (const char* name : {"alias.com.", "a.old.com."}) {
        world.pass(120s);
        const Answer first = world.ask(name);
        for (const dns::RRset& rrset : first.answer) {
            CHECK(rrset.ttl() == 60);
        }
        world.pass(40s);
        const Answer again = world.ask(name);
        CHECK(world.packets() == 0);
        CHECK(again.answer.size() == first.answer.size());
        CHECK(again.answer.back().ttl() <= 20);
    }
    const Answer nothing = world.ask("net.", Type::mx);
    REQUIRE(nothing.authority.size() == 1);
    CHECK(nothing.authority.front().ttl() == 30);
    world.ask("net.", Type::mx);
    CHECK(world.packets() == 0);
}

TEST_CASE("the parent is asked for DS though an alias of the child is known",
          "[resolver][rfc4035-3.1.4]") {
    for (const bool minimise : {true, false}) {
        TestWorld world;
        world.options.minimise_qname = minimise;
        world.zone("10.0.0.1", ".", "com NS ns.com.\nns.com. A 10.0.1.1\n");
        world.zone("10.0.1.1", "com.",
                   "shop NS ns.shop\nns.shop A 10.0.2.1\nsafe NS ns.safe\nns.safe A 10.0.2.1\n"
                   "safe DS 1 8 2 00\nedge A 192.0.2.80\n");
        world.script("10.0.2.1", [](const dns::Question& question, Channel) {
            const bool is_shop = question.qname == dns::name_of("shop.com.");
            return std::optional(MessageText{.answer = is_shop ? "shop.com. CNAME edge.com."
                                                               : "safe.com. CNAME edge.com."});
        });
        REQUIRE(data_of(world.ask("shop.com.")) == "192.0.2.80");
        const Answer none = world.ask("shop.com.", Type::ds);
        CHECK(none.answer.empty());
        CHECK(none.rcode == Rcode::noerror);
        REQUIRE(none.authority.size() == 1);
        CHECK(none.authority.front().owner() == dns::name_of("com."));
        CHECK(world.packets_to("10.0.2.1") == 0);
        world.ask("shop.com.", Type::ds);
        CHECK(world.packets() == 0);
        CHECK(data_of(world.ask("shop.com.")) == "192.0.2.80");
        REQUIRE(data_of(world.ask("safe.com.")) == "192.0.2.80");
        CHECK(data_of(world.ask("safe.com.", Type::ds)) == "1 8 2 00");
    }
}

TEST_CASE("an alias of the parent's own zone leads a question for DS on",
          "[resolver][rfc1034-3.6.2]") {
    TestWorld world;
    add_plain_internet(world);
    REQUIRE(data_of(world.ask("alias.example.com.")) == "192.0.2.80");
    const Answer answer = world.ask("alias.example.com.", Type::ds);
    REQUIRE(answer.answer.size() == 1);
    CHECK(answer.answer.front().type() == Type::cname);
    REQUIRE(answer.authority.size() == 1);
    CHECK(answer.authority.front().owner() == dns::name_of("example.com."));
    CHECK(world.ask("alias.example.com.", Type::ds).answer.size() == 1);
    CHECK(world.packets() == 0);
}

TEST_CASE("a referral beside the parent's SOA is followed, and the SOA denies nothing",
          "[resolver][rfc2308-2.2]") {
    TestWorld world;
    add_plain_internet(world);
    world.zone("10.0.3.1", "sub.example.com.", "www A 192.0.2.90\n");
    world.script("10.0.2.1", [](const dns::Question&, Channel) {
        return std::optional(MessageText{.authority = "example.com. SOA ns host 1 2 3 4 300\n"
                                                      "sub.example.com. NS ns.sub.example.com.",
                                         .additional = "ns.sub.example.com. A 10.0.3.1",
                                         .aa = false});
    });
    CHECK(data_of(world.ask("www.sub.example.com.")) == "192.0.2.90");
    CHECK(world.ask("sub.example.com.", Type::mx).rcode == Rcode::noerror);
    CHECK(world.packets_to("10.0.3.1") == 1);
}

TEST_CASE("a server inside its own zone without glue is sought at its parent alone",
          "[resolver][rfc1034-4.2.1][rfc9471-2.1]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "com NS ns.com.\nns.com. A 10.0.1.1\n");
    world.zone("10.0.1.1", "com.", "example NS ns.example\n");
    const Answer answer = world.ask("www.example.com.");
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(answer.reason == Reason::no_address_for_servers);
    CHECK(world.log() ==
          Log{"10.0.0.1 com. A", "10.0.1.1 example.com. A", "10.0.1.1 ns.example.com. A"});
}

TEST_CASE("a root without addresses beside its NS set is known by those of the hints",
          "[resolver][rfc8109-4.2]") {
    TestWorld world;
    world.options.prime = true;
    world.options.root_hints = {{.zone = {},
                                 .addresses = {{ip("10.0.0.1"), 53}, {ip("10.0.0.2"), 53}},
                                 .names = {dns::name_of("a.roots."), dns::name_of("b.roots.")}}};
    const auto says = [](const dns::Question& question, Channel) {
        MessageText said{.authority = ". SOA a. b. 1 2 3 4 300", .rcode = Rcode::nxdomain};
        if (question.qtype == Type::ns) {
            said = {.answer = ". 3600 NS b.roots.\n. 3600 NS c.roots."};
        }
        return std::optional(said);
    };
    world.script("10.0.0.1", says);
    world.script("10.0.0.2", says);
    CHECK(world.ask("no.").rcode == Rcode::nxdomain);
    CHECK(world.log().back() == "10.0.0.2 no. A");
    world.ask("never.");
    CHECK(world.log() == Log{"10.0.0.2 never. A"});
    CHECK(world.ask(".", Type::ns).answer.front().rdatas().size() == 2);
}

TEST_CASE("priming that brought no address is no failure of the root's NS set",
          "[resolver][rfc8109-4.2][rfc9520-3.2]") {
    TestWorld world;
    world.options.prime = true;
    bool silent = false;
    SECTION("it was answered") {}
    SECTION("it was not") {
        silent = true;
    }
    world.script("10.0.0.1", [&silent](const dns::Question& question, Channel) {
        MessageText said{.authority = ". SOA a. b. 1 2 3 4 300", .rcode = Rcode::nxdomain};
        if (question.qtype == Type::ns) {
            said = {.answer = ". 0 NS a.roots."};
        }
        return silent ? std::nullopt : std::optional(said);
    });
    world.ask("no.");
    CHECK(world.log().front() == "10.0.0.1 . NS");
    silent = false;
    CHECK(world.ask("never.").rcode == Rcode::nxdomain);
    CHECK(world.log().back() == "10.0.0.1 never. A");
    CHECK(std::ranges::count(world.log(), "10.0.0.1 . NS") == 0);  // not primed again at once
    CHECK(world.ask(".", Type::ns).rcode == Rcode::noerror);
}

TEST_CASE("the root's servers are asked who they are, once", "[resolver][rfc8109]") {
    TestWorld world;
    add_plain_internet(world);
    world.options.prime = true;
    CHECK(data_of(world.ask("www.example.com.")) == "192.0.2.80");
    CHECK(world.packets() == 4);
    CHECK(world.log().front() == "10.0.0.1 . NS");
    world.ask("no.");
    CHECK(world.log() == Log{"10.0.0.1 no. A"});
}

TEST_CASE("the DS of a zone is asked of its parent", "[resolver][rfc4035-3.1.4]") {
    TestWorld world;
    add_plain_internet(world);
    world.ask("www.example.com.");
    const Answer answer = world.ask("example.com.", Type::ds);
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(world.log() == Log{"10.0.1.1 example.com. DS"});
    world.ask("example.com.", Type::dnskey);
    CHECK(world.log() == Log{"10.0.2.1 example.com. DNSKEY"});
}

TEST_CASE("a delegation dies with its parent's, whatever the child says",
          "[resolver][ghost-domain]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "com 3600 NS ns.com.\nns.com. A 10.0.1.1\n");
    world.zone("10.0.1.1", "com.", "example 300 NS ns.example\nns.example 300 A 10.0.2.1\n");
    world.zone("10.0.2.1", "example.com.",
               "www 1 A 192.0.2.80\nsub 86400 NS ns.sub\n"
               "ns.sub A 10.0.3.1\n");
    world.zone("10.0.3.1", "sub.example.com.", "www 1 A 192.0.2.81\n");
    CHECK(data_of(world.ask("www.sub.example.com.")) == "192.0.2.81");
    // The parent takes the name away; the child goes on to speak for itself.
    world.zone("10.0.1.1", "com.", "other A 192.0.2.1\n");
    for (int i = 0; i < 36; ++i) {
        world.ask("example.com.", Type::ns);
        world.ask("ns.example.com.");
        world.ask("www.sub.example.com.");
        world.pass(10s);
    }
    CHECK(world.ask("www.sub.example.com.").rcode == Rcode::nxdomain);
    CHECK(world.packets_to("10.0.2.1") + world.packets_to("10.0.3.1") == 0);
}

TEST_CASE("a cached delegation that is of no use is asked of the parent once more", "[resolver]") {
    TestWorld world;
    add_plain_internet(world);
    world.ask("www.example.com.");
    world.zone("10.0.1.1", "com.", "example NS ns.example\nns.example A 10.0.2.2\n");
    world.zone("10.0.2.2", "example.com.", "ftp A 192.0.2.21\n");
    world.servers.internet.add_server(ip("10.0.2.1"), {.refusing = true});
    CHECK(data_of(world.ask("ftp.example.com.")) == "192.0.2.21");
    CHECK(world.log() == Log{"10.0.2.1 ftp.example.com. A", "10.0.1.1 example.com. A",
                             "10.0.2.2 ftp.example.com. A"});
}
