#include "replay/scenario/scenario.h"

#include <string>

#include <catch2/catch.hpp>

#include "tests/unit/replay/scenario_text.h"

using namespace wend;
using namespace wend::sim;
using test::deckard_text;
using test::unbound_text;

namespace {

Scenario read(const std::string& text) {
    auto scenario = read_scenario(text);
    if (!scenario) {
        FAIL(scenario.error().line << ": " << scenario.error().message);
    }
    return std::move(*scenario);
}

// "line: message" of a text that must not be read.
std::string mistake(const std::string& text) {
    const auto scenario = read_scenario(text);
    if (scenario) {
        return "none";
    }
    return std::to_string(scenario.error().line) + ": " + scenario.error().message;
}

}  // namespace

TEST_CASE("a clause in the configuration makes a scenario Unbound's", "[sim][scenario]") {
    const Scenario scenario = read(unbound_text("STEP 1 NOTHING\n"));
    CHECK(scenario.dialect == Dialect::unbound);
    CHECK(scenario.title == "one of ours");
    REQUIRE(scenario.options.size() == 2);
    CHECK(scenario.options[0].clause == "stub-zone");
    CHECK(scenario.options[0].key == "name");
    CHECK(scenario.options[0].values.front() == ".");
    CHECK(scenario.options[1].values.front() == "192.0.2.1");
    CHECK(scenario.options[1].line == 4);
}

TEST_CASE("plain keys make a scenario Deckard's", "[sim][scenario]") {
    const Scenario scenario =
        read(deckard_text("RANGE_BEGIN 0 9 192.0.2.1 192.0.2.2\nRANGE_END\n"));
    CHECK(scenario.dialect == Dialect::deckard);
    REQUIRE(scenario.ranges.size() == 1);
    CHECK(scenario.ranges[0].addresses.size() == 2);
    CHECK(scenario.ranges[0].covers(0));
    CHECK(scenario.ranges[0].covers(9));
    CHECK_FALSE(scenario.ranges[0].covers(10));
}

TEST_CASE("an option takes its values from the next line too", "[sim][scenario]") {
    const Scenario scenario = read(
        "server: access-control: 192.0.2.0/24\n  allow do-ip6:no\n"
        "forward-zone: name: \"a.\" forward-addr: 2001:db8::\n"
        "forward-zone: name: 'b.'\nCONFIG_END\nSCENARIO_BEGIN t\nSCENARIO_END\n");
    REQUIRE(scenario.options.size() == 5);
    CHECK(scenario.options[0].values == std::vector<std::string>{"192.0.2.0/24", "allow"});
    CHECK(scenario.options[1].key == "do-ip6");
    CHECK(scenario.options[1].values.front() == "no");
    CHECK(scenario.options[3].values.front() == "2001:db8::");
    CHECK(scenario.options[2].instance != scenario.options[4].instance);
}

TEST_CASE("a temp file is kept whole and named where it is used", "[sim][scenario]") {
    const Scenario scenario = read(
        "server:\n  root-hints:\nTEMPFILE_NAME hints\nTEMPFILE_CONTENTS hints\n; kept\n\n x\n"
        "TEMPFILE_END\nCONFIG_END\nSCENARIO_BEGIN t\nSCENARIO_END\n");
    REQUIRE(scenario.temp_files.size() == 1);
    CHECK(scenario.temp_files[0].body == "; kept\n\n x\n");
    REQUIRE(scenario.options.size() == 1);
    CHECK(scenario.options[0].values.front() == "temp-file:hints");
}

TEST_CASE("an entry holds tokens, flags and sections as written", "[sim][scenario]") {
    const Scenario scenario = read(unbound_text(
        "RANGE_BEGIN 0 100\n  ADDRESS 192.0.2.1@5353\nENTRY_BEGIN ; remark\n"
        "MATCH opcode subdomain ; and no more\nADJUST copy_id copy_query\nREPLY QR AA NXDOMAIN DO\n"
        "SECTION QUESTION\nexample. 300 IN MX\nSECTION AUTHORITY\n"
        "example. 1h IN SOA a. b. 1 2 3 4 5 ; the end\nexample. TXT \"a;b\" "
        "c\nENTRY_END\nRANGE_END\n"));
    const Range& range = scenario.ranges.at(0);
    CHECK(range.addresses.at(0).port == 5353);
    const Entry& entry = range.entries.at(0);
    CHECK(entry.match.has(MatchToken::opcode));
    CHECK(entry.match.has(MatchToken::subdomain));
    CHECK(entry.match.tokens.count() == 2);
    CHECK(entry.adjust.copy_id);
    CHECK(entry.adjust.copy_query);
    const Packet& packet = entry.first();
    CHECK(packet.header.qr);
    CHECK(packet.header.aa);
    CHECK_FALSE(packet.header.rd);
    CHECK(packet.rcode == dns::Rcode::nxdomain);
    CHECK(packet.edns);
    CHECK(packet.dnssec_ok);
    CHECK(packet.questions.at(0).qtype == dns::Type::mx);
    const auto& authority = packet.records(dns::Section::authority);
    REQUIRE(authority.size() == 2);
    CHECK(authority[0].ttl == 3600);
    CHECK(authority[1].ttl == 3600);
    CHECK(authority[1].rdata == std::vector<std::uint8_t>{3, 'a', ';', 'b', 1, 'c'});
}

