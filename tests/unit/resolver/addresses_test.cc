// Which address of a server is known, which of these may be asked, and who is asked for the rest.
#include <algorithm>
#include <functional>

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

// What a parent says of an address that it does not have.
const MessageText no_such_address{.authority = ". SOA a. b. 1 2 3 4 300"};

// example. is delegated to ns.example. without glue; of that name's addresses its parent, the root,
// says what `says` says.
void add_zone_without_glue(TestWorld& world,
                           const std::function<MessageText(const dns::Question&)>& says) {
    world.script("10.0.0.1", [says](const dns::Question& question, Channel) {
        if (question.qname == dns::name_of("ns.example.")) {
            return std::optional(says(question));
        }
        return std::optional(MessageText{.authority = "example. NS ns.example.", .aa = false});
    });
    world.zone("10.0.1.1", "example.", "www 60 A 192.0.2.80\na 60 A 192.0.2.1\n");
    world.servers.internet.add_server(ip("10.0.1.1"), {.round_trip = 10ms});
}

}  // namespace

TEST_CASE("glue of a family that we do not speak is as good as none", "[resolver][rfc1034-5.3.3]") {
    for (const bool ipv4 : {true, false}) {
        TestWorld world;
        world.options.ipv4 = ipv4;
        world.options.ipv6 = !ipv4;
        const std::string ours = ipv4 ? "A 10.0.1." : "AAAA 2600::";
        const std::string theirs = ipv4 ? "AAAA 2600::9" : "A 10.0.1.9";
        const std::string at = ipv4 ? "10.0.1." : "2600::";
        world.options.root_hints = {{.zone = {}, .addresses = {{ip(at + "1"), 53}}}};
        world.zone(at + "1", ".", "net NS ns.net.\nns.net. " + ours + "2\n");
        world.zone(at + "2", "net.",
                   "shop NS host.farm\nhost.farm " + theirs + "\nfarm NS dns.farm\ndns.farm " +
                       ours + "3\n");
        world.zone(at + "3", "farm.net.", "host " + ours + "4\n");
        world.zone(at + "4", "shop.net.", "www TXT here\n");
        CHECK(world.ask("www.shop.net.", Type::txt).rcode == Rcode::noerror);
        CHECK(world.packets_to(ipv4 ? "2600::9" : "10.0.1.9") == 0);
    }
}

TEST_CASE("where what is known of a server may not be asked its other family is looked up",
          "[resolver][rfc1034-5.3.3]") {
    TestWorld world;
    world.options.never_query = {*Prefix::from_text("10.9.9.0/24")};
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\nnet NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.1", "com.", "host A 10.9.9.9\nhost AAAA 2600::53\n");
    world.zone("10.0.1.2", "net.", "shop NS host.com.\n");
    world.servers.internet.add_server(ip("2600::53"), {.round_trip = 10ms});
    world.zone("2600::53", "shop.net.", "www TXT here\n");
    SECTION("found now") {}
    SECTION("cached") {
        CHECK(data_of(world.ask("host.com.")) == "10.9.9.9");
    }
    CHECK(world.ask("www.shop.net.", Type::txt).rcode == Rcode::noerror);
    CHECK(world.packets_to("10.9.9.9") == 0);
}

TEST_CASE("glue that may not be asked does not end the search for an address",
          "[resolver][rfc1034-5.3.3]") {
    TestWorld world;
    world.options.ipv6 = false;
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. AAAA 2600::9\ncom NS b.com.\nb.com. A 10.0.1.1\n"
               "net NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.2", "net.", "shop NS ns.com.\n");
    world.zone("10.0.1.1", "com.", "www TXT com\nns A 10.0.1.3\n");
    world.zone("10.0.1.3", "shop.net.", "www TXT here\n");
    SECTION("of a delegation met now") {}
    SECTION("of one that is known") {
        world.ask("www.com.", Type::txt);
    }
    CHECK(world.ask("www.shop.net.", Type::txt).rcode == Rcode::noerror);
}

TEST_CASE("while nothing of a family answers here a server's other address is looked up first",
          "[resolver]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\nnet NS ns.net.\nns.net. A 10.0.1.2\n");
    std::string dead;
    std::string glue;
    for (int i = 0; i < 13; ++i) {
        dead += fmt::format("dead NS n{}.dead\n", i);
        glue += fmt::format("n{0}.dead AAAA 2600::dead:{0}\n", i);
    }
    world.zone("10.0.1.2", "net.",
               dead + glue + "shop NS host.farm\nhost.farm AAAA 2600::9\nfarm NS ns.com.\n");
    world.zone("10.0.1.1", "com.", "www A 192.0.2.1\n");
    world.zone("10.0.1.1", "farm.net.", "host A 10.0.1.4\nhost AAAA 2600::9\n");
    world.zone("10.0.1.4", "shop.net.", "www TXT here\n");
    world.ask("www.dead.net.");
    CHECK(world.ask("www.shop.net.", Type::txt).rcode == Rcode::noerror);
    CHECK(world.packets_to("2600::9") == 0);
}

