#include "config/remarks.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/temporary_directory.h"

using namespace wend;

namespace {

using Remarks = std::vector<Remark>;

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
    CHECK(hint_remarks(config, text, "my.hints") ==
          Remarks{{"my.hints:3:1",
                   "the root server a.example. is to be asked at 127.0.0.1, which "
                   "upstream.never-query or our own address rules out"},
                  {"my.hints:4:1",
                   "the root server a.example. is to be asked at 2001:db8::1, whose family "
                   "\"upstream\" switches off"},
                  {"my.hints:5:1",
                   "the root server b.example. is to be asked at 192.0.2.7, which "
                   "upstream.never-query or our own address rules out"}});
    config.upstream = {};
    config.upstream.never_query.clear();
    config.listen = default_listen();
    CHECK(hint_remarks(config, text, "my.hints").empty());
}

TEST_CASE("anchors that are without effect, or will not last, are told where they stand",
          "[config][rfc4034-2.1.1][rfc9905-2]") {
    const std::string key = "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n";
    CHECK(anchor_file_remarks(Config{}, root_key_ds, "my.key").empty());
    CHECK(anchor_file_remarks(Config{},
                              std::string(root_key_ds) + "old.test. DS 7 5 2 " +
                                  std::string(64, 'A') +
                                  "\n"
                                  "zone.test. DNSKEY 256 3 15 " +
                                  key + "new.test. DNSKEY 257 3 200 " + key,
                              "my.key") ==
          Remarks{{"my.key:2:1",
                   "the DS 7 is of algorithm 5 and digest 2, of which one is not supported here, "
                   "or disabled: it has no effect"},
                  {"my.key:3:1",
                   "the key 3612 has no SEP flag (256, not 257): its owner may replace it without "
                   "notice (RFC 4034 2.1.1)"},
                  {"my.key:4:1",
                   "the key 3798 is of algorithm 200, which is not supported here, or disabled: "
                   "it has no effect"}});
}

TEST_CASE("a DS beside the key of its tag must be its digest", "[config][rfc4034-5.1.4]") {
    const std::string key =  // RFC 8080 6.1
        "example.com. DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=\n";
    const std::string right =
        "example.com. DS 3613 15 2 "
        "3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b\n";
    CHECK(anchor_file_remarks(Config{}, key + right, "my.key").empty());
    std::string wrong = right;
    wrong[wrong.size() - 2] = 'c';
    CHECK(anchor_file_remarks(Config{}, key + wrong, "my.key") ==
          Remarks{{"my.key:2:1",
                   "the digest of the DS 3613 is not that of the key 3613 in line 1: one of the "
                   "two is wrong"}});
}

TEST_CASE("a public network that may ask and is limited is told, with the line to write",
          "[config][rate-limit]") {
    Config config;
    CHECK_FALSE(limited_networks_remark(config));
    config.access.allow.push_back(*Prefix::from_text("192.0.2.0/24"));
    config.access.allow.push_back(*Prefix::from_text("10.1.0.0/16"));
    config.access.allow.push_back(*Prefix::from_text("2001:db8::/32"));
    CHECK(limited_networks_remark(config) ==
          "192.0.2.0/24 and 1 more may ask 100 queries a second from an address and 1000 from a "
          "network, without a cookie over UDP. If no packet with such an address can come in from "
          "outside, say so: \"rate-limit\": { \"exempt\": [\"private\", \"localnets\", "
          "\"192.0.2.0/24\", \"2001:db8::/32\"] }");
    // The line that it names ends it.
    config.rate_limit.exempt.push_back(*Prefix::from_text("192.0.2.0/24"));
    config.rate_limit.exempt.push_back(*Prefix::from_text("2001:db8::/32"));
    CHECK_FALSE(limited_networks_remark(config));
    config.rate_limit.exempt = {*Prefix::from_text("198.51.100.0/24")};
    config.rate_limit.exempt_local_networks = false;
    CHECK(limited_networks_remark(config)->ends_with(
        "[\"198.51.100.0/24\", \"192.0.2.0/24\", \"2001:db8::/32\"] }"));
    config.rate_limit.mode = policy::RateMode::off;
    CHECK_FALSE(limited_networks_remark(config));
}

TEST_CASE("nobody is told to exempt the whole internet", "[config][rate-limit]") {
    Config config;
    config.access.allow = {*Prefix::from_text("0.0.0.0/0"), *Prefix::from_text("192.0.2.0/24")};
    const auto remark = limited_networks_remark(config);
    REQUIRE(remark);
    CHECK(remark->starts_with("0.0.0.0/0 may ask: "));
    CHECK(remark->find("exempt") == std::string::npos);
}

TEST_CASE("a remark on a network stands where the network does", "[config]") {
    const TemporaryDirectory directory;
    const std::string path = directory.write(
        "wend.json", "{\"access\": {\"allow\": [\"private\",\n  \"192.0.2.0/24\"]}}");
    Config config;
    config.access.allow.push_back(*Prefix::from_text("192.0.2.0/24"));
    const Remarks remarks = config_remarks(config, path, WallTime{});
    REQUIRE(remarks.size() == 1);
    CHECK(remarks.front().place == path + ":2:3");
}

TEST_CASE("all remarks on a configuration come with their places", "[config]") {
    const TemporaryDirectory directory;
    Config config;
    config.root.anchors =
        directory.write("keys", "test. DS 1 253 2 " + std::string(64, 'A') + "\n");
    config.root.hints = directory.write(
        "hints", ". 60 NS a.example.\na.example. 60 A 127.0.0.1\na.example. 60 A 192.0.2.1\n");
    const Remarks remarks = config_remarks(config, "wend.json", WallTime{});
    REQUIRE(remarks.size() == 4);
    CHECK(remarks[0].place == config.root.hints + ":2:1");
    CHECK(remarks[1].place == config.root.anchors + ":1:1");
    CHECK(remarks[2].place == "wend.json");
    CHECK(config_remarks(Config{}, std::nullopt, WallTime{}).empty());
}

TEST_CASE("a cache larger than the memory is told of", "[config]") {
    Config config;
    config.cache.size = std::size_t{2} << 30;
    CHECK_FALSE(memory_remark(config, std::nullopt));
    CHECK_FALSE(memory_remark(config, std::size_t{2} << 30));
    CHECK(memory_remark(config, std::size_t{512} << 20) ==
          "the cache may take 2048 MiB, and this process no more than 512 MiB of memory: it will "
          "be ended when the cache has grown");
}
