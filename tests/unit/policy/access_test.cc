#include "policy/access.h"

#include <vector>

#include <catch2/catch.hpp>

using namespace wend;

namespace {

bool allows(const policy::AccessList& list, const char* address) {
    return list.allows(*IpAddress::from_text(address));
}

}  // namespace

TEST_CASE("an access list allows exactly its netblocks, overlapping or not", "[policy]") {
    const std::vector<Prefix> prefixes = {
        *Prefix::from_text("192.0.2.0/25"), *Prefix::from_text("192.0.2.64/26"),
        *Prefix::from_text("192.0.2.200"), *Prefix::from_text("2001:db8::/32")};
    const policy::AccessList list(prefixes);
    CHECK(allows(list, "192.0.2.0"));
    CHECK(allows(list, "192.0.2.127"));
    CHECK_FALSE(allows(list, "192.0.2.128"));
    CHECK(allows(list, "192.0.2.200"));
    CHECK_FALSE(allows(list, "192.0.2.201"));
    CHECK_FALSE(allows(list, "192.0.1.255"));
    CHECK(allows(list, "2001:db8:ffff::1"));
    CHECK_FALSE(allows(list, "2001:db9::"));
    CHECK_FALSE(allows(list, "::192.0.2.1"));
}

TEST_CASE("the ends of a netblock are inside it wherever they lie in an address", "[policy]") {
    const std::vector<Prefix> prefixes = {*Prefix::from_text("2001:db8:0:ff::/64"),
                                          *Prefix::from_text("2001:db8:0:fe:8000::/65"),
                                          *Prefix::from_text("2001:db8:1::ff00/120")};
    const policy::AccessList list(prefixes);
    CHECK_FALSE(allows(list, "2001:db8:0:fe:7fff:ffff:ffff:ffff"));
    CHECK(allows(list, "2001:db8:0:fe:8000::"));
    CHECK(allows(list, "2001:db8:0:fe:ffff:ffff:ffff:ffff"));
    CHECK(allows(list, "2001:db8:0:ff:ffff:ffff:ffff:ffff"));
    CHECK_FALSE(allows(list, "2001:db8:0:100::"));
    CHECK_FALSE(allows(list, "2001:db8:1::feff"));
    CHECK(allows(list, "2001:db8:1::ff00"));
    CHECK(allows(list, "2001:db8:1::ffff"));
    CHECK_FALSE(allows(list, "2001:db8:1::1:0"));
}

TEST_CASE("an empty access list allows nobody", "[policy]") {
    CHECK_FALSE(allows(policy::AccessList({}), "127.0.0.1"));
}

TEST_CASE("strangers are outside the default access list, neighbours inside", "[policy]") {
    const policy::AccessList list(policy::default_allowed());
    for (const char* near : {"127.0.0.1", "::1", "10.9.8.7", "172.31.255.255", "192.168.1.1",
                             "169.254.1.1", "100.127.0.1", "fd00::1", "fe80::1"}) {
        CAPTURE(near);
        CHECK(allows(list, near));
    }
    for (const char* far :
         {"8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1", "2001:db8::1", "::", "0.0.0.0"}) {
        CAPTURE(far);
        CHECK_FALSE(allows(list, far));
    }
}

TEST_CASE("a block is covered where all of it is allowed", "[policy]") {
    const std::vector<Prefix> prefixes = {*Prefix::from_text("192.0.2.0/25"),
                                          *Prefix::from_text("2001:db8::/32")};
    const policy::AccessList list(prefixes);
    const auto covers = [&list](const char* block) {
        return list.covers(*Prefix::from_text(block));
    };
    CHECK(covers("192.0.2.0/25"));
    CHECK(covers("192.0.2.64/26"));
    CHECK(covers("192.0.2.1"));
    CHECK_FALSE(covers("192.0.2.0/24"));
    CHECK_FALSE(covers("192.0.2.128/25"));
    CHECK_FALSE(covers("0.0.0.0/0"));
    CHECK(covers("2001:db8:5::/48"));
    CHECK_FALSE(covers("2001:d00::/24"));
}

TEST_CASE("a block is covered by networks that lie side by side", "[policy]") {
    const auto covers = [](const std::vector<const char*>& networks, const char* block) {
        std::vector<Prefix> prefixes;
        for (const char* network : networks) {
            prefixes.push_back(*Prefix::from_text(network));
        }
        return policy::AccessList(prefixes).covers(*Prefix::from_text(block));
    };
    CHECK(covers({"192.0.2.0/25", "192.0.2.128/25"}, "192.0.2.0/24"));
    CHECK(covers({"192.0.2.128/25", "192.0.2.0/26", "192.0.2.64/26"}, "192.0.2.0/24"));
    CHECK_FALSE(covers({"192.0.2.0/25", "192.0.2.129/32", "192.0.2.130/31"}, "192.0.2.0/24"));
    CHECK(covers({"2001:db8::/65", "2001:db8:0:0:8000::/65"}, "2001:db8::/64"));
    CHECK(covers({"2001:db8::/64", "2001:db8:0:1::/64"}, "2001:db8::/63"));
    CHECK(covers({"::/1", "8000::/1"}, "::/0"));
    CHECK(covers({"8000::/1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, "8000::/1"));
}

TEST_CASE("loopback is never lost from a list", "[policy]") {
    const policy::AccessList list(policy::with_loopback({*Prefix::from_text("192.0.2.0/24")}));
    CHECK(allows(list, "127.0.0.1"));
    CHECK(allows(list, "127.255.0.1"));
    CHECK(allows(list, "::1"));
    CHECK(allows(list, "192.0.2.9"));
    CHECK_FALSE(allows(list, "10.0.0.1"));
    CHECK(allows(policy::AccessList(policy::with_loopback({})), "127.0.0.1"));
}
