#include "resolver/classify.h"

#include <ostream>

#include <catch2/catch.hpp>

#include "message_text.h"

using namespace wend;
using namespace wend::test;
using dns::Rcode;
using dns::Type;

namespace wend {

std::ostream& operator<<(std::ostream& out, ResponseKind kind) {
    return out << to_text(kind);
}

}  // namespace wend

namespace {

// What the server of `zone` is taken to have said to the text's own question.
ResponseKind kind_of(const MessageText& text, std::string_view zone = "example.",
                     bool recursive = false) {
    const dns::Message message = message_of(text);
    const Asked asked{.question = question_of(text.qname, text.qtype),
                      .zone = dns::name_of(zone),
                      .recursive = recursive};
    const AliasChain chain = follow_aliases(message, asked.question, asked.zone);
    return classify(asked, message, chain);
}

constexpr std::string_view soa = "example. SOA ns.example. host.example. 1 2 3 4 300";

}  // namespace

TEST_CASE("the RRset asked for is an answer, with AA or without", "[resolver][classify]") {
    MessageText text{.qname = "www.example.", .answer = "www.example. A 192.0.2.1"};
    CHECK(kind_of(text) == ResponseKind::answer);
    text.aa = false;
    CHECK(kind_of(text) == ResponseKind::answer);
    text.ra = true;
    CHECK(kind_of(text) == ResponseKind::answer);
}

TEST_CASE("an answer for another name, type or zone is no answer", "[resolver][classify]") {
    CHECK(kind_of({.qname = "www.example.", .answer = "ftp.example. A 192.0.2.1"}) ==
          ResponseKind::no_data);
    CHECK(kind_of({.qname = "www.example.", .answer = "www.example. TXT no"}) ==
          ResponseKind::no_data);
    CHECK(kind_of({.qname = "www.test.", .answer = "www.test. A 192.0.2.1", .aa = false},
                  "example.") != ResponseKind::answer);
}

TEST_CASE("an alias chain is an alias, unless its end is answered or denied within",
          "[resolver][classify][rfc2308-2]") {
    MessageText text{.qname = "a.example.",
                     .answer = "a.example. CNAME b.example.\nb.example. CNAME c.test."};
    CHECK(kind_of(text) == ResponseKind::alias);
    text.answer = "a.example. CNAME b.example.\nb.example. A 192.0.2.1";
    CHECK(kind_of(text) == ResponseKind::answer);
    text.answer = "a.example. CNAME b.example.";
    text.authority = soa;
    CHECK(kind_of(text) == ResponseKind::no_data);
    text.rcode = Rcode::nxdomain;
    CHECK(kind_of(text) == ResponseKind::name_error);
    text.answer = "a.example. CNAME b.test.";  // not its to deny
    CHECK(kind_of(text) == ResponseKind::alias);
}

TEST_CASE("a question for CNAME is answered by the CNAME", "[resolver][classify]") {
    CHECK(kind_of({.qname = "a.example.",
                   .qtype = Type::cname,
                   .answer = "a.example. CNAME b.test."}) == ResponseKind::answer);
}

TEST_CASE("a name error of an alias's target leaves the alias as the answer to CNAME",
          "[resolver][classify][rfc6604-3]") {
    MessageText text{.qname = "a.example.",
                     .qtype = Type::cname,
                     .answer = "a.example. CNAME b.example.",
                     .authority = soa,
                     .rcode = Rcode::nxdomain};
    CHECK(kind_of(text) == ResponseKind::answer);
    text.qtype = Type::a;
    CHECK(kind_of(text) == ResponseKind::name_error);
    text.answer = "a.example. A 192.0.2.1";
    CHECK(kind_of(text) == ResponseKind::useless);
}

TEST_CASE("a DNAME above the name is an alias, at the name an answer to its own type",
          "[resolver][classify][rfc6672-2]") {
    constexpr std::string_view dname = "d.example. DNAME other.test.";
    CHECK(kind_of({.qname = "x.d.example.", .answer = dname}) == ResponseKind::alias);
    CHECK(kind_of({.qname = "d.example.", .qtype = Type::dname, .answer = dname}) ==
          ResponseKind::answer);
    CHECK(kind_of({.qname = "d.example.", .answer = dname}) == ResponseKind::no_data);
}

TEST_CASE("NOERROR with a SOA of the zone or below is NODATA",
          "[resolver][classify][rfc2308-2.2]") {
    CHECK(kind_of({.qname = "www.example.", .authority = soa}) == ResponseKind::no_data);
    CHECK(kind_of({.qname = "www.sub.example.",
                   .authority = "sub.example. SOA ns host 1 2 3 4 300"}) == ResponseKind::no_data);
}

TEST_CASE("an empty NOERROR is NODATA from an authoritative server, lame from a recursive one",
          "[resolver][classify]") {
    CHECK(kind_of({.qname = "www.example."}) == ResponseKind::no_data);
    CHECK(kind_of({.qname = "www.example.", .aa = false}) == ResponseKind::no_data);
    CHECK(kind_of({.qname = "www.example.", .aa = false, .ra = true}) == ResponseKind::lame);
    CHECK(kind_of({.qname = "www.example.", .aa = false, .ra = true}, "example.", true) ==
          ResponseKind::no_data);
}

