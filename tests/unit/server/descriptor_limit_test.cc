#include "server/service/descriptor_limit.h"

#include <catch2/catch.hpp>
#include <sys/resource.h>

using namespace wend;

TEST_CASE("open files are allowed up to the hard limit", "[server]") {
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit low{.rlim_cur = 256, .rlim_max = before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
    CHECK(raise_descriptor_limit() == before.rlim_max);
    rlimit after{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &after) == 0);
    CHECK(after.rlim_cur == before.rlim_max);
    setrlimit(RLIMIT_NOFILE, &before);
}

TEST_CASE("queries to servers have what is left of the open files", "[server][limits]") {
    Config config;
    const std::size_t clients = config.listen.size() * (config.tcp.clients + 2);
    CHECK(exchanges_within(1'000'000, config, 2) == 16'384);
    const std::size_t one = exchanges_within(8'192, config, 1);
    CHECK(one + clients + 1'024 <= 8'192);
    CHECK(one > exchanges_comfortable);
    CHECK(exchanges_within(2 * 8'192, config, 2) >= one);
    config.listen.push_back(config.listen.front());
    CHECK(exchanges_within(8'192, config, 1) == one - config.tcp.clients - 2);
    for (const std::size_t few : {0U, 256U, 1'024U, 4'096U}) {
        CHECK(exchanges_within(few, config, 4) == exchanges_min);
    }
}
