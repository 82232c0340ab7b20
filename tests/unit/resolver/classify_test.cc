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

bool is_second_hand(const MessageText& text) {
    const dns::Message message = message_of(text);
    const Asked asked{.question = question_of(text.qname, text.qtype),
                      .zone = dns::name_of("example.")};
    return wend::is_second_hand(asked, message, kind_of(text));
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

TEST_CASE("NOERROR without data, SOA or NS is NODATA, whatever its flags",
          "[resolver][classify][rfc2308-2.2]") {
    for (const bool aa : {true, false}) {
        for (const bool ra : {true, false}) {
            const MessageText text{.qname = "www.example.", .aa = aa, .ra = ra};
            CHECK(kind_of(text) == ResponseKind::no_data);
            CHECK(kind_of(text, "example.", true) == ResponseKind::no_data);
            CHECK(is_second_hand(text) == (ra && !aa));
        }
    }
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

TEST_CASE("a referral that does not descend is lame, with AA or without",
          "[resolver][classify][rfc1034-5.3.3]") {
    for (const std::string_view ns :
         {". NS a.root.", "test. NS ns.test.", "other.example. NS ns.test.",
          "x.www.example. NS ns.test.", "example. NS ns.test.\n. NS a.root."}) {
        INFO(ns);
        MessageText text{.qname = "www.example.", .authority = ns, .aa = false};
        CHECK(kind_of(text) == ResponseKind::lame);
        text.ra = true;
        CHECK(kind_of(text) == ResponseKind::lame);
        text.aa = true;
        CHECK(kind_of(text) == ResponseKind::lame);
    }
    // The SOA of a zone above is no word of this zone's either.
    CHECK(kind_of({.qname = "www.sub.example.",
                   .authority = "example. SOA ns host 1 2 3 4 300\nexample. NS ns.test."},
                  "sub.example.") == ResponseKind::lame);
}

TEST_CASE("the zone's own NS records in a SOA's stead are lame, with AA a last resort",
          "[resolver][classify][rfc2308-2.2]") {
    MessageText text{.qname = "www.example.", .authority = "example. NS ns.test.", .aa = false};
    CHECK(kind_of(text) == ResponseKind::lame);
    text.aa = true;
    CHECK(kind_of(text) == ResponseKind::no_data);
    CHECK(is_second_hand(text));
    CHECK(kind_of(text, "example.", true) == ResponseKind::lame);
    const std::string with_soa = "example. NS ns.test.\n" + std::string(soa);
    text.authority = with_soa;
    CHECK(kind_of(text) == ResponseKind::no_data);
    CHECK_FALSE(is_second_hand(text));
}

TEST_CASE("NS records below the SOA beside them are a referral, at or above it NODATA",
          "[resolver][classify][rfc2308-2.2]") {
    for (const bool aa : {true, false}) {
        MessageText text{.qname = "www.sub.example.",
                         .authority =
                             "example. SOA ns host 1 2 3 4 300\n"
                             "sub.example. NS ns.sub.example.",
                         .aa = aa};
        CHECK(kind_of(text) == ResponseKind::referral);
        CHECK(kind_of(text, "example.", true) == ResponseKind::no_data);  // of a forwarder
        text.qname = "sub.example.";
        CHECK(kind_of(text) == ResponseKind::referral);
        text.qtype = Type::ds;
        CHECK(kind_of(text) == ResponseKind::no_data);
        text.qtype = Type::a;
        text.qname = "other.example.";  // beside the name
        CHECK(kind_of(text) == ResponseKind::no_data);
        // A server of both zones, in either order.
        for (const std::string_view both :
             {"sub.example. SOA ns host 1 2 3 4 300\nsub.example. NS ns.sub.example.",
              "sub.example. NS ns.sub.example.\nsub.example. SOA ns host 1 2 3 4 300",
              "example. SOA ns host 1 2 3 4 300\nsub.example. NS ns.sub.example.\n"
              "sub.example. SOA ns host 1 2 3 4 300"}) {
            text.qname = "www.sub.example.";
            text.authority = both;
            CHECK(kind_of(text) == ResponseKind::no_data);
        }
    }
    // An alias whose target lies behind the cut is denied nothing.
    CHECK(kind_of({.qname = "a.example.",
                   .answer = "a.example. CNAME www.sub.example.",
                   .authority = "example. SOA ns host 1 2 3 4 300\n"
                                "sub.example. NS ns.sub.example."}) == ResponseKind::alias);
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

TEST_CASE("of DS the child's servers say nothing that counts",
          "[resolver][classify][rfc4035-3.1.4][rfc4035-2.4]") {
    constexpr std::string_view of_child = "sub.example. SOA ns host 1 2 3 4 300";
    MessageText text{.qname = "sub.example.",
                     .qtype = Type::ds,
                     .authority = of_child,
                     .rcode = Rcode::nxdomain};
    CHECK(kind_of(text) == ResponseKind::lame);
    CHECK(kind_of(text, "example.", true) == ResponseKind::name_error);  // a forwarder's word
    text.authority = soa;
    CHECK(kind_of(text) == ResponseKind::name_error);
    // An alias at the name: the zone's, or that of the child's apex.
    text = {.qname = "sub.example.", .qtype = Type::ds, .answer = "sub.example. CNAME b.test."};
    CHECK(kind_of(text) == ResponseKind::alias);
    for (const std::string_view apex : {of_child, std::string_view("sub.example. NS ns.test.")}) {
        text.authority = apex;
        CHECK(kind_of(text) == ResponseKind::lame);
        CHECK(kind_of(text, "example.", true) == ResponseKind::alias);
        text.qtype = Type::a;
        CHECK(kind_of(text) == ResponseKind::alias);
        text.qtype = Type::ds;
    }
}

TEST_CASE("at the end of an alias chain DS is the parent's as well",
          "[resolver][classify][rfc4035-2.4]") {
    MessageText text{.qname = "a.example.",
                     .qtype = Type::ds,
                     .answer = "a.example. CNAME sub.example.",
                     .authority = "sub.example. SOA ns host 1 2 3 4 300"};
    CHECK(kind_of(text) == ResponseKind::alias);
    text.rcode = Rcode::nxdomain;
    CHECK(kind_of(text) == ResponseKind::alias);
    text.authority = soa;
    CHECK(kind_of(text) == ResponseKind::name_error);
    text.rcode = Rcode::noerror;
    CHECK(kind_of(text) == ResponseKind::no_data);
    // The zone's own DS RRset is not the zone's.
    text.answer = "a.example. CNAME example.\nexample. DS 1 8 2 00";
    text.authority = "";
    CHECK(kind_of(text) == ResponseKind::alias);
    CHECK(kind_of(text, "example.", true) == ResponseKind::answer);
    text.answer = "a.example. CNAME sub.example.\nsub.example. DS 1 8 2 00";
    CHECK(kind_of(text) == ResponseKind::answer);
    // Nor is an alias at its apex one for DS.
    text.answer = "a.example. CNAME example.\nexample. CNAME b.test.";
    const auto end_for = [&](Type type) {
        return follow_aliases(message_of(text), question_of("a.example.", type),
                              dns::name_of("example."))
            .end;
    };
    CHECK(end_for(Type::ds) == dns::name_of("example."));
    CHECK(end_for(Type::a) == dns::name_of("b.test."));
}

TEST_CASE("what may stand beside an alias is an answer where it does",
          "[resolver][classify][rfc4035-2.5][rfc2181-10.1]") {
    CHECK(kind_of({.qname = "a.example.",
                   .qtype = Type::nsec,
                   .answer = "a.example. CNAME b.test.\n"
                             "a.example. NSEC c.example. CNAME NSEC"}) == ResponseKind::answer);
    CHECK(kind_of(
              {.qname = "a.example.", .qtype = Type::nsec, .answer = "a.example. CNAME b.test."}) ==
          ResponseKind::alias);
    CHECK(kind_of({.qname = "a.example.",
                   .answer = "a.example. CNAME b.test.\na.example. A 192.0.2.1"}) ==
          ResponseKind::alias);
    for (const cache::Side side : {cache::Side::unknown, cache::Side::parent}) {
        for (const Type type : {Type::a, Type::aaaa, Type::mx, Type::soa, Type::ns, Type::dnskey,
                                Type::cds, Type::dname, Type::https}) {
            CHECK(is_led_by_alias(type, side));
        }
        for (const Type type : {Type::cname, Type::nsec, Type::rrsig, Type{25}}) {
            CHECK_FALSE(is_led_by_alias(type, side));
        }
        CHECK(is_led_by_alias(Type::ds, side) == (side == cache::Side::parent));
    }
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
    CHECK(wend::is_second_hand(asked, message, ResponseKind::answer));
    CHECK_FALSE(wend::is_second_hand(asked, message, ResponseKind::referral));
    asked.recursive = true;
    CHECK_FALSE(wend::is_second_hand(asked, message, ResponseKind::answer));
}