TEST_CASE("an address that a referral lacks is asked of the parent, and kept as glue",
          "[resolver][rfc9471-2.1]") {
    TestWorld world;
    add_zone_without_glue(world, [](const dns::Question& question) {
        return question.qtype == Type::a
                   ? MessageText{.answer = "ns.example. A 10.0.1.1", .aa = false}
                   : no_such_address;
    });
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(world.log() ==
          Log{"10.0.0.1 example. A", "10.0.0.1 ns.example. A", "10.0.1.1 www.example. A"});
    CHECK_FALSE(world.cache.find(dns::name_of("ns.example."), Type::a, world.queue.now()));
    CHECK(data_of(world.ask("a.example.")) == "192.0.2.1");
    CHECK(world.packets() == 1);
    CHECK(data_of(world.ask("ns.example.")) == "10.0.1.1");
    CHECK(world.log() == Log{"10.0.1.1 ns.example. A"});  // whose own word it is
}

TEST_CASE("the parent's second referral may bring the glue", "[resolver][rfc9471-2.1]") {
    TestWorld world;
    add_zone_without_glue(world, [](const dns::Question&) {
        return MessageText{.authority = "example. NS ns.example.",
                           .additional = "ns.example. A 10.0.1.1\nother.test. A 10.0.9.9",
                           .aa = false};
    });
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(world.packets() == 3);
    CHECK(data_of(world.ask("a.example.")) == "192.0.2.1");
    CHECK(world.packets() == 1);
}

TEST_CASE("a parent that knows no address is asked once for each family and then left alone",
          "[resolver][rfc9471-2.1][nxns]") {
    TestWorld world;
    SECTION("it has none") {
        add_zone_without_glue(world, [](const dns::Question&) { return no_such_address; });
        CHECK(world.ask("www.example.").reason == Reason::no_address_for_servers);
        CHECK(world.log() ==
              Log{"10.0.0.1 example. A", "10.0.0.1 ns.example. A", "10.0.0.1 ns.example. AAAA"});
    }
    SECTION("it refers again") {
        add_zone_without_glue(world, [](const dns::Question&) {
            return MessageText{.authority = "example. NS ns.example.", .aa = false};
        });
        CHECK(world.ask("www.example.").reason == Reason::no_address_for_servers);
        CHECK(world.packets() == 2);
    }
    SECTION("it denies the name") {
        add_zone_without_glue(world, [](const dns::Question&) {
            return MessageText{.authority = ". SOA a. b. 1 2 3 4 300", .rcode = Rcode::nxdomain};
        });
        CHECK(world.ask("www.example.").reason == Reason::no_address_for_servers);
        CHECK(world.packets() == 2);
    }
    CHECK(world.ask("a.example.").rcode == Rcode::servfail);
    CHECK(world.log() == Log{"10.0.0.1 example. A"});  // whether the delegation is another by now
    world.pass(6s);
    world.ask("b.example.");
    CHECK(world.packets() > 1);
}

TEST_CASE("of a server whose referral had an address the parent is not asked for the other",
          "[resolver][nxns]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "example NS ns.example.\nns.example. A 10.0.1.1\n");
    world.zone("10.0.1.1", "example.", "www 60 A 192.0.2.80\n", {.refusing = true});
    CHECK(world.ask("www.example.").rcode == Rcode::servfail);
    CHECK(world.packets_to("10.0.0.1") == 1);
}

TEST_CASE("servers in other zones are sought before those that a referral lacks", "[resolver]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "example NS n1.example.\nexample NS n2.example.\nexample NS ns.net.\n"
               "example NS n3.example.\nnet NS dns.net.\ndns.net. A 10.0.1.2\n");
    world.zone("10.0.1.2", "net.", "ns A 10.0.1.1\n");
    world.zone("10.0.1.1", "example.", "www A 192.0.2.80\n");
    CHECK(data_of(world.ask("www.example.")) == "192.0.2.80");
    CHECK(std::ranges::none_of(world.servers.asked, [](const Servers::Asked& asked) {
        return asked.question.qname == dns::name_of("n1.example.");
    }));
}

TEST_CASE("what we tried for ourselves in vain is no client's failure", "[resolver][rfc9520-3.2]") {
    TestWorld world;
    world.zone("10.0.0.1", ".",
               "com NS ns.com.\nns.com. A 10.0.1.1\nnet NS ns.net.\nns.net. A 10.0.1.2\n");
    world.zone("10.0.1.2", "net.", "shop NS host.com.\n");
    world.zone("10.0.1.1", "com.", "host A 10.0.1.3\n", {.silent = true});
    world.zone("10.0.1.3", "shop.net.", "www A 192.0.2.80\n");
    CHECK(world.ask("www.shop.net.").rcode == Rcode::servfail);
    const Answer again = world.ask("ftp.shop.net.");  // the errand's failure holds up the errand
    CHECK(again.rcode == Rcode::servfail);
    CHECK(world.packets_to("10.0.1.1") == 0);
    world.servers.internet.add_server(ip("10.0.1.1"), {.round_trip = 10ms});
    CHECK(data_of(world.ask("host.com.")) == "10.0.1.3");
}
