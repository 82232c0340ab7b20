#include "server/descriptor_limit.h"

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

TEST_CASE("each worker and each address wants its sockets", "[server]") {
    Config config;
    const std::size_t one = descriptors_wanted(config, 1);
    CHECK(one > 16'384);
    CHECK(descriptors_wanted(config, 2) > 2 * 16'384);
    config.listen.push_back(config.listen.front());
    CHECK(descriptors_wanted(config, 1) == one + config.tcp.clients + 2);
}
