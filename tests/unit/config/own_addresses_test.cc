#include "config/own_addresses.h"

#include <catch2/catch.hpp>

using namespace wend;

TEST_CASE("our own addresses are never asked, but loopback only if so configured", "[config]") {
    const auto own =
        own_addresses({*Endpoint::from_text("192.0.2.1:53"), *Endpoint::from_text("192.0.2.1:5353"),
                       *Endpoint::from_text("127.0.0.1:53")});
    REQUIRE(own.size() == 1);
    CHECK(own.front().contains(*IpAddress::from_text("192.0.2.1")));
    CHECK_FALSE(own.front().contains(*IpAddress::from_text("192.0.2.2")));
    for (const Prefix& prefix : own_addresses({*Endpoint::from_text("0.0.0.0:53")})) {
        CHECK_FALSE(prefix.contains(*IpAddress::from_text("127.0.0.1")));
    }
}