TEST_CASE("a name without a final dot is absolute until an $ORIGIN is given", "[sim][scenario]") {
    const Scenario scenario = read(unbound_text(
        "RANGE_BEGIN 0 1\nENTRY_BEGIN\nSECTION QUESTION\nns.example.com A\nENTRY_END\n"
        "ENTRY_BEGIN\n$ORIGIN example.net.\n$TTL 60\nSECTION QUESTION\n@ A\nSECTION ANSWER\n"
        "@ CNAME www\nENTRY_END\nRANGE_END\n"));
    const Range& range = scenario.ranges.at(0);
    CHECK(range.entries[0].first().questions[0].qname == dns::name_of("ns.example.com."));
    CHECK(range.entries[1].first().questions[0].qname == dns::name_of("example.net."));
    const auto& record = range.entries[1].first().records(dns::Section::answer).at(0);
    CHECK(record.ttl == 60);
    CHECK(record.rdata.size() == dns::name_of("www.example.net.").wire().size());
}

TEST_CASE("hex blocks may hold comments and need no blank after the keyword", "[sim][scenario]") {
    const Scenario scenario = read(unbound_text(
        "STEP 1 QUERY\nENTRY_BEGIN\nHEX_ANSWER_BEGIN;\n00 01 ; id\n; nothing\nAbC\nHEX_ANSWER_END\n"
        "HEX_EDNSDATA_BEGIN\nHEX_EDNSDATA_END\nENTRY_END\n"));
    const Packet& packet = scenario.steps.at(0).entry->first();
    CHECK(packet.octets == std::vector<std::uint8_t>{0x00, 0x01, 0xab, 0xc0});
    CHECK(packet.edns);
    CHECK(packet.edns_options.empty());
}

TEST_CASE("what stands between blocks is passed over in Unbound's dialect only",
          "[sim][scenario]") {
    const std::string stray =
        "RANGE_BEGIN 0 1\nRANGE_END\nRANGE_END\nwww.example. IN A 192.0.2.1\n";
    CHECK(read(unbound_text(stray)).ranges.size() == 1);
    CHECK(mistake(deckard_text(stray)) == "6: \"RANGE_END\" is neither a RANGE_BEGIN nor a STEP");
}

TEST_CASE("a word that begins a block and is misspelt is not passed over", "[sim][scenario]") {
    CHECK(mistake(unbound_text("STPE 1 NOTHING\n")) ==
          "7: \"STPE\" begins no block; the nearest word is STEP");
    CHECK(mistake(unbound_text("STEP 1 NOTHING\nSTEPS 2 NOTHING\n")) ==
          "8: \"STEPS\" begins no block; the nearest word is STEP");
    CHECK(mistake(unbound_text("RANGE_BEGNI 0 1\nRANGE_END\n")) ==
          "7: \"RANGE_BEGNI\" begins no block; the nearest word is RANGE_BEGIN");
    CHECK(mistake(unbound_text("SCENARIO_EDN\n")) ==
          "7: \"SCENARIO_EDN\" begins no block; the nearest word is SCENARIO_END");
}

TEST_CASE("records that are not strictly well written are read as their own tool does",
          "[sim][scenario]") {
    const Scenario scenario =
        read(unbound_text("RANGE_BEGIN 0 1\nENTRY_BEGIN\nSECTION ANSWER\n"
                          "a. SOA b. c. 1 2 3 4 5 6\n"
                          "a. RRSIG A 5 1 300 20300101000000 20200101000000 7 a. ;{id = 7}\n"
                          "a. RRSIG A 5 1 300 20300101000000 20200101000000 7 a. AQID BA\n"
                          "ENTRY_END\nRANGE_END\n"));
    const auto& answer = scenario.ranges.at(0).entries.at(0).first().records(dns::Section::answer);
    REQUIRE(answer.size() == 3);
    CHECK(answer[0].rdata.size() == 3 + 3 + 20);
    CHECK(answer[1].rdata.size() == 18 + 3);
    CHECK(answer[2].rdata.size() == 18 + 3 + 4);
}

