#include "resolver/scrub.h"

#include <array>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "message_text.h"

using namespace wend;
using namespace wend::test;
using dns::Rcode;
using dns::Type;

namespace {

Accepted scrubbed(const MessageText& text, std::string_view zone = "example.",
                  bool recursive = false) {
    const Asked asked{.question = question_of(text.qname, text.qtype),
                      .zone = dns::name_of(zone),
                      .recursive = recursive};
    ServerFilter filter;
    filter.never_query = {*Prefix::from_text("127.0.0.0/8"), *Prefix::from_text("::1")};
    return std::move(*scrub(asked, message_of(text), filter, 1));
}

std::string text_of(const std::vector<dns::RRset>& rrsets) {
    std::string text;
    for (const dns::RRset& rrset : rrsets) {
        text += dns::to_text(rrset);
    }
    return text;
}

// Everything of a message that may reach the cache, as text.
std::string kept(const Accepted& accepted) {
    std::string text = text_of(accepted.chain.rrsets);
    for (const dns::RRset* rrset : {&accepted.answer, &accepted.soa}) {
        text += *rrset ? dns::to_text(*rrset) : "";
    }
    text += text_of(accepted.proofs);
    if (accepted.referral) {
        text += "referral " + dns::to_text(accepted.referral->zone);
        for (const cache::NameServer& server : accepted.referral->servers) {
            text += ' ' + dns::to_text(server.name);
            for (const IpAddress& address : server.glue) {
                text += '@' + address.to_text();
            }
        }
        text += accepted.referral->ds ? '\n' + dns::to_text(accepted.referral->ds) : "";
        text += text_of(accepted.referral->proofs);
    }
    return text;
}

constexpr std::string_view rrsig_of_nsec =
    " RRSIG NSEC 8 2 300 20300101000000 20200101000000 1 example. AAAA";

}  // namespace

TEST_CASE("of an answer exactly the RRset asked for is kept", "[resolver][scrub][rfc5452-6]") {
    const Accepted accepted = scrubbed({.qname = "www.example.",
                                        .answer = "www.example. A 192.0.2.1\n"
                                                  "www.example. TXT beside\n"
                                                  "victim.example. A 192.0.2.66\n"
                                                  "www.test. A 192.0.2.66",
                                        .authority = "example. NS evil.example.\n"
                                                     "test. NS evil.example.",
                                        .additional = "evil.example. A 192.0.2.66"});
    CHECK(accepted.kind == ResponseKind::answer);
    CHECK(kept(accepted) == "www.example. 300 IN A 192.0.2.1\n");
}

TEST_CASE("aliases are kept as far as they stay inside the zone", "[resolver][scrub]") {
    const Accepted accepted = scrubbed({.qname = "a.example.",
                                        .answer = "a.example. CNAME b.example.\n"
                                                  "b.example. CNAME c.test.\n"
                                                  "c.test. A 192.0.2.66\n"
                                                  "z.example. CNAME y.example."});
    CHECK(accepted.kind == ResponseKind::alias);
    CHECK(accepted.chain.end == dns::name_of("c.test."));
    CHECK(kept(accepted) ==
          "a.example. 300 IN CNAME b.example.\nb.example. 300 IN CNAME c.test.\n");
}

TEST_CASE("the CNAME of a DNAME is made here, whatever the sender says",
          "[resolver][scrub][rfc6672-3.4]") {
    const Accepted accepted = scrubbed({.qname = "www.d.example.",
                                        .answer = "d.example. 60 DNAME new.example.\n"
                                                  "www.d.example. CNAME evil.example."});
    CHECK(accepted.chain.end == dns::name_of("www.new.example."));
    CHECK(kept(accepted) ==
          "d.example. 60 IN DNAME new.example.\nwww.d.example. 60 IN CNAME www.new.example.\n");
}

