#include "sim/authority.h"

#include <string>

#include <catch2/catch.hpp>

#include "zone_text.h"

using namespace wend;
using namespace wend::sim;
using dns::Rcode;
using dns::Type;

namespace {

constexpr std::string_view office = R"(
ns A 192.0.2.1
www 300 A 192.0.2.80
alias CNAME www
away CNAME www.example.net.
loop CNAME loop
mail MX 10 www
*.wild A 192.0.2.90
*.wildalias CNAME www
a.b.ent A 192.0.2.91
old DNAME new
x.new A 192.0.2.92
sub NS ns.sub
sub NS ns.other.example.
ns.sub A 192.0.2.53
signed NS ns.signed
signed DS 1 8 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
)";

AuthorityAnswer ask(std::string_view name, Type type = Type::a) {
    ZoneSet zones;
    zones.add(zone_of("example.", office));
    zones.add(zone_of("example.net.", "www A 198.51.100.1\n"));
    return answer_from(zones, question_of(name, type), false);
}

}  // namespace

TEST_CASE("data at the name is an authoritative answer", "[sim][authority]") {
    const AuthorityAnswer answer = ask("www.example.");
    CHECK(answer.rcode == Rcode::noerror);
    CHECK(answer.authoritative);
    CHECK(outline(answer.answer) == "www.example. A");
    CHECK(answer.authority.empty());
}

TEST_CASE("a name of no zone here is refused", "[sim][authority]") {
    const AuthorityAnswer answer = ask("www.example.org.");
    CHECK(answer.rcode == Rcode::refused);
    CHECK_FALSE(answer.authoritative);
}

TEST_CASE("a name that is not there is a name error with the SOA", "[sim][authority]") {
    const AuthorityAnswer answer = ask("nobody.example.");
    CHECK(answer.rcode == Rcode::nxdomain);
    CHECK(outline(answer.authority) == "example. SOA");
    CHECK(answer.authority.front().ttl() == 300);  // RFC 2308 3: the lesser of 3600 and 300
}

TEST_CASE("a type that is not there is no data, at an empty non-terminal too", "[sim][authority]") {
    for (const std::string_view name : {"www.example.", "ent.example.", "b.ent.example."}) {
        const AuthorityAnswer answer = ask(name, Type::txt);
        CHECK(answer.rcode == Rcode::noerror);
        CHECK(answer.answer.empty());
        CHECK(outline(answer.authority) == "example. SOA");
    }
}

TEST_CASE("an alias is followed through the zones of the server", "[sim][authority]") {
    CHECK(outline(ask("alias.example.").answer) == "alias.example. CNAME, www.example. A");
    CHECK(outline(ask("away.example.").answer) == "away.example. CNAME, www.example.net. A");
    CHECK(outline(ask("alias.example.", Type::cname).answer) == "alias.example. CNAME");
}

TEST_CASE("an alias of itself is given a bounded number of times", "[sim][authority]") {
    CHECK(ask("loop.example.").answer.size() == alias_links_max + 1);
}

TEST_CASE("a wildcard answers under the name that was asked for", "[sim][authority][rfc4592]") {
    CHECK(outline(ask("x.y.wild.example.").answer) == "x.y.wild.example. A");
    CHECK(outline(ask("x.wildalias.example.").answer) ==
          "x.wildalias.example. CNAME, www.example. A");
    const AuthorityAnswer no_data = ask("x.wild.example.", Type::txt);
    CHECK(no_data.rcode == Rcode::noerror);
    CHECK(no_data.answer.empty());
}

TEST_CASE("below a DNAME names are rewritten with a synthesized alias",
          "[sim][authority][rfc6672-3.1]") {
    const AuthorityAnswer answer = ask("x.old.example.");
    CHECK(outline(answer.answer) == "old.example. DNAME, x.old.example. CNAME, x.new.example. A");
    CHECK(outline(ask("old.example.", Type::dname).answer) == "old.example. DNAME");
    CHECK(outline(ask("x.old.example.", Type::cname).answer) ==
          "old.example. DNAME, x.old.example. CNAME");
}

TEST_CASE("a DNAME whose result is too long is YXDOMAIN", "[sim][authority][rfc6672-2.2]") {
    const std::string label(60, 'a');
    const std::string longer(63, 'b');
    ZoneSet zones;
    zones.add(zone_of("example.", "s DNAME " + longer + "." + longer + "." + longer + "\n"));
    const auto answer = answer_from(zones, question_of(label + ".s.example."), false);
    CHECK(answer.rcode == Rcode::yxdomain);
    CHECK(outline(answer.answer) == "s.example. DNAME");
}

TEST_CASE("a name at or below a cut is referred, with glue", "[sim][authority]") {
    for (const std::string_view name : {"sub.example.", "www.sub.example."}) {
        const AuthorityAnswer answer = ask(name);
        CHECK(answer.rcode == Rcode::noerror);
        CHECK_FALSE(answer.authoritative);
        CHECK(answer.answer.empty());
        CHECK(outline(answer.authority) == "sub.example. NS");
        CHECK(outline(answer.additional) == "ns.sub.example. A");
        CHECK(answer.glue == 1);
    }
}

TEST_CASE("DS is answered by the parent of the cut", "[sim][authority][rfc4035-3.1.4.1]") {
    CHECK(outline(ask("signed.example.", Type::ds).answer) == "signed.example. DS");
    const AuthorityAnswer none = ask("sub.example.", Type::ds);
    CHECK(none.authoritative);
    CHECK(outline(none.authority) == "example. SOA");
    ZoneSet both;
    both.add(zone_of("example.", office));
    both.add(zone_of("signed.example.", "ns A 192.0.2.2\n"));
    const auto answer = answer_from(both, question_of("signed.example.", Type::ds), false);
    CHECK(outline(answer.answer) == "signed.example. DS");
}

TEST_CASE("the addresses of mail and name servers come along", "[sim][authority]") {
    CHECK(outline(ask("mail.example.", Type::mx).additional) == "www.example. A");
    CHECK(outline(ask("example.", Type::ns).additional) == "ns.example. A");
}

TEST_CASE("ANY gives every RRset of the name", "[sim][authority]") {
    CHECK(outline(ask("example.", Type::any).answer) == "example. NS, example. SOA");
}

TEST_CASE("a zone without SOA, with a foreign name or a CNAME beside data is an error",
          "[sim][zone]") {
    const dns::Name apex = dns::name_of("example.");
    CHECK_FALSE(Zone::from_text("@ 60 NS ns\n", apex).has_value());
    CHECK(zone_of("example.", "www.example.net. A 192.0.2.1\n") == nullptr);
    CHECK(zone_of("example.", "www A 192.0.2.1\nwww CNAME ns\n") == nullptr);
    CHECK(zone_of("example.", "www CNAME ns\nwww A 192.0.2.1\n") == nullptr);
    CHECK(zone_of("example.", "www CNAME ns\n") != nullptr);
}
