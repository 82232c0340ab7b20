// What one client query may cause, whatever the servers say (docs/limits.md).
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

// atk. (the attacker's, 10.0.1.1) and vic. (the victim's, 10.0.1.2 and 10.0.1.3) under the root.
void add_attacker_and_victim(TestWorld& world, std::string_view attacker,
                             std::string_view victim = {}) {
    world.zone("10.0.0.1", ".",
               "atk NS ns.atk.\nns.atk. A 10.0.1.1\n"
               "vic NS ns.vic.\nns.vic. A 10.0.1.2\n");
    world.zone("10.0.1.1", "atk.", attacker);
    world.zone("10.0.1.2", "vic.", victim);
}

std::string many_servers(int count, std::string_view where) {
    std::string records;
    for (int i = 0; i < count; ++i) {
        records += fmt::format("r NS n{}.{}\n", i, where);
    }
    return records;
}

}  // namespace

TEST_CASE("a referral to many servers of a victim costs it six packets at most",
          "[resolver][budget][nxns]") {
    for (const int count : {13, 135, 1000}) {
        TestWorld world;
        add_attacker_and_victim(world, many_servers(count, "vic."));
        CHECK(world.ask("x.r.atk.").rcode == Rcode::servfail);  // the names do not exist
        CHECK(world.packets_to("10.0.1.2") <= 6);
        CHECK(world.packets() <= 12);
    }
}

TEST_CASE("so it is where the victim's names exist without an address",
          "[resolver][budget][nxns]") {
    TestWorld world;
    add_attacker_and_victim(world, many_servers(135, "vic."), "* TXT here\n");
    CHECK(world.ask("x.r.atk.").rcode == Rcode::servfail);
    CHECK(world.packets_to("10.0.1.2") <= 6);
}

TEST_CASE("so it is where the victim is silent", "[resolver][budget][nxns]") {
    TestWorld world;
    add_attacker_and_victim(world, many_servers(135, "vic."));
    world.servers.internet.add_server(ip("10.0.1.2"), {.silent = true});
    CHECK(world.ask("x.r.atk.").rcode == Rcode::servfail);
    CHECK(world.packets_to("10.0.1.2") <= 6);
}

TEST_CASE("so it is where the victim's names have addresses that are its own",
          "[resolver][budget][nxns]") {
    TestWorld world;
    std::string victim;
    for (int i = 0; i < 135; ++i) {
        victim += fmt::format("n{} A 10.0.7.{}\n", i, i + 1);
        world.servers.internet.add_server(ip(fmt::format("10.0.7.{}", i + 1)), {});
    }
    add_attacker_and_victim(world, many_servers(135, "vic."), victim);
    CHECK(world.ask("x.r.atk.").rcode == Rcode::servfail);
    int at_victim = 0;
    for (const Servers::Asked& asked : world.servers.asked) {
        at_victim += asked.server.ip != ip("10.0.0.1") && asked.server.ip != ip("10.0.1.1") ? 1 : 0;
    }
    CHECK(at_victim <= 6);
}

TEST_CASE("a delegation that goes on for ever ends at depth seven", "[resolver][budget][idns]") {
    TestWorld world;
    std::string records;
    for (int i = 0; i < 200; ++i) {
        records += fmt::format("z{0} NS ns.z{1}\nz{0} NS ns2.z{1}\n", i, i + 1);
    }
    add_attacker_and_victim(world, records);
    const Answer answer = world.ask("www.z0.atk.");
    CHECK(answer.rcode == Rcode::servfail);
    CHECK(world.packets() <= 50);
}

TEST_CASE("zones that are each other's servers end in eight packets, then in none",
          "[resolver][budget][tsuname]") {
    for (const int ttl : {0, 300}) {
        TestWorld world;
        world.zone("10.0.0.1", ".",
                   fmt::format("a {0} NS ns1.b.\na {0} NS ns2.b.\n"
                               "b {0} NS ns1.a.\nb {0} NS ns2.a.\n",
                               ttl));
        const Answer answer = world.ask("www.a.");
        CHECK(answer.rcode == Rcode::servfail);
        CHECK(answer.reason == Reason::cyclic_delegation);
        CHECK(world.packets() <= 8);
        int more = 0;
        for (int i = 0; i < 4; ++i) {
            world.ask("www.a.");
            more += world.packets();
            world.pass(1s);
        }
        CHECK(more == 0);
    }
}