TEST_CASE("a DNAME above the zone, beside the name or in the wrong section is nothing",
          "[resolver][scrub]") {
    for (const std::string_view dname :
         {"test. DNAME evil.", ". DNAME evil.", "other.example. DNAME evil.",
          "www.d.example. DNAME evil."}) {
        INFO(dname);
        const Accepted accepted = scrubbed({.qname = "www.d.example.", .answer = dname});
        CHECK(accepted.kind == ResponseKind::no_data);
        CHECK(kept(accepted).empty());
    }
    CHECK(
        kept(scrubbed({.qname = "www.d.example.", .authority = "d.example. DNAME evil."})).empty());
}

TEST_CASE("an alias that would be too long ends with its DNAME", "[resolver][scrub][rfc6672-2.2]") {
    const std::string label(60, 'x');
    const std::string target = fmt::format("{0}.{0}.{0}.{0}.", label);
    const std::string dname = "d.example. DNAME " + target;
    const Accepted accepted =
        scrubbed({.qname = "long.label.d.example.", .answer = dname, .rcode = Rcode::yxdomain});
    CHECK(accepted.kind == ResponseKind::alias);
    CHECK(accepted.chain.stop == ChainStop::name_too_long);
    CHECK(accepted.chain.rrsets.size() == 1);
}

TEST_CASE("aliases in a circle and over twelve are stopped inside the message",
          "[resolver][scrub]") {
    CHECK(scrubbed({.qname = "a.example.",
                    .answer = "a.example. CNAME b.example.\nb.example. CNAME a.example."})
              .chain.stop == ChainStop::loop);
    std::string ladder;
    for (int i = 0; i < 50; ++i) {
        ladder += fmt::format("n{}.example. CNAME n{}.example.\n", i, i + 1);
    }
    const Accepted accepted = scrubbed({.qname = "n0.example.", .answer = ladder});
    CHECK(accepted.chain.stop == ChainStop::too_many);
    CHECK(accepted.chain.links == 12);
}

TEST_CASE("signatures go with the RRset that they cover, eight at most", "[resolver][scrub]") {
    std::string answer =
        "www.example. A 192.0.2.1\nwww.example. RRSIG TXT 8 2 300 20300101000000 "
        "20200101000000 1 example. AAAA\n";
    for (int i = 0; i < 12; ++i) {
        answer += fmt::format(
            "www.example. RRSIG A 8 2 300 20300101000000 20200101000000 {} "
            "example. AAAA\n",
            i);
    }
    const Accepted accepted = scrubbed({.qname = "www.example.", .answer = answer});
    CHECK(accepted.answer.rdatas().size() == 1);
    CHECK(accepted.answer.signatures().size() == 8);
}

TEST_CASE("an RRset lives as long as its shortest record", "[resolver][scrub][rfc2181-5.2]") {
    const Accepted accepted =
        scrubbed({.qname = "www.example.",
                  .answer = "www.example. 300 A 192.0.2.1\nwww.example. 20 A 192.0.2.2"});
    CHECK(accepted.answer.ttl() == 20);
}

TEST_CASE("of a denial the zone's SOA and its signed proofs are kept", "[resolver][scrub]") {
    const std::string authority = std::string(
                                      "example. SOA ns. host. 1 2 3 4 300\n"
                                      "test. SOA ns. host. 1 2 3 4 300\n"
                                      "a.example. NSEC z.example. A\na.example.") +
                                  std::string(rrsig_of_nsec) +
                                  "\nb.example. NSEC z.example. A\n"  // unsigned
                                  "b.test. NSEC z.test. A\nb.test." +
                                  std::string(rrsig_of_nsec) + "\nevil.example. NS evil.example.";
    const Accepted accepted =
        scrubbed({.qname = "no.example.", .authority = authority, .rcode = Rcode::nxdomain});
    CHECK(accepted.kind == ResponseKind::name_error);
    CHECK(accepted.soa.owner() == dns::name_of("example."));
    REQUIRE(accepted.proofs.size() == 1);
    CHECK(accepted.proofs.front().owner() == dns::name_of("a.example."));
    CHECK_FALSE(accepted.referral);
}

TEST_CASE("a SOA from above the zone or beside the name denies nothing", "[resolver][scrub]") {
    for (const std::string_view soa :
         {". SOA ns. host. 1 2 3 4 300", "other.example. SOA ns. host. 1 2 3 4 300"}) {
        const Accepted accepted =
            scrubbed({.qname = "no.example.", .authority = soa, .rcode = Rcode::nxdomain});
        CHECK(accepted.kind == ResponseKind::name_error);
        CHECK_FALSE(accepted.soa);
    }
}

