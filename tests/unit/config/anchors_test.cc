#include "config/anchors.h"

#include <string>

#include <catch2/catch.hpp>

using namespace wend;

namespace {

constexpr const char* root_ds =
    ". 86400 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
constexpr const char* ed25519_key =  // RFC 8080 6.1
    "example.com. 3600 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n";

std::string error_of(const std::string& text) {
    const auto anchors = read_anchors(text, "my.key");
    REQUIRE_FALSE(anchors);
    return anchors.error();
}

WallTime day(int days) {
    return WallTime{std::chrono::days(20'000 + days)};
}

}  // namespace

TEST_CASE("anchors are DS and DNSKEY records of any zone", "[config]") {
    const auto anchors = read_anchors(std::string("; a comment\n") + root_ds + ed25519_key, "f");
    REQUIRE(anchors);
    REQUIRE(anchors->all().size() == 2);
    CHECK(anchors->closest(dns::name_of("www.test."))->zone == dns::name_of("."));
    CHECK(anchors->closest(dns::name_of("www.test."))->ds.size() == 1);
    CHECK(anchors->closest(dns::name_of("a.example.com."))->dnskeys.size() == 1);
}

TEST_CASE("what cannot be an anchor is named with file, line and remedy", "[config]") {
    CHECK(error_of("") ==
          "my.key:1:1: no DS or DNSKEY record: add those of \".\", or leave out root.anchors for "
          "the built-in ones");
    CHECK(error_of(std::string(root_ds) + "\n. 60 IN NS a.test.\n") ==
          "my.key:3:1: an anchor is a DS or a DNSKEY record, not NS: leave this one out");
    CHECK(error_of(". 60 IN DNSKEY 385 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n") ==
          "my.key:1:1: the key 3741 is revoked (RFC 5011): leave it out");
    CHECK(error_of(". 60 IN DNSKEY 1 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n") ==
          "my.key:1:1: the key 3357 is no zone key: flags 256 or 257 and protocol 3 are wanted");
    CHECK(error_of(". 60 CH DS 1 8 1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n") ==
          "my.key:1:1: an anchor is of class IN");
    CHECK(error_of(". DS 20326 8 2 E06D44B80B8F1D39\n") ==
          "my.key:1:1: the DS 20326 has a digest of 8 octets, and one of type 2 has 32: no key can "
          "match it");
    CHECK(
        error_of("example. DS 1 13 4 " + std::string(64, '0') + "\n")
            .ends_with("has a digest of 32 octets, and one of type 4 has 48: no key can match it"));
    CHECK(error_of("example. DNSKEY 257 3 13 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n") ==
          "my.key:1:1: the key 3611 is no key of algorithm 13: it verifies nothing");
    CHECK(error_of("bücher.example. DS 1 253 253 AA\n") ==
          "my.key:1:1: \"bücher.example.\" is not written as the DNS holds it: write "
          "\"xn--bcher-kva.example.\"");
    CHECK(error_of(std::string(root_ds) + ". IN DS 20326 8 2 E06X\n").starts_with("my.key:2:"));
}

TEST_CASE("negative anchors hold until their date", "[config][rfc7646-2]") {
    Config config;
    config.dnssec.negative_anchors = {{dns::name_of("gone."), day(0)},
                                      {dns::name_of("soon."), day(1)},
                                      {dns::name_of("always."), std::nullopt}};
    const auto anchors = load_anchors(config, day(0));
    REQUIRE(anchors);
    CHECK(anchors->closest(dns::name_of("www.gone.")) != nullptr);
    CHECK(anchors->closest(dns::name_of("www.soon.")) == nullptr);
    CHECK(anchors->closest(dns::name_of("www.always.")) == nullptr);
    const auto later = load_anchors(config, day(1));
    CHECK(later->closest(dns::name_of("www.soon.")) != nullptr);
}

TEST_CASE("an operator is told which anchors are without effect, or without an end",
          "[config][rfc7646-2]") {
    Config config;
    config.dnssec.negative_anchors = {{dns::name_of("gone."), day(0)},
                                      {dns::name_of("week."), day(7)},
                                      {dns::name_of("long."), day(8)},
                                      {dns::name_of("always."), std::nullopt}};
    config.root.anchors = "my.key";
    const auto anchors = read_anchors(
        "test. DS 1 253 2 "
        "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n",
        "my.key");
    REQUIRE(anchors);
    CHECK(anchor_findings(config, *anchors) ==
          std::vector<Finding>{
              {"",
               "the anchor of test. names only algorithms or digests that are not supported here, "
               "or disabled: nothing is validated by it",
               "anchor-ineffective"},
              {"",
               "my.key has no anchor of \".\": only names at or below its own zones are validated",
               "anchor-old"}});
    std::vector<std::string> negative;
    for (const Config::NegativeAnchor& anchor : config.dnssec.negative_anchors) {
        const auto finding = negative_anchor_finding(anchor, day(0));
        negative.push_back(finding ? finding->text + " " + std::string(finding->id) : "");
    }
    CHECK(negative ==
          std::vector<std::string>{
              "the negative anchor gone. ran out at 2024-10-04T00:00:00Z and has no effect "
              "negative-anchor-ended",
              "",
              "the negative anchor long. lasts until 2024-10-12T00:00:00Z: a week is enough (RFC "
              "7646 2) negative-anchor-forever",
              "the negative anchor always. has no \"until\": its zone is never validated "
              "negative-anchor-forever"});
    CHECK(anchor_findings(Config{}, dnssec::TrustAnchors::built_in()).empty());
}

TEST_CASE("anchors of the root that hold none of its current keys are old", "[config]") {
    Config config;
    config.root.anchors = "my.key";
    const auto anchors = read_anchors(
        ". DS 19036 8 2 49AAC11D7B6F6446702E54A1607371607A1A41855200FD2CE1CDDE32F24E8FB5\n",
        "my.key");
    REQUIRE(anchors);
    const std::vector<Finding> findings = anchor_findings(config, *anchors);
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().id == "anchor-old");
    CHECK(findings.front().text.starts_with("my.key has anchors of \".\", but neither key 20326"));
}
