#include "dnssec/trust.h"

#include <catch2/catch.hpp>

namespace wend::dnssec {
namespace {

using dns::name_of;

constexpr HashKey key{1, 2};
constexpr Instant start{};
constexpr std::chrono::seconds second{1};

Trust trust(TrustState state, std::uint32_t ttl) {
    return {.state = state, .keys = nullptr, .zone = name_of("test."), .ttl = ttl};
}

Trust insecure(std::uint32_t ttl) {
    return trust(TrustState::insecure, ttl);
}

}  // namespace

TEST_CASE("what is known of a zone is found in any letter case, for its TTL", "[dnssec]") {
    TrustMemory memory(10, key);
    memory.store(name_of("Example.test."), insecure(60), start);
    const Trust* const found = memory.find(name_of("eXample.TEST."), start + 59 * second);
    REQUIRE(found != nullptr);
    CHECK(found->state == TrustState::insecure);
    CHECK(found->zone == name_of("test."));
    CHECK(memory.find(name_of("test."), start) == nullptr);
    CHECK(memory.find(name_of("example.test."), start + 60 * second) == nullptr);
}

TEST_CASE("a TTL of 0 is kept for a second, and what comes later replaces it", "[dnssec]") {
    TrustMemory memory(10, key);
    memory.store(name_of("test."), insecure(0), start);
    CHECK(memory.find(name_of("test."), start) != nullptr);
    CHECK(memory.find(name_of("test."), start + second) == nullptr);
    memory.store(name_of("test."), insecure(5), start);
    memory.store(name_of("test."), trust(TrustState::bogus, 60), start);
    const Trust* const found = memory.find(name_of("test."), start + 59 * second);
    REQUIRE(found != nullptr);
    CHECK(found->state == TrustState::bogus);
}

TEST_CASE("the zone that was not used for longest makes room", "[dnssec]") {
    TrustMemory memory(2, key);
    memory.store(name_of("a."), insecure(60), start);
    memory.store(name_of("b."), insecure(60), start);
    CHECK(memory.find(name_of("a."), start) != nullptr);
    memory.store(name_of("c."), insecure(60), start);
    CHECK(memory.find(name_of("a."), start) != nullptr);
    CHECK(memory.find(name_of("b."), start) == nullptr);
    CHECK(memory.find(name_of("c."), start) != nullptr);
    memory.clear();
    CHECK(memory.find(name_of("a."), start) == nullptr);
}

}  // namespace wend::dnssec
