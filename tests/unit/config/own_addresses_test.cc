#include "config/own_addresses.h"

#include <catch2/catch.hpp>
#include <sys/resource.h>

using namespace wend;

TEST_CASE("our own addresses are never asked, but loopback only if so configured", "[config]") {
    const auto own =
        own_addresses({*Endpoint::from_text("192.0.2.1:53"), *Endpoint::from_text("192.0.2.1:5353"),
                       *Endpoint::from_text("127.0.0.1:53")});
    REQUIRE(own.networks.size() == 1);
    CHECK(own.problem.empty());
    CHECK(own.networks.front().contains(*IpAddress::from_text("192.0.2.1")));
    CHECK_FALSE(own.networks.front().contains(*IpAddress::from_text("192.0.2.2")));
    for (const Prefix& prefix : own_addresses({*Endpoint::from_text("0.0.0.0:53")}).networks) {
        CHECK_FALSE(prefix.contains(*IpAddress::from_text("127.0.0.1")));
    }
}

TEST_CASE("that the addresses of the interfaces cannot be read is told", "[config]") {
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    const OwnAddresses everywhere = own_addresses({*Endpoint::from_text("0.0.0.0:53")});
    const OwnAddresses one = own_addresses({*Endpoint::from_text("192.0.2.1:53")});
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(everywhere.problem == "Too many open files");
    CHECK(one.problem.empty());
}
