#include "command/resolve_words.h"

#include <catch2/catch.hpp>

using namespace wend;
using dns::Type;

TEST_CASE("an address asks for its reverse name", "[command][rfc1035-3.5][rfc3596-2.5]") {
    const auto v4 = question_from_words("192.0.2.10", "", false);
    REQUIRE(v4);
    CHECK(to_text(v4->qname) == "10.2.0.192.in-addr.arpa.");
    CHECK(v4->qtype == Type::ptr);
    const auto v6 = question_from_words("2001:db8::4f:1", "", true);
    REQUIRE(v6);
    CHECK(to_text(v6->qname) ==
          "1.0.0.0.f.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
    CHECK(v6->qtype == Type::ptr);
    CHECK(question_from_words("192.0.2.10", "SOA", true)->qtype == Type::soa);
    // What is nearly an address is a name.
    CHECK(to_text(question_from_words("192.0.2.", "", false)->qname) == "192.0.2.");
    CHECK(question_from_words("192.0.2", "", true).error() ==
          "-x wants an address, and \"192.0.2\" is none");
}

TEST_CASE("a name in the writing of people is asked for as the DNS holds it",
          "[command][rfc5891]") {
    const auto question = question_from_words("www.BÜCHER.example", "AAAA", false);
    REQUIRE(question);
    CHECK(to_text(question->qname) == "www.xn--bcher-kva.example.");
    CHECK(question->qtype == Type::aaaa);
    CHECK(question_from_words("plain.example", "", false)->qtype == Type::a);
    CHECK(question_from_words("☕.example", "", false)
              .error()
              .starts_with("\"☕.example\" is not a domain name: it has no form in ASCII ("));
    CHECK(question_from_words("a..example", "", false)
              .error()
              .starts_with("\"a..example\" is not a domain name: "));
    CHECK(question_from_words("example", "AXFR", false).error() ==
          "\"AXFR\" is not a type that can be resolved");
}

TEST_CASE("the heading says what trust came to, where that was looked at", "[command]") {
    Answer answer;
    answer.rcode = dns::Rcode::noerror;
    answer.reason = dns::Reason::resolved;
    answer.security = dns::Security::secure;
    CHECK(heading(answer, true).starts_with(";; NOERROR, secure: "));
    CHECK(heading(answer, false).starts_with(";; NOERROR, not validated: "));
    answer.security = dns::Security::insecure;
    CHECK(heading(answer, true).starts_with(";; NOERROR, insecure: "));
    answer.rcode = dns::Rcode::servfail;
    answer.reason = dns::Reason::bogus_expired;
    answer.detail = "www.example. A";
    CHECK(heading(answer, true).starts_with(";; SERVFAIL, bogus: "));
    CHECK(heading(answer, true).ends_with(": www.example. A"));
    answer.reason = dns::Reason::budget_aliases;
    CHECK(heading(answer, true).starts_with(";; SERVFAIL: "));
}
