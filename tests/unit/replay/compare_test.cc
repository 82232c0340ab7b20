#include "replay/compare.h"

#include <string>

#include <catch2/catch.hpp>

#include "replay/scenario/packet.h"
#include "tests/unit/replay/scenario_text.h"

using namespace wend;
using namespace wend::sim;

namespace {

// An entry from its lines between ENTRY_BEGIN and ENTRY_END.
Entry entry_of(const std::string& lines) {
    auto scenario =
        read_scenario(test::unbound_text("STEP 1 QUERY\nENTRY_BEGIN\n" + lines + "ENTRY_END\n"));
    if (!scenario) {
        FAIL(scenario.error().line << ": " << scenario.error().message);
    }
    return std::move(*scenario->steps.at(0).entry);
}

struct Asked {
    bool edns = false;
    bool dnssec_ok = false;
};

// The difference, or "none".
std::string compare(const std::string& expected, const std::string& got, Asked asked = {},
                    Dialect dialect = Dialect::unbound) {
    const auto octets = encode(entry_of(got).first());
    const auto message = dns::Message::parse(octets);
    REQUIRE(message);
    const Observed observed{
        .message = *message, .query_has_edns = asked.edns, .query_dnssec_ok = asked.dnssec_ok};
    return difference(entry_of(expected), observed, dialect).value_or("none");
}

const std::string question = "SECTION QUESTION\nwww.example. IN A\n";
const std::string base = "REPLY QR RD RA\n" + question;

}  // namespace

TEST_CASE("flags and rcode must agree, AA only where it says local data", "[sim][compare]") {
    CHECK(compare("MATCH all\n" + base, base) == "none");
    CHECK(compare("MATCH all\n" + base, "REPLY QR RD RA AD\n" + question) ==
          "expected AD clear, got it set");
    CHECK(compare("MATCH all\nREPLY QR RD RA CD\n" + question, base) ==
          "expected CD set, got it clear");
    CHECK(compare("MATCH all\n" + base, "REPLY QR RD RA AA\n" + question) ==
          "expected AA clear, got it set");
    CHECK(compare("MATCH all\nREPLY QR RD RA AA\n" + question, base) == "none");
    CHECK(compare("MATCH all\n" + base, "REPLY QR RD RA NXDOMAIN\n" + question) ==
          "expected rcode NOERROR, got NXDOMAIN");
    CHECK(compare("MATCH qname\n" + base, "REPLY QR AA NXDOMAIN\n" + question) == "none");
}

TEST_CASE("the answer section is compared as a set", "[sim][compare]") {
    const std::string two = base +
                            "SECTION ANSWER\nwww.example. 5 IN A 192.0.2.1\n"
                            "www.example. 5 IN A 192.0.2.2\n";
    const std::string turned = base +
                               "SECTION ANSWER\nWWW.example. 9 IN A 192.0.2.2\n"
                               "www.example. 9 IN A 192.0.2.1\n";
    const std::string one = base + "SECTION ANSWER\nwww.example. 5 IN A 192.0.2.1\n";
    CHECK(compare("MATCH all\n" + two, turned) == "none");
    CHECK(compare("MATCH all\n" + two, one) ==
          "expected in ANSWER www.example. 5 IN A 192.0.2.2, got nothing");
    CHECK(compare("MATCH answer\n" + one, two) ==
          "expected in ANSWER nothing, got www.example. 5 IN A 192.0.2.2");
    CHECK(compare("MATCH all ttl\n" + one,
                  base + "SECTION ANSWER\nwww.example. 6 IN A 192.0.2.1\n") ==
          "expected in ANSWER www.example. 5 IN A 192.0.2.1, got www.example. 6 IN A 192.0.2.1");
}

