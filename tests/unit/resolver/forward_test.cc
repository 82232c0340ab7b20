#include <catch2/catch.hpp>

#include "resolver/iterator.h"
#include "test_world.h"

using namespace wend;
using namespace wend::test;
using namespace std::chrono_literals;
using dns::Rcode;
using dns::Reason;
using dns::Type;

namespace {

using Log = std::vector<std::string>;

ConfiguredZone configured(std::string_view zone, std::string_view address, bool forward,
                          bool first = false) {
    return {.zone = dns::name_of(zone),
            .addresses = {{ip(address), 53}},
            .forward = forward,
            .first = first};
}

void add_root(TestWorld& world) {
    world.zone("10.0.0.1", ".", "test NS ns.test.\nns.test. A 10.0.1.1\n");
    world.zone("10.0.1.1", "test.", "corp A 192.0.2.1\nwww A 192.0.2.80\nx A 192.0.2.9\n");
}

// corp.test. is configured as a stub, and delegates sub.corp.test.
void add_stub(TestWorld& world) {
    add_root(world);
    world.options.zones = {configured("corp.test.", "10.0.5.1", false)};
    world.zone("10.0.5.1", "corp.test.", "www A 192.0.2.5\nsub NS ns.sub\nns.sub A 10.0.5.2\n");
    world.zone("10.0.5.2", "sub.corp.test.", "www A 192.0.2.6\nftp A 192.0.2.7\n");
}

}  // namespace

TEST_CASE("a forwarder is asked the whole question, with recursion desired",
          "[resolver][forward]") {
    TestWorld world;
    add_root(world);
    world.options.zones = {configured("corp.test.", "10.0.5.1", true)};
    world.script("10.0.5.1", [](const dns::Question&, Channel) {
        return std::optional(
            MessageText{.answer = "a.b.corp.test. A 192.0.2.5", .aa = false, .ra = true});
    });
    CHECK(data_of(world.ask("a.b.corp.test.")) == "192.0.2.5");
    CHECK(world.log() == Log{"10.0.5.1 a.b.corp.test. A"});
    CHECK(world.servers.asked.front().recursion_desired);
    CHECK(data_of(world.ask("www.test.")) == "192.0.2.80");
    CHECK(world.packets_to("10.0.5.1") == 0);
    CHECK_FALSE(world.servers.asked.front().recursion_desired);
}

TEST_CASE("a forwarder's word holds for its own zone alone, and never delegates",
          "[resolver][forward][maginot]") {
    TestWorld world;
    add_root(world);
    world.options.zones = {configured("corp.test.", "10.0.5.1", true)};
    world.script("10.0.5.1", [](const dns::Question&, Channel) {
        return std::optional(
            MessageText{.answer = "a.corp.test. CNAME x.test.\nx.test. A 10.6.6.6",
                        .authority = "test. NS evil.test.\ncorp.test. NS evil.test.",
                        .additional = "evil.test. A 10.6.6.6",
                        .aa = false,
                        .ra = true});
    });
    const Answer answer = world.ask("a.corp.test.");
    CHECK(data_of(answer) == "192.0.2.9");  // the alias' target was asked of its own zone
    CHECK(world.packets_to("10.6.6.6") == 0);
    world.ask("www.test.");
    CHECK(world.packets_to("10.0.1.1") == 1);
    CHECK(world.packets() == 1);
}

TEST_CASE("a dead forwarder leaks nothing to the root", "[resolver][forward]") {
    TestWorld world;
    add_root(world);
    world.options.zones = {configured("corp.test.", "10.0.5.1", true)};
    world.servers.internet.add_server(ip("10.0.5.1"), {.silent = true});
    const Answer answer = world.ask("secret.corp.test.");
    CHECK(answer.reason == Reason::no_server_answered);
    CHECK(world.packets_to("10.0.5.1") == 2);
    CHECK(world.packets() == 2);
}

TEST_CASE("with `first` a dead forwarder is walked past", "[resolver][forward]") {
    TestWorld world;
    add_root(world);
    world.options.zones = {configured("test.", "10.0.5.1", true, true)};
    world.servers.internet.add_server(ip("10.0.5.1"), {.refusing = true});
    CHECK(data_of(world.ask("www.test.")) == "192.0.2.80");
    CHECK(world.packets_to("10.0.5.1") == 1);
}

TEST_CASE("a stub's servers are asked as authoritative ones, and may delegate",
          "[resolver][stub]") {
    TestWorld world;
    add_stub(world);
    CHECK(data_of(world.ask("www.corp.test.")) == "192.0.2.5");
    CHECK(world.log() == Log{"10.0.5.1 www.corp.test. A"});
    CHECK_FALSE(world.servers.asked.front().recursion_desired);
    CHECK(data_of(world.ask("www.sub.corp.test.")) == "192.0.2.6");
    CHECK(data_of(world.ask("ftp.sub.corp.test.")) == "192.0.2.7");
    CHECK(world.log() == Log{"10.0.5.2 ftp.sub.corp.test. A"});
}

TEST_CASE(
    "below a stub that delegates to where nobody answers the stub is asked again, not the root",
    "[resolver][stub]") {
    TestWorld world;
    add_stub(world);
    REQUIRE(data_of(world.ask("www.sub.corp.test.")) == "192.0.2.6");
    world.script("10.0.5.2", [](const dns::Question&, Channel) { return std::nullopt; });
    CHECK(world.ask("ftp.sub.corp.test.").rcode == Rcode::servfail);
    CHECK(world.packets_to("10.0.5.1") == 1);
    CHECK(world.packets_to("10.0.0.1") == 0);
    CHECK(world.packets_to("10.0.1.1") == 0);
}

TEST_CASE("a denial from above does not hide a configured zone", "[resolver][stub][rfc8020-2]") {
    TestWorld world;
    add_root(world);
    world.options.zones = {configured("deep.private.test.", "10.0.5.1", false)};
    world.zone("10.0.5.1", "deep.private.test.", "www A 192.0.2.5\n");
    CHECK(world.ask("private.test.").rcode == Rcode::nxdomain);
    CHECK(world.ask("deep.private.test.", Type::ds).rcode == Rcode::nxdomain);
    CHECK(data_of(world.ask("www.deep.private.test.")) == "192.0.2.5");
}

TEST_CASE("the deepest configured zone counts; a question for DS belongs above it",
          "[resolver][forward]") {
    const std::vector<ConfiguredZone> zones = {configured(".", "10.0.5.1", true),
                                               configured("corp.test.", "10.0.5.2", true)};
    CHECK(configured_zone_for(question_of("www.corp.test."), zones)->zone ==
          dns::name_of("corp.test."));
    CHECK(configured_zone_for(question_of("corp.test."), zones)->zone ==
          dns::name_of("corp.test."));
    CHECK(configured_zone_for(question_of("corp.test.", Type::ds), zones)->zone.view().is_root());
    CHECK(configured_zone_for(question_of("www.test."), {zones[1]}) == nullptr);
}
