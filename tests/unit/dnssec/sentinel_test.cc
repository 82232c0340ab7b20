#include "dnssec/sentinel.h"

#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

using namespace wend;
using namespace wend::dnssec;

using Tags = std::vector<std::uint16_t>;

namespace {

// Of an anchor with DS records of these tags; empty where there is none.
std::string query_text(std::string_view zone, const Tags& tags) {
    TrustAnchor anchor{.zone = dns::name_of(zone), .ds = {}, .dnskeys = {}};
    for (const std::uint16_t tag : tags) {
        anchor.ds.push_back(
            {static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag), 8, 2, 1});
    }
    const auto name = key_tag_query(anchor);
    return name ? to_text(name->view()) : std::string();
}

}  // namespace

TEST_CASE("the tags are those of the root's anchors, sorted", "[dnssec][rfc8145-5.1]") {
    TrustAnchors anchors = TrustAnchors::built_in();
    const std::vector<std::uint8_t> other = {0, 7, 8, 2, 1, 2, 3};
    anchors.add(dns::name_of("example."), dns::Type::ds, other);
    CHECK(root_key_tags(anchors) == Tags{20326, 38696});
    CHECK(root_key_tags(TrustAnchors()).empty());
}

TEST_CASE("a sentinel is told by its first label", "[dnssec][rfc8509-3.1]") {
    const auto is = sentinel_of(dns::name_of("root-key-sentinel-is-ta-20326.example.com."));
    REQUIRE(is);
    CHECK(is->is_trusted);
    CHECK(is->tag == 20326);
    const auto is_not = sentinel_of(dns::name_of("ROOT-key-sentinel-NOT-ta-00042.example."));
    REQUIRE(is_not);
    CHECK_FALSE(is_not->is_trusted);
    CHECK(is_not->tag == 42);
    for (const char* name :
         {".", "example.", "root-key-sentinel-is-ta-.example.", "root-key-sentinel-is-ta-2032.a.",
          "root-key-sentinel-is-ta-203266.a.", "root-key-sentinel-is-ta-65536.a.",
          "root-key-sentinel-is-ta-2032x.a.", "a.root-key-sentinel-is-ta-20326.",
          "root-key-sentinel-no-ta-20326.a."}) {
        INFO(name);
        CHECK_FALSE(sentinel_of(dns::name_of(name)));
    }
}

TEST_CASE("a sentinel is refused where what it says is not so", "[dnssec][rfc8509-3.3]") {
    const Tags trusted = {20326, 38696};
    CHECK_FALSE(refuses({true, 20326}, trusted));
    CHECK(refuses({true, 19036}, trusted));
    CHECK(refuses({false, 38696}, trusted));
    CHECK_FALSE(refuses({false, 19036}, trusted));
}

TEST_CASE("the key tag query lists the tags in hex", "[dnssec][rfc8145-5.1]") {
    CHECK(query_text(".", {20326, 38696}) == "_ta-4f66-9728.");
    CHECK(query_text("island.test.", {2, 1, 2}) == "_ta-0001-0002.island.test.");
    Tags many(40);
    std::iota(many.begin(), many.end(), std::uint16_t{1});
    CHECK(query_text(".", many).size() == 63 + 1);
    const std::string label(62, 'x');
    const std::string longest = label + '.' + label + '.' + label + '.' + label + '.';
    CHECK(query_text(longest, {1}).empty());
}