TEST_CASE("a file that is not a scenario is reported with its line", "[sim][scenario]") {
    CHECK(mistake("server:\n") == "1: the config part has no CONFIG_END");
    CHECK(mistake("server:\n  do-ip6:\nCONFIG_END\n") == "2: \"do-ip6\" has no value");
    CHECK(mistake("server:\n  nonsense\nCONFIG_END\n") ==
          "2: \"nonsense\" is neither an option nor a clause");
    CHECK(mistake("CONFIG_END\n") == "1: the file has no SCENARIO_BEGIN");
    CHECK(mistake("CONFIG_END\nSCENARIO_BEGIN\n") == "2: SCENARIO_BEGIN has no title");
    CHECK(mistake("CONFIG_END\nSTEP 1 NOTHING\n") ==
          "2: SCENARIO_BEGIN was expected after CONFIG_END");
    CHECK(mistake("CONFIG_END\nSCENARIO_BEGIN t\nSTEP 1 NOTHING\n") ==
          "3: the file has no SCENARIO_END");
}

TEST_CASE("a mistake in a block is reported with its line", "[sim][scenario]") {
    CHECK(mistake(unbound_text("RANGE_BEGIN 0 x\n")) == "7: RANGE_BEGIN wants two step numbers");
    CHECK(mistake(unbound_text("RANGE_BEGIN 9 1\n")) ==
          "7: the range ends at 1, before its start 9");
    CHECK(mistake(unbound_text("RANGE_BEGIN 0 1\nADDRESS 1.2.3\nRANGE_END\n")) ==
          "8: \"1.2.3\" is not an address");
    CHECK(mistake(unbound_text("RANGE_BEGIN 0 1\n")) ==
          "8: \"SCENARIO_END\" does not belong into a range");
    CHECK(mistake(unbound_text("STEP x QUERY\n")) == "7: a STEP has no number");
    CHECK(mistake(unbound_text("STEP 1 QEURY\n")) ==
          "7: \"QEURY\" is not a type of step; the nearest is QUERY");
    CHECK(mistake(unbound_text("STEP 1 QUERYX\nENTRY_BEGIN\nENTRY_END\n")) ==
          "7: \"QUERYX\" is not a type of step; the nearest is QUERY");
    CHECK(mistake(unbound_text("STEP 1 CHECK_ANSWERS\nENTRY_BEGIN\nENTRY_END\n")) ==
          "7: \"CHECK_ANSWERS\" is not a type of step; the nearest is CHECK_ANSWER");
    CHECK(mistake(unbound_text("STEP 1\n")) ==
          "7: \"\" is not a type of step; the nearest is QUERY");
    CHECK(mistake(unbound_text("STEP 2 NOTHING\nSTEP 2 NOTHING\n")) ==
          "8: STEP 2 comes after STEP 2");
    CHECK(mistake(unbound_text("STEP 1 QUERY\n")) ==
          "7: STEP 1 QUERY is not followed by ENTRY_BEGIN");
    CHECK(mistake(unbound_text("STEP 1 QUERY\nENTRY_BEGIN\nREPLY RD\n")) ==
          "8: an entry has no ENTRY_END");
    CHECK(mistake(unbound_text("STEP 1 TIME_PASSES ELAPSE soon\n")) ==
          "7: TIME_PASSES wants ELAPSE and a number of seconds, or EVAL");
    CHECK(mistake(unbound_text("STEP 1 CHECK_TEMPFILE f\nFILE_BEGIN\n")) ==
          "7: a FILE block has no FILE_END");
}

TEST_CASE("a mistake in an entry is reported with its line", "[sim][scenario]") {
    const auto entry = [](std::string_view line) {
        return mistake(
            unbound_text("STEP 1 QUERY\nENTRY_BEGIN\n" + std::string(line) + "\nENTRY_END\n"));
    };
    CHECK(entry("MATCH everything") == "9: \"everything\" is not a MATCH token");
    CHECK(entry("MATCH ede=x") == "9: \"x\" is not an extended error");
    CHECK(entry("REPLY NOPE") == "9: \"NOPE\" is not a REPLY token");
    CHECK(entry("ADJUST copy_all") == "9: \"copy_all\" is not an ADJUST token");
    CHECK(entry("SECTION FOOTER") == "9: \"FOOTER\" is not a section");
    CHECK(entry("SECTION ANSWER\na. IN A").starts_with("10: "));
    CHECK(entry("SECTION ANSWER\na. IN A 192.0.2.256").starts_with("10: "));
    CHECK(entry("SECTION ANSWER\na. IN NONSENSE x") == "10: \"NONSENSE\" is not a type");
    CHECK(entry("SECTION ANSWER\na..b. IN A 192.0.2.1").starts_with("10: \"a..b.\" is not a name"));
    CHECK(mistake(deckard_text("STEP 1 QUERY\nENTRY_BEGIN\na. IN A\nENTRY_END\n")) ==
          "6: \"a. IN A\" stands before any SECTION");
}
