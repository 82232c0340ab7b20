#include "dns/zone_file.h"

#include <catch2/catch.hpp>

#include "dns/zone_file_lexer.h"

using namespace wend;
using namespace wend::dns;

namespace {

const ZoneFileOptions example_org{.origin = name_of("example.org.")};

// Records as text, a line each; or the fault.
std::string parsed(std::string_view text, const ZoneFileOptions& options = example_org) {
    const auto records = parse_zone_file(text, options);
    if (!records) {
        return std::to_string(records.error().line) + ":" + std::to_string(records.error().column) +
               ": " + records.error().message;
    }
    std::string lines;
    for (const ZoneRecord& record : *records) {
        lines += record_to_text(record.owner, record.ttl, record.rclass, record.type, record.rdata);
        lines += '\n';
    }
    return lines;
}

}  // namespace

TEST_CASE("a zone file is read as RFC 1035 5 describes it", "[dns][rfc1035-5.1]") {
    CHECK(parsed("$TTL 1h ; for all\n"
                 "@ IN SOA ns hostmaster (\n"
                 "      2024010100 ; serial\n"
                 "      1h 15m 1w 5m )\n"
                 "  NS ns\n"
                 "  NS ns.example.net.\n"
                 "\n"
                 "ns A 192.0.2.1\n"
                 "   \t ; only a comment\n"
                 "   300 AAAA 2001:db8::1\n"
                 "$ORIGIN sub\n"
                 "www IN 60 CNAME @\n"
                 "txt 60 IN TXT \"a;b (c) \\\" \\\\\" (unquoted\n"
                 "  \"more\") ; end\n"
                 "mail\\.box MX 10 .") ==
          "example.org. 3600 IN SOA ns.example.org. hostmaster.example.org. 2024010100 3600 900 "
          "604800 300\n"
          "example.org. 3600 IN NS ns.example.org.\n"
          "example.org. 3600 IN NS ns.example.net.\n"
          "ns.example.org. 3600 IN A 192.0.2.1\n"
          "ns.example.org. 300 IN AAAA 2001:db8::1\n"
          "www.sub.example.org. 60 IN CNAME sub.example.org.\n"
          "txt.sub.example.org. 60 IN TXT \"a;b (c) \\\" \\\\\" \"unquoted\" \"more\"\n"
          "mail\\.box.sub.example.org. 3600 IN MX 10 .\n");
    CHECK(parsed("") == "");
    CHECK(parsed(" \n;\n") == "");
    CHECK(parsed("a A 192.0.2.1\r\nb\tA\t192.0.2.2\r\n") ==
          "a.example.org. 3600 IN A 192.0.2.1\nb.example.org. 3600 IN A 192.0.2.2\n");
}

TEST_CASE("TTL and class come in either order or not at all", "[dns][rfc1035-5.1]") {
    const std::string expected = "a.example.org. 60 IN A 192.0.2.1\n";
    CHECK(parsed("a 60 IN A 192.0.2.1") == expected);
    CHECK(parsed("a IN 60 A 192.0.2.1") == expected);
    CHECK(parsed("a 1m A 192.0.2.1") == expected);
    CHECK(parsed("a in a 192.0.2.1", {.origin = name_of("example.org."), .default_ttl = 60}) ==
          expected);
    CHECK(parsed("v CH TXT x\nw TXT y") ==
          "v.example.org. 3600 CH TXT \"x\"\nw.example.org. 3600 CH TXT \"y\"\n");
    CHECK(parsed("a CLASS32 TYPE65400 \\# 0") == "a.example.org. 3600 CLASS32 TYPE65400 \\# 0\n");
}

TEST_CASE("without a $TTL the last TTL stays, with one it does", "[dns][rfc2308-4]") {
    CHECK(parsed("a 60 A 192.0.2.1\nb A 192.0.2.1") ==
          "a.example.org. 60 IN A 192.0.2.1\nb.example.org. 60 IN A 192.0.2.1\n");
    CHECK(parsed("$TTL 30\na 60 A 192.0.2.1\nb A 192.0.2.1") ==
          "a.example.org. 60 IN A 192.0.2.1\nb.example.org. 30 IN A 192.0.2.1\n");
}

