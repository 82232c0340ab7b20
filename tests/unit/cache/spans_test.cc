#include "cache/spans.h"

#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/cache/make.h"

using namespace wend;
using namespace wend::cache;
using dns::name_of;
using dns::Type;

namespace {

// What the store does not look into may be any octets.
dns::RRset span(const std::string& owner, std::uint32_t ttl = 3600, std::size_t size = 40,
                Type type = Type::nsec) {
    return make::rrset(owner, type, ttl, {make::Rdata(size, 1)}, dns::Security::secure);
}

dns::RRset soa(const char* zone, std::uint32_t ttl = 3600) {
    return make::soa(zone, ttl, 60, dns::Security::secure);
}

}  // namespace

TEST_CASE("a span is found at its owner and after it, in canonical order", "[cache][rfc4034-6.1]") {
    Spans spans({.bytes_max = 1 << 20});
    const auto zone = name_of("test");
    for (const char* owner : {"test", "b.test", "x.b.test", "d.test"}) {
        spans.store_nsec(zone, span(owner), make::at(0));
    }
    const auto found = [&](const char* owner) {
        const auto rrset = spans.at_or_before(zone, name_of(owner), Type::nsec, make::at(10));
        return rrset ? dns::to_text(rrset->owner()) + std::to_string(rrset->ttl()) : "none";
    };
    CHECK(found("test") == "test.3590");
    CHECK(found("a.test") == "test.3590");
    CHECK(found("B.test") == "b.test.3590");
    CHECK(found("a.x.b.test") == "x.b.test.3590");
    CHECK(found("c.test") == "x.b.test.3590");
    CHECK(found("z.test") == "d.test.3590");
    CHECK(found("rest") == "none");  // sorts before the zone
    CHECK_FALSE(spans.at_or_before(name_of("other"), zone, Type::nsec, make::at(0)));
    CHECK_FALSE(spans.at_or_before(zone, zone, Type::nsec3, make::at(0)));
}

TEST_CASE("the last NSEC3 wraps round, and another way of hashing is another chain",
          "[cache][rfc5155-3.1.7]") {
    Spans spans({.bytes_max = 1 << 20});
    const auto zone = name_of("test");
    const SpanHashing first{.iterations = 0, .salt = {1}};
    for (const char* owner : {"bbb.test", "ddd.test"}) {
        spans.store_nsec3(zone, span(owner, 3600, 40, Type::nsec3), first, make::at(0));
    }
    const auto found = spans.at_or_before(zone, name_of("aaa.test"), Type::nsec3, make::at(0));
    CHECK(found->owner() == name_of("ddd.test").view());
    spans.store_soa(soa("test"), make::at(0));
    CHECK(spans.closest_zone(zone, make::at(0))->hashing == first);
    const SpanHashing second{.iterations = 1, .salt = {}};
    spans.store_nsec3(zone, span("ccc.test", 3600, 40, Type::nsec3), second, make::at(0));
    CHECK(spans.statistics().spans == 1);
    CHECK(spans.closest_zone(zone, make::at(0))->hashing == second);
}

TEST_CASE("the closest zone is the deepest with spans, its SOA there while it is fresh",
          "[cache]") {
    Spans spans({.bytes_max = 1 << 20});
    const auto zone_of = [&](const char* name, int at) {
        const auto zone = spans.closest_zone(name_of(name), make::at(at));
        return zone ? dns::to_text(zone->name) : "none";
    };
    spans.store_soa(soa("test"), make::at(0));
    CHECK(zone_of("a.test", 0) == "none");
    spans.store_nsec(name_of("test"), span("test"), make::at(0));
    CHECK(zone_of("test", 0) == "test.");
    CHECK(zone_of("c.b.a.TEST", 0) == "test.");
    CHECK(zone_of("other", 0) == "none");
    spans.store_nsec(name_of("a.test"), span("a.test"), make::at(0));
    CHECK(zone_of("c.b.a.test", 0) == "a.test.");
    CHECK_FALSE(spans.closest_zone(name_of("a.test"), make::at(0))->soa);
    spans.store_soa(soa("a.test", 100), make::at(0));
    CHECK(spans.closest_zone(name_of("a.test"), make::at(99))->soa.ttl() == 1);
    CHECK_FALSE(spans.closest_zone(name_of("a.test"), make::at(100))->soa);
    CHECK(spans.closest_zone(name_of("test"), make::at(600))->soa.ttl() == 3000);
    spans.forget(name_of("test"));
    CHECK(zone_of("test", 0) == "none");
}