TEST_CASE("of a referral the deepest cut and the addresses of its own servers are kept",
          "[resolver][scrub][rfc1034-4.2.1]") {
    const Accepted accepted = scrubbed({.qname = "www.sub.example.",
                                        .authority = "sub.example. 600 NS ns.sub.example.\n"
                                                     "sub.example. 900 NS ns.sibling.example.\n"
                                                     "sub.example. NS ns.test.\n"
                                                     "other.example. NS ns.other.example.",
                                        .additional = "ns.sub.example. A 192.0.2.1\n"
                                                      "ns.sub.example. AAAA 2001:db8::1\n"
                                                      "ns.sibling.example. A 192.0.2.2\n"
                                                      "ns.test. A 192.0.2.66\n"
                                                      "ns.other.example. A 192.0.2.66\n"
                                                      "www.sub.example. A 192.0.2.66",
                                        .aa = false});
    REQUIRE(accepted.referral);
    CHECK(accepted.referral->ttl == 600);
    CHECK(kept(accepted) ==
          "referral sub.example. ns.sub.example.@192.0.2.1@2001:db8::1 "
          "ns.sibling.example.@192.0.2.2 ns.test.");
}

TEST_CASE("addresses that are no server's are dropped", "[resolver][scrub]") {
    const Accepted accepted = scrubbed({.qname = "www.sub.example.",
                                        .authority = "sub.example. NS ns.sub.example.",
                                        .additional = "ns.sub.example. A 127.0.0.1\n"
                                                      "ns.sub.example. A 0.0.0.0\n"
                                                      "ns.sub.example. A 0.1.2.3\n"
                                                      "ns.sub.example. A 224.0.0.1\n"
                                                      "ns.sub.example. A 255.255.255.255\n"
                                                      "ns.sub.example. AAAA ::\n"
                                                      "ns.sub.example. AAAA ::1\n"
                                                      "ns.sub.example. AAAA ff02::1",
                                        .aa = false});
    CHECK(kept(accepted) == "referral sub.example. ns.sub.example.");
}

TEST_CASE("of many servers thirteen are kept, of many addresses twenty-six",
          "[resolver][scrub][docs-limits]") {
    std::string authority;
    std::string additional;
    for (int i = 0; i < 100; ++i) {
        authority += fmt::format("sub.example. NS n{}.sub.example.\n", i);
        for (int j = 0; j < 9; ++j) {
            additional += fmt::format("n{}.sub.example. A 192.0.{}.{}\n", i, i, j + 1);
        }
    }
    const MessageText text{
        .qname = "www.sub.example.", .authority = authority, .additional = additional, .aa = false};
    const Accepted accepted = scrubbed(text);
    REQUIRE(accepted.referral);
    CHECK(accepted.referral->servers.size() == 13);
    std::size_t addresses = 0;
    for (const cache::NameServer& server : accepted.referral->servers) {
        CHECK(server.glue.size() <= 6);
        addresses += server.glue.size();
    }
    CHECK(addresses == 26);
}

TEST_CASE("a referral carries its own DS and no other", "[resolver][scrub][rfc4035-3.1.4]") {
    const Accepted accepted = scrubbed({.qname = "www.sub.example.",
                                        .authority = "sub.example. NS ns.test.\n"
                                                     "sub.example. DS 1 8 2 00\n"
                                                     "other.example. DS 2 8 2 00",
                                        .aa = false});
    REQUIRE(accepted.referral);
    CHECK(kept(accepted) == "referral sub.example. ns.test.\nsub.example. 300 IN DS 1 8 2 00\n");
}

TEST_CASE("a priming response gives the root's servers and their addresses",
          "[resolver][scrub][rfc8109-4]") {
    const Accepted accepted = scrubbed({.qname = ".",
                                        .qtype = Type::ns,
                                        .answer = ". NS a.root.\n. NS b.root.",
                                        .additional = "a.root. A 192.0.2.1\nevil. A 192.0.2.66"},
                                       ".");
    REQUIRE(accepted.referral);
    CHECK(accepted.referral->zone.view().is_root());
    REQUIRE(accepted.referral->servers.size() == 2);
    CHECK(accepted.referral->servers[0].glue.size() == 1);
    CHECK(accepted.referral->servers[1].glue.empty());
}

