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

void add_zones(TestWorld& world, std::string_view one, std::string_view two) {
    world.zone("10.0.0.1", ".",
               "one NS ns.one.\nns.one. A 10.0.1.1\n"
               "two NS ns.two.\nns.two. A 10.0.1.2\n");
    world.zone("10.0.1.1", "one.", one);
    world.zone("10.0.1.2", "two.", two);
}

std::string types_of(const Answer& answer) {
    std::string types;
    for (const dns::RRset& rrset : answer.answer) {
        types += (types.empty() ? "" : " ") + dns::to_text(rrset.type());
    }
    return types;
}

}  // namespace

TEST_CASE("an alias is followed into another zone, each link under its own owner", "[resolver]") {
    TestWorld world;
    add_zones(world, "www CNAME web.two.\n", "web CNAME host\nhost 60 A 192.0.2.80\n");
    const Answer answer = world.ask("www.one.");
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(types_of(answer) == "CNAME CNAME A");
    CHECK(data_of(answer) == "192.0.2.80");
    CHECK(world.log() ==
          Log{"10.0.0.1 one. A", "10.0.1.1 www.one. A", "10.0.0.1 two. A", "10.0.1.2 web.two. A"});
    world.pass(61s);
    CHECK(types_of(world.ask("www.one.")) == "CNAME CNAME A");
    CHECK(world.log() == Log{"10.0.1.2 host.two. A"});  // the links were still known
}

TEST_CASE("an alias to a name that does not exist is a name error with the chain",
          "[resolver][rfc2308-2.1][rfc6604-3]") {
    TestWorld world;
    add_zones(world, "www CNAME no.two.\nhere CNAME no\n", "");
    for (const std::string_view name : {"www.one.", "here.one."}) {
        const Answer answer = world.ask(name);
        CHECK(answer.rcode == Rcode::nxdomain);
        CHECK(types_of(answer) == "CNAME");
        REQUIRE(answer.authority.size() == 1);
    }
    world.ask("no.one.");
    CHECK(world.packets() == 0);  // denied along with its alias
}

TEST_CASE("a DNAME is followed, and again from the cache for its other names",
          "[resolver][rfc6672-3]") {
    TestWorld world;
    add_zones(world, "old DNAME new.two.\n", "a.new A 192.0.2.1\nb.new A 192.0.2.2\n");
    const Answer answer = world.ask("a.old.one.");
    CHECK(types_of(answer) == "DNAME CNAME A");
    CHECK(data_of(answer) == "192.0.2.1");
    const Answer other = world.ask("b.old.one.");
    CHECK(data_of(other) == "192.0.2.2");
    CHECK(world.packets_to("10.0.1.1") == 0);
}

TEST_CASE("a DNAME whose result is too long is YXDOMAIN, once", "[resolver][rfc6672-2.2]") {
    TestWorld world;
    const std::string label(60, 'x');
    add_zones(world, fmt::format("d DNAME {0}.{0}.{0}.{0}.\n", label), "");
    const Answer answer = world.ask("a.long.label.d.one.");
    CHECK(answer.rcode == Rcode::yxdomain);
    CHECK(answer.reason == Reason::dname_too_long);
    CHECK(types_of(answer) == "DNAME");
    world.ask("another.long.label.d.one.");
    CHECK(world.packets() == 0);
}

TEST_CASE("aliases in a circle are reported and not walked twice", "[resolver][rfc1034-3.6.2]") {
    TestWorld world;
    add_zones(world, "a CNAME b.two.\nself CNAME self\n", "b CNAME a.one.\n");
    CHECK(world.ask("a.one.").reason == Reason::alias_loop);
    CHECK(world.packets() <= 4);
    CHECK(world.ask("self.one.").reason == Reason::alias_loop);
}

TEST_CASE("eleven aliases are followed, twelve are too many", "[resolver][docs-limits]") {
    TestWorld world;
    std::string one;
    std::string two;
    for (int i = 0; i < 50; ++i) {
        fmt::format_to(std::back_inserter(i % 2 == 0 ? one : two), "n{} CNAME n{}.{}.\n", i, i + 1,
                       i % 2 == 0 ? "two" : "one");
    }
    add_zones(world,
              one +
                  "x0 CNAME x1.two.\nx2 CNAME x3.two.\nx4 CNAME x5.two.\n"
                  "x6 CNAME x7.two.\nx8 CNAME x9.two.\n",
              two +
                  "x1 CNAME x2.one.\nx3 CNAME x4.one.\nx5 CNAME x6.one.\nx7 CNAME x8.one.\n"
                  "x9 CNAME x10\nx10 CNAME end\nend A 192.0.2.1\n");
    const Answer eleven = world.ask("x0.one.");
    CHECK(eleven.rcode == Rcode::noerror);
    CHECK(eleven.answer.size() == 12);
    CHECK(world.resolver().from_cache(question_of("x0.one."), {})->answer.size() == 12);
    const Answer many = world.ask("n0.one.");
    CHECK(many.rcode == Rcode::servfail);
    CHECK(many.reason == Reason::budget_aliases);
    CHECK(world.packets_to("10.0.1.1") + world.packets_to("10.0.1.2") <= 12);
}

TEST_CASE("what an attacker's alias cost is not held against the name it led to", "[resolver]") {
    TestWorld world;
    std::string one;
    for (int i = 0; i < 10; ++i) {
        one += fmt::format("n{} CNAME n{}\n", i, i + 1);
    }
    add_zones(world, one + "n10 CNAME victim.two.\n", "victim CNAME host\nhost A 192.0.2.1\n");
    CHECK(world.ask("n0.one.").reason == Reason::budget_aliases);
    CHECK(data_of(world.ask("victim.two.")) == "192.0.2.1");
}