TEST_CASE("a fault has its line, its column and what was wanted", "[dns]") {
    CHECK(parsed("a A 192.0.2.1\nb MX ten mail") ==
          "2:6: MX preference: wanted a number from 0 to 65535, not \"ten\"");
    CHECK(parsed("a MX 10") == "1:8: MX exchange: wanted a domain name, not the end of the record");
    CHECK(parsed("a SOA . . (1 2\n 3 4\n x5)") ==
          "3:2: SOA minimum: wanted seconds, or a time like 1h30m, not \"x5\"");
    CHECK(parsed("a WKS2 1") == "1:3: wanted a TTL, a class or a record type, not \"WKS2\"");
    CHECK(parsed("a 1 IN 2 A 192.0.2.1") == "1:8: wanted a record type, not \"2\"");
    CHECK(parsed("a 60") == "1:5: wanted a TTL, a class or a record type, not the end of the line");
    CHECK(parsed("a..b A 192.0.2.1").starts_with("1:1: wanted a domain name, not \"a..b\": "));
    CHECK(parsed("a A 192.0.2.1 )") == "1:15: this parenthesis closes none");
    CHECK(parsed("a A ( 192.0.2.1\nb A 192.0.2.2") == "1:5: this parenthesis is never closed");
    CHECK(parsed("a TXT \"open\nb TXT x") == "1:7: this quote is not closed on its line");
    CHECK(parsed("a TXT fo\"o\"") ==
          "1:9: a quote opens inside a word; a blank was wanted before it");
    CHECK(parsed(" A 192.0.2.1").starts_with("1:2: a record that begins with a blank"));
    CHECK(parsed("$INCLUDE other") == "1:1: wanted a record, $ORIGIN or $TTL, not \"$INCLUDE\"");
    CHECK(parsed("$TTL") == "1:5: wanted a TTL in seconds, or like 1h30m, not the end of the line");
    CHECK(parsed("$ORIGIN a b") == "1:11: wanted the end of the line, not \"b\"");
    CHECK(parsed("a AXFR \\# 0") == "1:3: wanted a TTL, a class or a record type, not \"AXFR\"");
}

TEST_CASE("control octets of the text do not get into messages", "[dns]") {
    CHECK(parsed("a A \x1b[31m") == "1:5: A address: wanted an IPv4 address, not \"\\027[31m\"");
    CHECK(parsed("a A " + std::string(1000, 'x')).size() < 200);
}

TEST_CASE("one record is read from one line, or from parentheses", "[dns]") {
    const auto text = [](std::string_view line, const ZoneFileOptions& options) {
        const auto record = parse_record(line, options);
        return record ? record_to_text(record->owner, record->ttl, record->rclass, record->type,
                                       record->rdata)
                      : record.error().message;
    };
    CHECK(text("  example. DS 1 8 2 ( AB\n CD ) ;{id = 1}\n\n", {}) ==
          "example. 3600 IN DS 1 8 2 ABCD");
    CHECK(text("@ 60 A 192.0.2.1", example_org) == "example.org. 60 IN A 192.0.2.1");
    CHECK(text("", {}) == "wanted a record, not the end of the line");
    CHECK(text("$TTL 60", {}) == "wanted a record, not \"$TTL\"");
    CHECK(text("a A 192.0.2.1\nb A 192.0.2.1", {}) == "wanted one record and no more, not \"b\"");
    CHECK(
        text("a. RRSIG A 8 1 60 20200101000000 20190101000000 1 a.", {.mode = TextMode::lenient}) ==
        "a. 3600 IN RRSIG A 8 1 60 20200101000000 20190101000000 1 a.");
    CHECK(text("a. 0 ANY A", {.mode = TextMode::lenient}) == "a. 0 ANY A \\# 0");
}

TEST_CASE("a time is seconds, or numbers with units", "[dns]") {
    CHECK(time_span_from_text("0") == 0U);
    CHECK(time_span_from_text("1h30m") == 5400U);
    CHECK(time_span_from_text("1W2D3H4M5S") == 788645U);
    CHECK(time_span_from_text("4294967295") == 4294967295U);
    CHECK_FALSE(time_span_from_text("4294967296"));
    CHECK_FALSE(time_span_from_text("7102w"));
    CHECK_FALSE(time_span_from_text(""));
    CHECK_FALSE(time_span_from_text("h"));
    CHECK_FALSE(time_span_from_text("1x"));
    CHECK_FALSE(time_span_from_text("-1"));
    CHECK_FALSE(time_span_from_text("99999999999999999999"));
}

TEST_CASE("tokens know their places", "[dns]") {
    ZoneLexer lexer("a (\n  \"b c\" d\\ e ) ; f\n  g");
    ZoneEntry entry;
    REQUIRE(*lexer.next(entry));
    REQUIRE(entry.tokens.size() == 3);
    CHECK(entry.tokens[1].text == "b c");
    CHECK(entry.tokens[1].quoted);
    CHECK(entry.tokens[2].text == "d\\ e");
    CHECK(entry.place(1).line == 2);
    CHECK(entry.place(1).column == 3);
    CHECK_FALSE(entry.begins_blank);
    REQUIRE(*lexer.next(entry));
    CHECK(entry.begins_blank);
    CHECK(entry.place(0).line == 3);
    CHECK_FALSE(*lexer.next(entry));
}
