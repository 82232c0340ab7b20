#include "policy/local_zones.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace wend;
using dns::Rcode;
using dns::Type;

namespace {

std::optional<policy::LocalAnswer> ask(const policy::LocalZones& zones, const char* name,
                                       Type type) {
    return zones.find(dns::Question{dns::name_of(name), type});
}

}  // namespace

TEST_CASE("reverse names of private and special networks do not exist here", "[policy][rfc6303]") {
    const policy::LocalZones zones({});
    for (const char* name :
         {"1.2.3.10.in-addr.arpa", "9.8.16.172.in-addr.arpa", "9.8.31.172.IN-ADDR.arpa",
          "1.1.168.192.in-addr.arpa", "5.4.64.100.in-addr.arpa", "5.4.127.100.in-addr.arpa",
          "1.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "1.d.f.ip6.arpa", "x.home.arpa",
          "3.2.1.0.in-addr.arpa"}) {
        CAPTURE(name);
        const auto answer = ask(zones, name, Type::ptr);
        REQUIRE(answer);
        CHECK(answer->rcode == Rcode::nxdomain);
        CHECK(answer->answer == nullptr);
        REQUIRE(answer->soa != nullptr);
        CHECK(dns::name_of(name).view().is_subdomain_of(answer->soa->owner()));
    }
}

TEST_CASE("names of the public DNS are not local", "[policy]") {
    const policy::LocalZones zones({});
    for (const char* name :
         {".", "example.com", "15.172.in-addr.arpa", "32.172.in-addr.arpa",
          "1.2.0.192.in-addr.arpa.example", "8.8.8.8.in-addr.arpa", "arpa", "63.100.in-addr.arpa",
          "128.100.in-addr.arpa", "xlocalhost", "example"}) {
        CAPTURE(name);
        CHECK_FALSE(ask(zones, name, Type::a));
    }
}

TEST_CASE("the apex of a local zone has an SOA and an NS, and no other data",
          "[policy][rfc6303-3]") {
    const policy::LocalZones zones({});
    const auto soa = ask(zones, "10.in-addr.arpa", Type::soa);
    REQUIRE(soa->answer != nullptr);
    CHECK(soa->answer->type() == Type::soa);
    CHECK(ask(zones, "10.in-addr.arpa", Type::ns)->answer->type() == Type::ns);
    const auto none = ask(zones, "10.in-addr.arpa", Type::a);
    CHECK(none->rcode == Rcode::noerror);
    CHECK(none->answer == nullptr);
    CHECK(none->soa != nullptr);
}

TEST_CASE("localhost and all below it are the loopback addresses", "[policy][rfc6761-6.3]") {
    const policy::LocalZones zones({});
    for (const char* name : {"localhost", "www.LOCALHOST"}) {
        const auto v4 = ask(zones, name, Type::a);
        REQUIRE(v4->answer != nullptr);
        CHECK(v4->answer->rdatas().front()[0] == 127);
        CHECK(ask(zones, name, Type::aaaa)->answer->rdatas().front().size() == 16);
        CHECK(ask(zones, name, Type::mx)->rcode == Rcode::noerror);
        CHECK(ask(zones, name, Type::mx)->answer == nullptr);
    }
}

TEST_CASE("the loopback addresses point to localhost", "[policy][rfc6303-4.1]") {
    const policy::LocalZones zones({});
    const auto v4 = ask(zones, "1.0.0.127.in-addr.arpa", Type::ptr);
    REQUIRE(v4->answer != nullptr);
    CHECK(dns::NameView::trusted(v4->answer->rdatas().front()) == dns::name_of("localhost").view());
    const auto v6 =
        ask(zones, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa",
            Type::ptr);
    REQUIRE(v6->answer != nullptr);
    // An empty non-terminal exists (RFC 8020 2).
    CHECK(ask(zones, "0.0.127.in-addr.arpa", Type::ptr)->rcode == Rcode::noerror);
    CHECK(ask(zones, "2.0.0.127.in-addr.arpa", Type::ptr)->rcode == Rcode::nxdomain);
}

TEST_CASE("special-use names never leave", "[policy][rfc6761][rfc7686][rfc9476]") {
    const policy::LocalZones zones({});
    for (const char* name :
         {"invalid", "a.invalid", "x.test", "abc.onion", "x.alt", "_dns.resolver.arpa"}) {
        CAPTURE(name);
        REQUIRE(ask(zones, name, Type::a));
        CHECK(ask(zones, name, Type::a)->rcode == Rcode::nxdomain);
    }
}

TEST_CASE("the DS of a local zone is asked of its parent",
          "[policy][rfc4035-3.1.4.1][rfc6303-7][rfc7793][rfc8375-4]") {
    const policy::LocalZones zones({});
    for (const char* apex :
         {"10.in-addr.arpa",
          "16.172.in-addr.arpa",
          "31.172.IN-ADDR.ARPA",
          "168.192.in-addr.arpa",
          "0.in-addr.arpa",
          "127.in-addr.arpa",
          "254.169.in-addr.arpa",
          "2.0.192.in-addr.arpa",
          "100.51.198.in-addr.arpa",
          "113.0.203.in-addr.arpa",
          "255.255.255.255.in-addr.arpa",
          "64.100.in-addr.arpa",
          "127.100.in-addr.arpa",
          "d.f.ip6.arpa",
          "8.e.f.ip6.arpa",
          "b.e.f.ip6.arpa",
          "8.b.d.0.1.0.0.2.ip6.arpa",
          "home.arpa",
          "resolver.arpa",
          "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa"}) {
        CAPTURE(apex);
        CHECK_FALSE(ask(zones, apex, Type::ds));
        CHECK(ask(zones, apex, Type::a));
        CHECK(ask(zones, apex, Type::dnskey));
        // What is below the apex is the zone's own.
        CHECK(ask(zones, (std::string("x.") + apex).c_str(), Type::ds)->rcode == Rcode::nxdomain);
    }
}

TEST_CASE("the DS of a special name below the root stays here: the root denies the name",
          "[policy][rfc6761][rfc7686-2]") {
    const policy::LocalZones zones({});
    for (const char* name : {"localhost", "invalid", "test", "onion", "alt"}) {
        CAPTURE(name);
        REQUIRE(ask(zones, name, Type::ds));
        CHECK(ask(zones, name, Type::ds)->answer == nullptr);
    }
}

TEST_CASE("a local zone yields to a configured zone at or below it", "[policy]") {
    const std::vector<dns::Name> configured = {dns::name_of("1.10.in-addr.arpa"),
                                               dns::name_of("test"), dns::name_of(".")};
    const policy::LocalZones zones(configured);
    CHECK_FALSE(ask(zones, "7.1.10.in-addr.arpa", Type::ptr));
    CHECK(ask(zones, "7.2.10.in-addr.arpa", Type::ptr));
    CHECK_FALSE(ask(zones, "www.test", Type::a));
    CHECK(ask(zones, "www.invalid", Type::a));
}
