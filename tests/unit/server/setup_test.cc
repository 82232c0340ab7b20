#include "server/setup.h"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "tests/temporary_directory.h"

using namespace wend;

TEST_CASE("hints are the root's NS records with the addresses of their servers", "[server]") {
    const auto hints = read_hints(
        ". 3600000 NS a.example.\n. 3600000 NS b.example.\n"
        "a.example. 3600000 A 192.0.2.1\na.example. 3600000 AAAA 2001:db8::1\n"
        "stray.example. 3600000 A 192.0.2.9\nb.example. 3600000 A 192.0.2.2\n",
        "hints");
    REQUIRE(hints);
    CHECK(hints->zone.view().is_root());
    REQUIRE(hints->addresses.size() == 3);
    CHECK(hints->addresses.at(0).to_text() == "192.0.2.1:53");
    CHECK(hints->addresses.at(1).to_text() == "[2001:db8::1]:53");
    CHECK(hints->addresses.at(2).to_text() == "192.0.2.2:53");
    CHECK(hints->names.at(2) == dns::name_of("b.example."));
}

TEST_CASE("hints without a server's address, or of no form, are refused with the file's name",
          "[server]") {
    const auto empty = read_hints(". 3600000 NS a.example.\n", "my.hints");
    REQUIRE_FALSE(empty);
    CHECK(empty.error().starts_with("my.hints: "));
    const auto broken = read_hints(". 3600000 NS a.example.\na.example. A here\n", "my.hints");
    REQUIRE_FALSE(broken);
    CHECK(broken.error().starts_with("my.hints:2:"));
}

TEST_CASE("a configuration becomes what the resolver is told", "[server]") {
    Config config;
    config.listen = {*Endpoint::from_text("192.0.2.1:53")};
    config.upstream.ipv6 = false;
    config.forward = {
        {dns::name_of("corp.example."), {*Endpoint::from_text("192.0.2.53:53")}, true}};
    config.stub = {
        {dns::name_of("10.in-addr.arpa."), {*Endpoint::from_text("192.0.2.54:54")}, false}};
    const auto options = resolver_options(config, nullptr);
    REQUIRE(options);
    CHECK(options->root_hints.empty());
    CHECK_FALSE(options->ipv6);
    CHECK(options->never_query.size() == default_never_queried().size() + 1);
    REQUIRE(options->zones.size() == 2);
    CHECK(options->zones.at(0).forward);
    CHECK(options->zones.at(0).first);
    CHECK_FALSE(options->zones.at(1).forward);
    CHECK(options->zones.at(1).addresses.front().port == 54);
    config.root.hints = "/no/such/file";
    CHECK_FALSE(resolver_options(config, nullptr));
}

TEST_CASE("a sandbox brings its own root, whatever the configuration names", "[server]") {
    Config config;
    config.root.hints = "/no/such/file";
    config.root.anchors = "/no/such/file";
    dnssec::TrustAnchors anchors;
    REQUIRE(anchors.add(dns::name_of("lab."), dns::Type::ds, std::vector<std::uint8_t>(36, 1)));
    const Sandbox sandbox{
        .network = {},
        .root_hints = {.zone = dns::Name(), .addresses = {*Endpoint::from_text("192.0.2.9:53")}},
        .anchors = anchors,
        .port = 5353};
    const auto options = resolver_options(config, &sandbox);
    REQUIRE(options);
    CHECK(options->root_hints.at(0).addresses.at(0).to_text() == "192.0.2.9:53");
    CHECK(options->port == 5353);
    REQUIRE(options->anchors->get()->all().size() == 1);
    CHECK(options->anchors->get()->all().front().zone == dns::name_of("lab."));
}

TEST_CASE("hints of which none may be asked are a mistake", "[server]") {
    const TemporaryDirectory directory;
    Config config;
    config.root.hints = directory.write("hints", ". 60 NS a.example.\na.example. 60 A 127.0.0.1\n");
    const auto refused = resolver_options(config, nullptr);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().starts_with(config.root.hints + ": no root server of this file may be"));
    // A root server of one's own on this host (RFC 8806).
    config.upstream.never_query.clear();
    CHECK(resolver_options(config, nullptr));
}