TEST_CASE("the authority section must hold what a negative answer proves", "[sim][compare]") {
    const std::string soa = "SECTION AUTHORITY\nexample. 60 IN SOA a. b. 1 2 3 4 5\n";
    const std::string nsec = "example. 60 IN NSEC z.example. SOA NS\n";
    const std::string ns = "example. 60 IN NS ns.example.\n";
    CHECK(compare("MATCH all\n" + base + soa, base) ==
          "expected in AUTHORITY example. 60 IN SOA a. b. 1 2 3 4 5, got nothing");
    CHECK(compare("MATCH all\n" + base + soa + nsec, base + soa, {.edns = false}) == "none");
    CHECK(compare("MATCH all\nREPLY DO\n" + base + soa + nsec, "REPLY DO\n" + base + soa,
                  {.edns = true, .dnssec_ok = true})
              .starts_with("expected in AUTHORITY example. 60 IN NSEC"));
    CHECK(compare("MATCH all\n" + base + "SECTION AUTHORITY\n" + ns, base) == "none");
    const std::string answer = base + "SECTION ANSWER\nwww.example. IN A 192.0.2.1\n";
    CHECK(compare("MATCH all\n" + answer + soa, answer) == "none");
}

TEST_CASE("a truncated answer is compared by its header alone", "[sim][compare]") {
    CHECK(compare("MATCH all\nREPLY QR RD RA TC\n" + question +
                      "SECTION ANSWER\n"
                      "www.example. IN A 192.0.2.1\n",
                  "REPLY QR RD RA TC\n" + question) == "none");
    CHECK(compare("MATCH all\n" + base, "REPLY QR RD RA TC\n" + question) ==
          "expected TC clear, got it set");
}

TEST_CASE("an OPT record answers one and nothing else", "[sim][compare]") {
    CHECK(compare("MATCH all\n" + base, base, {.edns = true}) ==
          "expected an OPT record, got none");
    CHECK(compare("MATCH all\n" + base, "REPLY DO\n" + base) == "expected no OPT record, got one");
}

TEST_CASE("an extended error is compared by its code", "[sim][compare]") {
    const std::string stale = base + "HEX_EDNSDATA_BEGIN\n000f 0002 0003\nHEX_EDNSDATA_END\n";
    CHECK(compare("MATCH all ede=3\n" + base, stale, {.edns = true}) == "none");
    CHECK(compare("MATCH all ede=any\n" + base, stale, {.edns = true}) == "none");
    CHECK(compare("MATCH all ede=22\n" + base, stale, {.edns = true}) ==
          "expected extended error 22, got (extended error 3)");
    CHECK(compare("MATCH ede=any\n" + base, base) == "expected an extended error, got none");
    CHECK(compare("MATCH ednsdata\n" + base, stale) ==
          "expected EDNS options of 0 octets, got 6 octets or others");
    CHECK(compare("MATCH ednsdata ede=3\n" + base, stale) == "none");
}

TEST_CASE("names are compared without their letter case but for qcase", "[sim][compare]") {
    const std::string mixed = "REPLY QR RD RA\nSECTION QUESTION\nwWw.eXample. IN A\n";
    CHECK(compare("MATCH qname qtype\n" + base, mixed) == "none");
    CHECK(compare("MATCH qcase\n" + base, mixed) ==
          "expected www.example. IN A, got wWw.eXample. IN A");
    CHECK(compare("MATCH subdomain\nSECTION QUESTION\nexample. IN A\n", mixed) == "none");
    CHECK(compare("MATCH subdomain\nSECTION QUESTION\nww.example. IN A\n", mixed) ==
          "expected a name at or below ww.example., got wWw.eXample. IN A");
    CHECK(compare("MATCH qtype\nSECTION QUESTION\nwww.example. IN AAAA\n", mixed) ==
          "expected www.example. IN AAAA, got wWw.eXample. IN A");
    CHECK(compare("MATCH question\nSECTION QUESTION\nwww.example. CH A\n", mixed) ==
          "expected www.example. CH A, got wWw.eXample. IN A");
}