TEST_CASE("NS strictly below the zone, at or above the name, is a referral",
          "[resolver][classify][rfc1034-4.3.2]") {
    MessageText text{
        .qname = "www.sub.example.", .authority = "sub.example. NS ns.sub.example.", .aa = false};
    CHECK(kind_of(text) == ResponseKind::referral);
    text.aa = true;  // seen in the field
    CHECK(kind_of(text) == ResponseKind::referral);
    text.ra = true;
    CHECK(kind_of(text) == ResponseKind::referral);
    CHECK(kind_of(text, "example.", true) == ResponseKind::lame);  // a forwarder never refers
}

TEST_CASE("a referral that does not descend is lame", "[resolver][classify]") {
    for (const std::string_view ns : {"example. NS ns.test.", ". NS a.root.", "test. NS ns.test.",
                                      "other.example. NS ns.test.", "x.www.example. NS ns.test."}) {
        INFO(ns);
        CHECK(kind_of({.qname = "www.example.", .authority = ns, .aa = false}) ==
              ResponseKind::lame);
    }
}

TEST_CASE("an answer beside an NS set is an answer and no referral", "[resolver][classify]") {
    CHECK(kind_of({.qname = "www.sub.example.",
                   .answer = "www.sub.example. A 192.0.2.1",
                   .authority = "sub.example. NS ns.sub.example."}) == ResponseKind::answer);
}

TEST_CASE("a question for DS is not led below its own cut", "[resolver][classify][rfc4035-3.1.4]") {
    CHECK(kind_of({.qname = "sub.example.",
                   .qtype = Type::ds,
                   .authority = "sub.example. NS ns.sub.example.",
                   .aa = false}) == ResponseKind::no_data);
    CHECK(kind_of({.qname = "sub.example.",
                   .qtype = Type::ds,
                   .authority = "sub.example. SOA ns host 1 2 3 4 300"}) == ResponseKind::lame);
    CHECK(kind_of({.qname = "sub.example.", .qtype = Type::ds, .authority = soa}) ==
          ResponseKind::no_data);
    CHECK(kind_of({.qname = "a.sub.example.",
                   .qtype = Type::ds,
                   .authority = "sub.example. NS ns.sub.example.",
                   .aa = false}) == ResponseKind::referral);
}

TEST_CASE("name errors and failures are told by the rcode", "[resolver][classify]") {
    CHECK(kind_of({.qname = "no.example.", .authority = soa, .rcode = Rcode::nxdomain}) ==
          ResponseKind::name_error);
    CHECK(kind_of({.qname = "no.example.", .rcode = Rcode::nxdomain, .aa = false}) ==
          ResponseKind::name_error);
    for (const Rcode rcode : {Rcode::servfail, Rcode::refused, Rcode::notauth, Rcode::yxdomain}) {
        CHECK(kind_of({.qname = "no.example.", .rcode = rcode}) == ResponseKind::server_failure);
    }
    for (const Rcode rcode : {Rcode::formerr, Rcode::notimp, Rcode::badvers}) {
        CHECK(kind_of({.qname = "no.example.", .rcode = rcode}) == ResponseKind::format_error);
    }
}

TEST_CASE("data for a name that is said not to exist is useless", "[resolver][classify]") {
    CHECK(kind_of({.qname = "www.example.",
                   .answer = "www.example. A 192.0.2.1",
                   .rcode = Rcode::nxdomain}) == ResponseKind::useless);
}

TEST_CASE("of two targets of one alias the first counts", "[resolver][classify][rfc2181-10.1]") {
    const dns::Message message =
        message_of({.qname = "a.example.",
                    .answer = "a.example. CNAME b.example.\na.example. CNAME c.example."});
    const AliasChain chain =
        follow_aliases(message, question_of("a.example."), dns::name_of("example."));
    CHECK(chain.end == dns::name_of("b.example."));
    REQUIRE(chain.rrsets.size() == 1);
    CHECK(chain.rrsets.front().rdatas().size() == 1);
}

TEST_CASE("the root's servers speak for root-servers.net", "[resolver][classify]") {
    CHECK(kind_of({.qname = "a.root-servers.net.", .answer = "a.root-servers.net. A 198.41.0.4"},
                  ".") == ResponseKind::answer);
}

TEST_CASE("a recursive server's word where authority was asked is second-hand",
          "[resolver][classify]") {
    const MessageText text{
        .qname = "www.example.", .answer = "www.example. A 192.0.2.1", .aa = false, .ra = true};
    Asked asked{.question = question_of("www.example."), .zone = dns::name_of("example.")};
    const dns::Message message = message_of(text);
    CHECK(is_second_hand(asked, message, ResponseKind::answer));
    CHECK_FALSE(is_second_hand(asked, message, ResponseKind::referral));
    asked.recursive = true;
    CHECK_FALSE(is_second_hand(asked, message, ResponseKind::answer));
}
