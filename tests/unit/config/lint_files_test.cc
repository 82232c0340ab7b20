#include "config/lint_files.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/temporary_directory.h"

using namespace wend;

namespace {

using FileFindings = std::vector<Finding>;

constexpr const char* root_key_ds =
    ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";

}  // namespace

TEST_CASE("hints that will never be asked are told where they stand", "[config]") {
    Config config;
    config.listen = {*Endpoint::from_text("192.0.2.7:53")};
    config.upstream.ipv6 = false;
    const std::string text =
        ". 60 NS a.example.\n. 60 NS b.example.\n"
        "a.example. 60 A 127.0.0.1\na.example. 60 AAAA 2001:db8::1\n"
        "b.example. 60 A 192.0.2.7\nb.example. 60 A 192.0.2.8\nother.example. 60 A 127.0.0.1\n";
    CHECK(hint_findings(config, text, "my.hints") ==
          FileFindings{{"my.hints:3:1",
                        "the root server a.example. is to be asked at 127.0.0.1, which "
                        "upstream.never-query or our own address rules out",
                        "root-server-unasked"},
                       {"my.hints:4:1",
                        "the root server a.example. is to be asked at 2001:db8::1, whose family "
                        "\"upstream\" switches off",
                        "root-server-unasked"},
                       {"my.hints:5:1",
                        "the root server b.example. is to be asked at 192.0.2.7, which "
                        "upstream.never-query or our own address rules out",
                        "root-server-unasked"}});
    config.upstream = {};
    config.upstream.never_query.clear();
    config.listen = default_listen();
    CHECK(hint_findings(config, text, "my.hints").empty());
}

TEST_CASE("anchors that are without effect, or will not last, are told where they stand",
          "[config][rfc4034-2.1.1][rfc9905-2]") {
    const std::string key = "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n";
    CHECK(anchor_file_findings(Config{}, root_key_ds, "my.key").empty());
    CHECK(anchor_file_findings(Config{},
                               std::string(root_key_ds) + "old.test. DS 7 5 2 " +
                                   std::string(64, 'A') +
                                   "\n"
                                   "zone.test. DNSKEY 256 3 15 " +
                                   key + "new.test. DNSKEY 257 3 200 " + key,
                               "my.key") ==
          FileFindings{
              {"my.key:2:1",
               "the DS 7 is of algorithm 5 and digest 2, of which one is not supported here, "
               "or disabled: it has no effect",
               "anchor-ineffective"},
              {"my.key:3:1",
               "the key 3612 has no SEP flag (256, not 257): its owner may replace it without "
               "notice (RFC 4034 2.1.1)",
               "anchor-not-kept"},
              {"my.key:4:1",
               "the key 3798 is of algorithm 200, which is not supported here, or disabled: "
               "it has no effect",
               "anchor-ineffective"}});
}

TEST_CASE("a DS beside the key of its tag must be its digest", "[config][rfc4034-5.1.4]") {
    const std::string key =  // RFC 8080 6.1
        "example.com. DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n";
    const std::string right =
        "example.com. DS 3613 15 2 "
        "3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b\n";
    CHECK(anchor_file_findings(Config{}, key + right, "my.key").empty());
    std::string wrong = right;
    wrong[wrong.size() - 2] = 'c';
    CHECK(
        anchor_file_findings(Config{}, key + wrong, "my.key") ==
        FileFindings{{"my.key:2:1",
                      "the digest of the DS 3613 is not that of the key 3613 in line 1: one of the "
                      "two is wrong",
                      "anchor-ineffective"}});
}
