// The proofs of a signed zone with NSEC (RFC 4035 3.1.3). Signatures are not looked at here.
#include <string>

#include <catch2/catch.hpp>

#include "sim/authority.h"
#include "zone_text.h"

using namespace wend;
using namespace wend::sim;
using dns::Rcode;
using dns::Type;

namespace {

constexpr std::string_view signed_zone = R"(
@ DNSKEY 257 3 13 AAAA
@ NSEC b NS SOA RRSIG NSEC DNSKEY
b A 192.0.2.1
b NSEC *.c A RRSIG NSEC
*.c A 192.0.2.2
*.c NSEC sub A RRSIG NSEC
sub NS ns.elsewhere.
sub NSEC z NS RRSIG NSEC
z A 192.0.2.3
z NSEC @ A RRSIG NSEC
)";

AuthorityAnswer ask(std::string_view name, Type type = Type::a, bool dnssec_ok = true) {
    ZoneSet zones;
    zones.add(zone_of("example.", signed_zone));
    return answer_from(zones, question_of(name, type), dnssec_ok);
}

}  // namespace

TEST_CASE("no proofs for those who do not ask", "[sim][proofs][rfc4035-3.1]") {
    CHECK(outline(ask("y.example.", Type::a, false).authority) == "example. SOA");
}

TEST_CASE("no data is proved by the NSEC of the name", "[sim][proofs][rfc4035-3.1.3.1]") {
    CHECK(outline(ask("b.example.", Type::txt).authority) == "example. SOA, b.example. NSEC");
}

TEST_CASE("no name is proved by the NSEC around it and around the wildcard",
          "[sim][proofs][rfc4035-3.1.3.2]") {
    const AuthorityAnswer answer = ask("y.example.");
    CHECK(answer.rcode == Rcode::nxdomain);
    CHECK(outline(answer.authority) == "example. SOA, sub.example. NSEC, example. NSEC");
}

TEST_CASE("a wildcard's answer comes with the NSEC around the name",
          "[sim][proofs][rfc4035-3.1.3.3]") {
    const AuthorityAnswer answer = ask("x.c.example.");
    CHECK(outline(answer.answer) == "x.c.example. A");
    CHECK(outline(answer.authority) == "*.c.example. NSEC");
}

TEST_CASE("a wildcard without the type has its own NSEC and the one around the name",
          "[sim][proofs][rfc4035-3.1.3.4]") {
    CHECK(outline(ask("x.c.example.", Type::txt).authority) == "example. SOA, *.c.example. NSEC");
}

TEST_CASE("an unsigned cut is proved by its NSEC", "[sim][proofs][rfc4035-3.1.4]") {
    CHECK(outline(ask("www.sub.example.").authority) == "sub.example. NS, sub.example. NSEC");
}