TEST_CASE("a forwarder gives no delegation", "[resolver][scrub]") {
    const Accepted accepted = scrubbed({.qname = "www.corp.example.",
                                        .authority = "corp.example. NS evil.example.",
                                        .additional = "evil.example. A 192.0.2.66",
                                        .ra = true},
                                       "example.", true);
    CHECK_FALSE(accepted.referral);
    CHECK(kept(accepted).empty());
}

// Eight kinds of message, each with one more record of twelve types at one of four owners: what is
// kept of it is what is kept without that record, but for what the message is about.
TEST_CASE("a record that is not part of the reply is never kept", "[resolver][scrub][bailiwick]") {
    struct Kind {
        std::string_view name;
        MessageText text;
    };

    const std::string soa = "example. SOA ns. host. 1 2 3 4 300\n";
    const std::array<Kind, 8> kinds = {{
        {"answer", {.qname = "q.example.", .answer = "q.example. SPF data\n"}},
        {"alias", {.qname = "q.example.", .answer = "q.example. CNAME q.test.\n"}},
        {"no data", {.qname = "q.example.", .authority = soa}},
        {"name error", {.qname = "q.example.", .authority = soa, .rcode = Rcode::nxdomain}},
        {"yxdomain", {.qname = "q.example.", .rcode = Rcode::yxdomain}},
        {"refused", {.qname = "q.example.", .rcode = Rcode::refused}},
        {"servfail", {.qname = "q.example.", .rcode = Rcode::servfail}},
        {"forwarded", {.qname = "q.example.", .answer = "q.example. SPF data\n"}},
    }};
    constexpr std::array owners = {"example.", ".", "sibling.test.", "below.example."};
    constexpr std::array<std::string_view, 12> records = {
        "NS evil.example.", "DNAME evil.",         "CNAME evil.",       "MX 1 evil.",
        "SRV 1 1 1 evil.",  "A 192.0.2.66",        "AAAA 2001:db8::66", "TXT evil",
        "DS 1 8 2 00",      "DNSKEY 257 3 8 AAAA", "NSEC evil. A",      "SVCB 1 evil."};
    for (const Kind& kind : kinds) {
        const bool forwarded = kind.name == "forwarded";
        for (const std::string_view owner : owners) {
            for (const std::string_view record : records) {
                const std::string line = fmt::format("{} {}\n", owner, record);
                // The apex's DNAME governs every name below it, and may be said.
                const bool its_own =
                    owner == std::string_view("example.") && record.starts_with("DNAME");
                for (const int section : {0, 1, 2}) {
                    if (its_own && section == 0) {
                        continue;
                    }
                    INFO(kind.name << ": " << line << " in section " << section);
                    const std::string answer =
                        std::string(kind.text.answer) + (section == 0 ? line : "");
                    const std::string authority =
                        std::string(kind.text.authority) + (section == 1 ? line : "");
                    MessageText text = kind.text;
                    text.qtype = Type::spf;
                    const std::string before = kept(scrubbed(text, "example.", forwarded));
                    text.answer = answer;
                    text.authority = authority;
                    text.additional = section == 2 ? std::string_view(line) : "";
                    CHECK(kept(scrubbed(text, "example.", forwarded)) == before);
                }
            }
        }
    }
}

TEST_CASE("what was accepted is accepted again, and nothing less", "[resolver][scrub]") {
    const Accepted once = scrubbed({.qname = "a.example.",
                                    .answer = "a.example. CNAME b.example.\n"
                                              "b.example. A 192.0.2.1\nx.example. A 192.0.2.66"});
    std::string answer = text_of(once.chain.rrsets) + dns::to_text(once.answer);
    const Accepted twice = scrubbed({.qname = "a.example.", .answer = answer});
    CHECK(kept(twice) == kept(once));
}