TEST_CASE("what is expired, too large or of no life is not found", "[cache][defence-d17]") {
    Spans spans({.bytes_max = 1 << 20, .ttl_max = 1000});
    const auto zone = name_of("test");
    spans.store_nsec(zone, span("a.test", 10), make::at(0));
    spans.store_nsec(zone, span("b.test", 5), make::at(0));
    const auto at = [&](int seconds) {
        return spans.at_or_before(zone, name_of("c.test"), Type::nsec, make::at(seconds));
    };
    CHECK(at(4)->owner() == name_of("b.test").view());
    CHECK(at(5)->owner() == name_of("a.test").view());
    CHECK_FALSE(at(10));
    spans.store_nsec(zone, span("c.test", 0), make::at(0));
    spans.store_nsec(zone, span("c.test", 3600, span_octets_max), make::at(0));
    CHECK(spans.statistics().spans == 2);
    spans.store_nsec(zone, span("c.test", 86'400), make::at(0));
    CHECK(at(0)->ttl() == 1000);
    spans.clear();
    CHECK(spans.statistics().bytes == 0);
    CHECK_FALSE(at(0));
}

TEST_CASE("the limits in octets hold, and no zone takes more than its tenth",
          "[cache][defence-d17]") {
    constexpr std::size_t bytes_max = 1 << 20;
    Spans spans({.bytes_max = bytes_max});
    const auto zone = name_of("test");
    for (int i = 0; i < 5000; ++i) {
        spans.store_nsec(zone, span("n" + std::to_string(i) + ".test", 3600, 1000), make::at(0));
        REQUIRE(spans.statistics().bytes <= bytes_max / 10);
    }
    CHECK(spans.statistics().bytes > bytes_max / 12);
    for (int i = 0; i < 5000; ++i) {
        const std::string other = "z" + std::to_string(i);
        spans.store_nsec(name_of(other), span(other, 3600, 1000), make::at(0));
    }
    CHECK(spans.statistics().bytes <= bytes_max);
    CHECK(spans.statistics().bytes > bytes_max / 2);
}

TEST_CASE("what is used stays when a zone is full", "[cache]") {
    Spans spans({.bytes_max = 1 << 20});
    const auto zone = name_of("test");
    spans.store_nsec(zone, span("used.test"), make::at(0));
    for (int i = 0; i < 3000; ++i) {
        spans.store_nsec(zone, span("n" + std::to_string(i) + ".test", 3600, 500), make::at(0));
        const auto found = spans.at_or_before(zone, name_of("used.test"), Type::nsec, make::at(0));
        REQUIRE(found);
        REQUIRE(found->owner() == name_of("used.test").view());
    }
}

TEST_CASE("several threads may store, look and forget", "[cache]") {
    Spans spans({.bytes_max = 1 << 18});
    const auto work = [&spans](int thread) {
        for (int i = 0; i < 3000; ++i) {
            const std::string zone = "z" + std::to_string((i + thread) % 20);
            const std::string owner = "n" + std::to_string(i * 7 % 100) + "." + zone;
            spans.store_soa(soa(zone.c_str()), make::at(i));
            spans.store_nsec(name_of(zone), span(owner, 50), make::at(i));
            spans.at_or_before(name_of(zone), name_of("x." + zone), Type::nsec, make::at(i));
            spans.closest_zone(name_of("y." + zone), make::at(i));
            if (i % 97 == 0) {
                spans.forget(name_of(zone));
            }
        }
    };
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back(work, thread);
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(spans.statistics().bytes <= std::size_t{1} << 18);
}
