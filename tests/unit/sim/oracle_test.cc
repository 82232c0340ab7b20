#include "sim/oracle.h"

#include <string>

#include <catch2/catch.hpp>

#include "sim/lab.h"
#include "zone_text.h"

using namespace wend;
using namespace wend::sim;
using dns::Rcode;
using dns::Type;

namespace {

OracleAnswer ask(std::string_view name, Type type = Type::a, bool ipv6 = true) {
    SimInternet internet;
    add_lab(internet, WallTime{std::chrono::seconds(1'800'000'000)});
    return Oracle(internet, true, ipv6).answer(question_of(name, type));
}

std::string outcome(std::string_view name, Type type = Type::a) {
    const OracleAnswer answer = ask(name, type);
    const std::string aliases = outline(answer.aliases);
    const std::string data =
        answer.data ? to_text(answer.data.owner()) + ' ' + dns::to_text(answer.data.type()) : "";
    return dns::to_text(answer.rcode) + (aliases.empty() ? "" : ": " + aliases) +
           (data.empty() ? "" : " -> " + data);
}

}  // namespace

TEST_CASE("the oracle walks the cuts of the lab", "[sim][oracle][lab]") {
    CHECK(outcome("www.plain.lab.") == "NOERROR -> www.plain.lab. A");
    CHECK(outcome("www.c.b.a.deep.lab.") == "NOERROR -> www.c.b.a.deep.lab. A");
    CHECK(outcome("www.glueless.lab.") == "NOERROR -> www.glueless.lab. A");
    CHECK(outcome("80.10.18.198.in-addr.arpa.", Type::ptr) ==
          "NOERROR -> 80.10.18.198.in-addr.arpa. PTR");
    CHECK(outcome("nobody.plain.lab.") == "NXDOMAIN");
    CHECK(outcome("ent.plain.lab.") == "NOERROR");
    CHECK(outcome("anything.wild.lab.") == "NOERROR -> anything.wild.lab. A");
    CHECK(outcome("x.solid.wild.lab.") == "NXDOMAIN");
}

TEST_CASE("the oracle follows aliases from zone to zone", "[sim][oracle][lab]") {
    CHECK(outcome("one.alias.lab.") ==
          "NOERROR: one.alias.lab. CNAME, two.alias.demo. CNAME, three.alias.lab. CNAME -> "
          "www.plain.lab. A");
    CHECK(outcome("www.moved.lab.") ==
          "NOERROR: moved.lab. DNAME, www.moved.lab. CNAME -> www.plain.lab. A");
    CHECK(outcome("dangling.alias.lab.") == "NXDOMAIN: dangling.alias.lab. CNAME");
    CHECK(ask("ping.alias.lab.").rcode == Rcode::servfail);
    CHECK(ask("self.alias.lab.").rcode == Rcode::servfail);
    CHECK(ask("l1.alias.lab.").rcode == Rcode::servfail);
    CHECK(ask("l4.alias.lab.").rcode == Rcode::noerror);
}

TEST_CASE("the oracle knows which zones nobody can reach", "[sim][oracle][lab]") {
    CHECK(ask("www.silent.lab.").rcode == Rcode::servfail);
    CHECK(ask("www.silent.lab.").why == "no server answers for silent.lab.");
    CHECK(ask("www.failing.lab.").rcode == Rcode::servfail);
    CHECK(ask("www.cycle-a.lab.").rcode == Rcode::servfail);
    CHECK(ask("into-silence.alias.lab.").rcode == Rcode::servfail);
    CHECK(ask("www.six.lab.").rcode == Rcode::noerror);
    CHECK(ask("www.six.lab.", Type::a, false).rcode == Rcode::servfail);
    for (const char* zone : {"lame", "half", "short", "case", "noedns"}) {
        CHECK(ask("www." + std::string(zone) + ".lab.").rcode == Rcode::noerror);
    }
}

TEST_CASE("the lab's root hints are its root servers with their addresses", "[sim][lab]") {
    const RootHints hints = lab_root_hints();
    CHECK(hints.names.size() == 2);
    REQUIRE(hints.addresses.size() == 3);
    CHECK(hints.addresses.front().to_text() == "198.18.0.1:53");
}

TEST_CASE("every zone of the lab is served by somebody, well or badly", "[sim][lab]") {
    SimInternet internet;
    add_lab(internet, WallTime{std::chrono::seconds(1'800'000'000)});
    CHECK(internet.zones().zones().size() == 44);
    int reachable = 0;
    for (const auto& [apex, zone] : internet.zones().zones()) {
        reachable += Oracle(internet).reachable(apex) ? 1 : 0;
    }
    CHECK(reachable == 42);  // all but silent.lab. and failing.lab.
}

TEST_CASE("an alias to a zone's own apex leads to the parent's DS", "[sim][oracle][rfc4035-2.4]") {
    constexpr std::string_view root =
        ". 300 SOA ns.test. host.test. 1 7200 900 1209600 300\n"
        ". 300 NS ns.test.\n"
        "test. 300 NS ns.test.\n"
        "test. 300 DS 1 13 2 00\n"
        "ns.test. 300 A 192.0.2.1\n";
    auto zone = Zone::from_text(root, dns::NameView());
    REQUIRE(zone.has_value());
    SimInternet internet;
    internet.add_zone(std::make_shared<const Zone>(std::move(*zone)));
    internet.add_zone(zone_of("test.", "ns A 192.0.2.1\nalias CNAME @\n"));
    const auto address = IpAddress::from_text("192.0.2.1");
    REQUIRE(address.has_value());
    internet.add_server(*address, Manners{});
    internet.serve(*address, dns::NameView());
    internet.serve(*address, dns::name_of("test."));
    const OracleAnswer answer = Oracle(internet).answer(question_of("alias.test.", Type::ds));
    CHECK(outline(answer.aliases) == "alias.test. CNAME");
    REQUIRE(answer.data);
    CHECK(to_text(answer.data.owner()) == "test.");
}
