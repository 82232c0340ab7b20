#include "policy/rate_limit.h"

#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace wend;
using namespace wend::policy;
using namespace std::chrono_literals;

namespace {

IpAddress ip(std::string_view text) {
    return *IpAddress::from_text(text);
}

struct Limited {
    // How many of `count` datagrams, spread evenly over `time`, are let pass.
    int pass(std::string_view client, int count, Duration time, Asked asked = Asked::query) {
        int passed = 0;
        for (int i = 0; i < count; ++i) {
            passed += limiter.allows(ip(client), asked, now + i * time / count) ? 1 : 0;
        }
        now += time;
        return passed;
    }

    std::vector<Prefix> exempt = default_allowed();
    RateLimiter limiter{{}, exempt, HashKey{1, 2}};
    Instant now{100h};
};

}  // namespace

TEST_CASE("an address has its rate, after two seconds' worth at once", "[policy][rate-limit]") {
    Limited limited;
    CHECK(limited.pass("192.0.2.1", 1'000, 1ms) == 200);
    CHECK(limited.pass("192.0.2.1", 10'000, 10s) == Approx(1'000).margin(2));
    limited.now += 2s;
    CHECK(limited.pass("192.0.2.1", 1'000, 1ms) == 200);
}

TEST_CASE("one who asks less than his rate is never limited", "[policy][rate-limit]") {
    Limited limited;
    CHECK(limited.pass("192.0.2.1", 1'000, 10s) == 1'000);
    CHECK(limited.pass("2001:db8::1", 1'000, 10s) == 1'000);
}

TEST_CASE("a network's addresses share a rate too", "[policy][rate-limit]") {
    Limited limited;
    int passed = 0;
    for (int i = 0; i < 10'000; ++i) {
        const Instant at = limited.now + i * 100us;
        passed += limited.limiter.allows(ip(fmt::format("192.0.2.{}", i % 256)), Asked::query, at);
    }
    CHECK(passed <= 2'000 + 1'000);
    CHECK(passed >= 2'900);
    CHECK(limited.pass("192.0.3.1", 100, 1ms) == 100);
    int v6 = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto client = fmt::format("2001:db8:0:{:x}::1", i % 256);  // one /56
        v6 += limited.limiter.allows(ip(client), Asked::query, limited.now + i * 100us);
    }
    CHECK(v6 <= 3'000);
    CHECK(limited.limiter.allows(ip("2001:db8:0:100::1"), Asked::query, limited.now));
}

TEST_CASE("a large reply counts for more of its network's queries", "[policy][rate-limit]") {
    Limited limited;
    const auto octets_to_one_network = [&limited](std::size_t reply) {
        limited.now += 10s;
        std::size_t sent = 0;
        for (int i = 0; i < 40'000; ++i) {  // ten thousand a second
            const Instant at = limited.now + i * 100us;
            const IpAddress client = ip(fmt::format("198.51.100.{}", i % 256));
            if (limited.limiter.allows(client, Asked::query, at)) {
                limited.limiter.charge(client, reply, at);
                sent += reply;
            }
        }
        return sent;
    };
    // Six seconds' worth: four, and two at once.
    constexpr std::size_t most = 6 * 1'000 * query_octets;
    for (const std::size_t reply : {query_octets, 2 * query_octets, 4 * query_octets}) {
        CAPTURE(reply);
        const std::size_t sent = octets_to_one_network(reply);
        CHECK(sent <= most + 4 * query_octets);
        CHECK(sent >= most - most / 20);
    }
    CHECK(octets_to_one_network(query_octets + 1) <= most);
    // An address is counted by its queries, as before.
    limited.now += 10s;
    CHECK(limited.limiter.allows(ip("203.0.113.1"), Asked::query, limited.now));
}

TEST_CASE("ten customers of one network at fifty queries a second are not limited",
          "[policy][rate-limit]") {
    for (const char* customer : {"192.0.2.{}", "2001:db8:0:{}::1"}) {
        CAPTURE(customer);
        Limited limited;
        int passed = 0;
        for (int i = 0; i < 10'000; ++i) {  // twenty seconds of them
            const auto client = fmt::format(fmt::runtime(customer), i % 10);
            passed += limited.limiter.allows(ip(client), Asked::query, limited.now + i * 2ms);
        }
        CHECK(passed == 10'000);
    }
}

TEST_CASE("all of an IPv6 /64 is one client", "[policy][rate-limit]") {
    Limited limited;
    int passed = 0;
    for (int i = 0; i < 1'000; ++i) {
        passed +=
            limited.limiter.allows(ip(fmt::format("2001:db8::{:x}", i)), Asked::query, limited.now);
    }
    CHECK(passed == 200);
}

TEST_CASE("errors have a rate of their own", "[policy][rate-limit]") {
    Limited limited;
    CHECK(limited.pass("192.0.2.1", 1'000, 1ms, Asked::error) == 40);
    CHECK(limited.pass("192.0.2.1", 100, 1ms) == 100);
}

TEST_CASE("loopback and private networks are exempt", "[policy][rate-limit]") {
    Limited limited;
    for (const std::string_view client :
         {"127.0.0.1", "10.1.2.3", "192.168.1.1", "fe80::1", "::1"}) {
        CHECK(limited.pass(client, 10'000, 1ms) == 10'000);
    }
}

TEST_CASE("a rate of 0 is no limit", "[policy][rate-limit]") {
    RateLimiter limiter({.queries_per_address = 0, .queries_per_network = 0}, {}, HashKey{});
    int passed = 0;
    for (int i = 0; i < 10'000; ++i) {
        passed += limiter.allows(ip("192.0.2.1"), Asked::query, Instant(1h));
    }
    CHECK(passed == 10'000);
}

TEST_CASE("a flood from a hundred thousand networks leaves an honest client its rate",
          "[policy][rate-limit]") {
    Limited limited;
    int honest = 0;
    for (int i = 0; i < 100'000; ++i) {
        const auto flood = fmt::format("{}.{}.{}.1", 100 + i % 7, i / 256 % 256, i % 256);
        const Instant at = limited.now + i * 10us;
        limited.limiter.allows(ip(flood), Asked::query, at);
        if (i % 1'000 == 0) {
            honest += limited.limiter.allows(ip("198.51.100.1"), Asked::query, at);
        }
    }
    CHECK(honest == 100);
}