TEST_CASE("a server that refuses or cuts short everything costs twelve packets at most",
          "[resolver][budget][retry]") {
    for (const bool truncated : {true, false}) {
        TestWorld world;
        std::string records;
        for (int i = 1; i <= 8; ++i) {
            records += fmt::format("bad NS ns{0}.bad\nns{0}.bad A 10.0.9.{0}\n", i);
            world.script(fmt::format("10.0.9.{}", i), [truncated](const dns::Question&, Channel) {
                MessageText said{.rcode = truncated ? Rcode::noerror : Rcode::refused};
                said.tc = truncated;
                return std::optional(said);
            });
        }
        add_attacker_and_victim(world, records);
        CHECK(world.ask("x.y.bad.atk.").rcode == Rcode::servfail);
        CHECK(world.packets() <= 12);
    }
}

TEST_CASE("a name of 120 labels takes thirteen packets at most",
          "[resolver][budget][rfc9156-2.3]") {
    TestWorld world;
    std::string name;
    for (int i = 0; i < 119; ++i) {
        name += "a.";
    }
    add_attacker_and_victim(world, name.substr(0, name.size() - 1) + " A 192.0.2.1\n");
    CHECK(data_of(world.ask(name + "atk.")) == "192.0.2.1");
    CHECK(world.packets() <= 13);
}

TEST_CASE("ten servers with the same thirteen addresses, all lame, are asked but once each",
          "[resolver][budget][self-pointed-glue]") {
    TestWorld world;
    std::string records;
    for (int i = 1; i <= 10; ++i) {
        records += fmt::format("bad NS ns{}.bad\n", i);
        for (int j = 1; j <= 13; ++j) {
            records += fmt::format("ns{}.bad A 10.0.9.{}\n", i, j);
            world.servers.internet.add_server(ip(fmt::format("10.0.9.{}", j)), {.refusing = true});
        }
    }
    add_attacker_and_victim(world, records);
    CHECK(world.ask("x.y.bad.atk.").rcode == Rcode::servfail);
    CHECK(world.packets() <= 17);
}

TEST_CASE("aliases, servers without glue and refusals together stay within the budget",
          "[resolver][budget][camp]") {
    TestWorld world;
    std::string records;
    for (int i = 0; i < 10; ++i) {
        records += fmt::format("c.z{0} CNAME c.z{1}\n", i, i + 1);
        for (int j = 0; j < 10; ++j) {
            records += fmt::format(
                "z{0}.d NS n{1}.z{0}.e\nz{0}.e NS n{1}.z{0}.f\n"
                "z{0}.f NS n{1}.vic.\n",
                i, j);
        }
    }
    add_attacker_and_victim(world, records);
    for (int i = 0; i < 10; ++i) {
        const std::string name = fmt::format("x.z{}.d.atk.", i);
        CHECK(world.ask(name).rcode == Rcode::servfail);
        CHECK(world.packets() <= upstream_packets_max);
    }
}

TEST_CASE("what one query could not afford does not fail others", "[resolver][budget]") {
    TestWorld world;
    std::string records;
    for (int i = 0; i < 9; ++i) {
        records += fmt::format("z{0} NS ns.z{1}\n", i, i + 1);
    }
    add_attacker_and_victim(world, records + "z9 NS ns.z9\nns.z9 A 10.0.9.1\n");
    world.zone("10.0.9.1", "z8.atk.", "");
    world.zone("10.0.9.1", "z7.atk.", "");
    CHECK(world.ask("www.z0.atk.").reason == Reason::budget_depth);
    CHECK(data_of(world.ask("ns.z7.atk.")) == "10.0.9.1");  // seen, but at too great a depth
}
