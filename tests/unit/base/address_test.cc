#include "base/address.h"

#include <catch2/catch.hpp>

using wend::Endpoint;
using wend::IpAddress;
using wend::Prefix;

TEST_CASE("an endpoint's text comes back as it was", "[base]") {
    for (const char* text : {"192.0.2.1:53", "[2001:db8::1]:5300", "[::]:1"}) {
        const auto endpoint = Endpoint::from_text(text);
        REQUIRE(endpoint);
        CHECK(endpoint->to_text() == text);
    }
}

TEST_CASE("text that is no endpoint is refused", "[base]") {
    for (const char* text : {"", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:53x",
                             "[192.0.2.1]:53", "[::1", "2001:db8::1:zz", "example.com:53"}) {
        CAPTURE(text);
        CHECK_FALSE(Endpoint::from_text(text));
    }
    CHECK(Endpoint::from_text("192.0.2.1", 53) == Endpoint{*IpAddress::from_text("192.0.2.1"), 53});
    CHECK(Endpoint::from_text("::1", 53)->to_text() == "[::1]:53");
}

TEST_CASE("a prefix contains exactly its addresses", "[base]") {
    const auto prefix = Prefix::from_text("192.0.2.77/25");
    REQUIRE(prefix);
    CHECK(prefix->to_text() == "192.0.2.0/25");
    CHECK(prefix->contains(*IpAddress::from_text("192.0.2.127")));
    CHECK_FALSE(prefix->contains(*IpAddress::from_text("192.0.2.128")));
    CHECK_FALSE(prefix->contains(*IpAddress::from_text("2001:db8::1")));
    CHECK(Prefix::from_text("0.0.0.0/0")->contains(*IpAddress::from_text("203.0.113.9")));
    CHECK_FALSE(Prefix::from_text("0.0.0.0/0")->contains(*IpAddress::from_text("2001:db8::1")));
    CHECK(Prefix::from_text("fe80::/10")->contains(*IpAddress::from_text("febf::1")));
    CHECK_FALSE(Prefix::from_text("192.0.2.0/33"));
}
