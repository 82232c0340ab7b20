// Minimised questions of type NS: what a referral, data and a denial mean when the type asked for
// is the one that cuts are made of.
#include <catch2/catch.hpp>

#include "test_world.h"

using namespace wend;
using namespace wend::test;
using dns::Rcode;
using dns::Type;

namespace {

using Log = std::vector<std::string>;

// Root at 10.0.0.1, com. at 10.0.1.1, example.com. and its child sub.example.com. at 10.0.2.1; who
// is named as sub.example.com.'s server, at 10.0.3.1, says what a test lets it say.
void add_shared_server(TestWorld& world) {
    world.options.minimise_type = Type::ns;
    world.zone("10.0.0.1", ".", "com NS ns.com.\nns.com. A 10.0.1.1\n");
    world.zone("10.0.1.1", "com.", "example NS ns.example\nns.example A 10.0.2.1\n");
    world.zone("10.0.2.1", "example.com.",
               "sub NS ns.sub\nns.sub A 10.0.3.1\na.b.c A 192.0.2.81\n");
    world.zone("10.0.2.1", "sub.example.com.", "www 60 A 192.0.2.80\n");
}

// example.com.'s server answers NS at the cut with `aa`, where a referral belongs, and refers for
// all that is below it; the child's own server names itself otherwise.
void add_server_that_answers_at_the_cut(TestWorld& world, bool aa) {
    add_shared_server(world);
    world.script("10.0.2.1", [aa](const dns::Question& question, Channel) {
        if (question == question_of("sub.example.com.", Type::ns)) {
            return std::optional(MessageText{.answer = "sub.example.com. NS ns.sub.example.com.",
                                             .additional = "ns.sub.example.com. A 10.0.3.66",
                                             .aa = aa});
        }
        return std::optional(MessageText{.authority = "sub.example.com. NS ns.sub.example.com.",
                                         .additional = "ns.sub.example.com. A 10.0.3.1",
                                         .aa = false});
    });
    world.script("10.0.3.1", [](const dns::Question& question, Channel) {
        return std::optional(question.qtype == Type::ns
                                 ? MessageText{.answer = "sub.example.com. NS own.sub.example.com."}
                                 : MessageText{.answer = "www.sub.example.com. A 192.0.2.80"});
    });
}

}  // namespace

TEST_CASE("a server of both sides of a cut answers for NS and is asked on",
          "[resolver][minimise][rfc9156-2.1]") {
    TestWorld world;
    add_shared_server(world);
    CHECK(data_of(world.ask("www.sub.example.com.")) == "192.0.2.80");
    CHECK(world.log() == Log{"10.0.0.1 com. NS", "10.0.1.1 example.com. NS",
                             "10.0.2.1 sub.example.com. NS", "10.0.2.1 www.sub.example.com. A"});
    CHECK_FALSE(world.cache.find_delegation(dns::name_of("sub.example.com."), world.queue.now()));
}

TEST_CASE("where there is no NS there is no cut, known so is not asked again",
          "[resolver][minimise][rfc9156-2.1]") {
    TestWorld world;
    add_shared_server(world);
    CHECK(data_of(world.ask("a.b.c.example.com.")) == "192.0.2.81");
    CHECK(world.log() == Log{"10.0.0.1 com. NS", "10.0.1.1 example.com. NS",
                             "10.0.2.1 c.example.com. NS", "10.0.2.1 b.c.example.com. NS",
                             "10.0.2.1 a.b.c.example.com. A"});
    CHECK(world.ask("x.b.c.example.com.").rcode == Rcode::nxdomain);
    CHECK(world.log() == Log{"10.0.2.1 x.b.c.example.com. A"});
}

TEST_CASE("a name error for NS stops nothing until the whole name is shown",
          "[resolver][minimise][rfc9156-3]") {
    TestWorld world;
    add_shared_server(world);
    world.script("10.0.2.1", [](const dns::Question& question, Channel) {
        MessageText said{.authority = "example.com. SOA ns host 1 2 3 4 300"};
        if (question.qtype == Type::ns) {
            said.rcode = Rcode::nxdomain;
        } else {
            said = {.answer = "a.ent.example.com. A 192.0.2.7"};
        }
        return std::optional(said);
    });
    CHECK(data_of(world.ask("a.ent.example.com.")) == "192.0.2.7");
    CHECK(world.ask("a.ent.example.com.").rcode == Rcode::noerror);
}

TEST_CASE("an answer for NS moves no delegation and sends nobody anywhere",
          "[resolver][minimise]") {
    for (const bool aa : {true, false}) {
        TestWorld world;
        add_server_that_answers_at_the_cut(world, aa);
        CHECK(data_of(world.ask("www.sub.example.com.")) == "192.0.2.80");
        CHECK(world.log() == Log{"10.0.0.1 com. NS", "10.0.1.1 example.com. NS",
                                 "10.0.2.1 sub.example.com. NS", "10.0.2.1 www.sub.example.com. A",
                                 "10.0.3.1 www.sub.example.com. A"});
        const auto cut =
            world.cache.find_delegation(dns::name_of("sub.example.com."), world.queue.now());
        REQUIRE(cut);
        REQUIRE(cut->servers.size() == 1);
        CHECK(cut->servers.front().glue == std::vector{ip("10.0.3.1")});
    }
}

TEST_CASE("the parent's NS records in an answer without AA are not kept for the child's",
          "[resolver][minimise][rfc2181-5.4.1]") {
    TestWorld world;
    add_server_that_answers_at_the_cut(world, false);
    world.ask("www.sub.example.com.");
    CHECK(data_of(world.ask("sub.example.com.", Type::ns)) == "own.sub.example.com.");
    CHECK(world.log() == Log{"10.0.3.1 sub.example.com. NS"});
}

TEST_CASE("DS is sought with questions of the chosen type, below a server of both sides as well",
          "[resolver][minimise][rfc4035-3.1.4.1]") {
    TestWorld world;
    add_shared_server(world);
    world.options.minimise_qname = false;
    const Answer answer = world.ask("www.sub.example.com.", Type::ds);
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(world.log() == Log{"10.0.0.1 com. NS", "10.0.1.1 example.com. NS",
                             "10.0.2.1 sub.example.com. NS", "10.0.2.1 www.sub.example.com. DS"});
}

TEST_CASE("an ancestor that was denied without proof is not asked for again",
          "[resolver][minimise][rfc9156-3]") {
    TestWorld world;
    world.zone("10.0.0.1", ".", "example NS ns.example.\nns.example. A 10.0.1.1\n");
    world.script("10.0.1.1", [](const dns::Question& question, Channel) {
        MessageText said{.authority = "example. 300 SOA ns. host. 1 2 3 4 300"};
        if (question.qname.view().label_count() == 4) {
            said = {.answer = "www.sub.dept.example. 60 A 192.0.2.80"};
        } else {
            said.rcode = Rcode::nxdomain;  // of an empty non-terminal
        }
        return std::optional(said);
    });
    CHECK(world.ask("dept.example.").rcode == Rcode::nxdomain);
    CHECK(data_of(world.ask("www.sub.dept.example.")) == "192.0.2.80");
    CHECK(world.log() == Log{"10.0.1.1 www.sub.dept.example. A"});
}
