#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "replay/scenario/config.h"

using namespace wend;
using namespace wend::sim;

namespace {

std::expected<ScenarioSettings, ScenarioError> settings(const std::string& config) {
    const auto scenario =
        read_scenario(config + "CONFIG_END\nSCENARIO_BEGIN t\nSTEP 1 NOTHING\nSCENARIO_END\n");
    if (!scenario) {
        FAIL(scenario.error().line << ": " << scenario.error().message);
    }
    return settings_of(*scenario);
}

}  // namespace

TEST_CASE("a stub for the root is its hints, other zones are kept in order", "[sim][scenario]") {
    const auto read = settings(
        "stub-zone:\n name: \".\"\n stub-addr: 192.0.2.1\nforward-zone:\n name: a.\n"
        " forward-addr: 192.0.2.2@5300\n forward-first: yes\nstub-zone:\n name: b.\n"
        " stub-addr: 192.0.2.3\n stub-addr: 192.0.2.4\n");
    REQUIRE(read);
    CHECK(read->root_hints.size() == 1);
    REQUIRE(read->zones.size() == 2);
    CHECK(read->zones[0].forward);
    CHECK(read->zones[0].first);
    CHECK(read->zones[0].addresses.at(0).port == 5300);
    CHECK_FALSE(read->zones[1].forward);
    CHECK(read->zones[1].addresses.size() == 2);
    CHECK(read->needs.empty());
}

TEST_CASE("what is not said has the default of the scenario's own tool", "[sim][scenario]") {
    const auto unbound = settings("server:\n");
    REQUIRE(unbound);
    CHECK(unbound->minimise_qname == true);
    CHECK(unbound->access.size() == 2);
    CHECK(unbound->looked_up.empty());
    const auto deckard = settings("stub-addr: 192.0.2.1\n");
    REQUIRE(deckard);
    CHECK_FALSE(deckard->minimise_qname.has_value());
    CHECK(deckard->root_hints.size() == 1);
    CHECK(deckard->looked_up.size() == 1);
}

TEST_CASE("minimised questions are of the type that the scenario's own tool asks for",
          "[sim][scenario]") {
    const auto unbound = settings("server:\n qname-minimisation: yes\n");
    REQUIRE(unbound);
    CHECK(unbound->minimise_qname == true);
    CHECK(unbound->minimise_type == dns::Type::a);
    const auto deckard = settings("query-minimization: on\n");
    REQUIRE(deckard);
    CHECK(deckard->minimise_qname == true);
    CHECK(deckard->minimise_type == dns::Type::ns);
    const auto off = settings("query-minimization: off\n");
    REQUIRE(off);
    CHECK(off->minimise_qname == false);
    CHECK(off->minimise_type == dns::Type::a);
}

TEST_CASE("a root hint at a loopback address may be asked where hints are not looked at",
          "[sim][scenario]") {
    const auto deckard = settings("stub-addr: 127.0.0.10\n");
    REQUIRE(deckard);
    CHECK(deckard->query_loopback);
    const auto elsewhere = settings("stub-addr: 192.0.2.1\n");
    REQUIRE(elsewhere);
    CHECK_FALSE(elsewhere->query_loopback);
    const auto unbound = settings("stub-zone:\n name: \".\"\n stub-addr: 127.0.0.10\n");
    REQUIRE(unbound);
    CHECK_FALSE(unbound->query_loopback);
}

TEST_CASE("dates, flags and TTL limits are read", "[sim][scenario]") {
    const auto read = settings(
        "server:\n val-override-date: \"20200102030405\"\n qname-minimisation: no\n do-ip6: no\n"
        " cache-max-ttl: 60\n do-not-query-localhost: no\n local-zone: \"test.\" nodefault\n");
    REQUIRE(read);
    CHECK(read->start.time_since_epoch() == std::chrono::seconds(1577934245));
    CHECK(read->minimise_qname == false);
    CHECK_FALSE(read->ipv6);
    CHECK(read->ttl_max == 60U);
    CHECK(read->query_loopback);
    CHECK(read->looked_up.size() == 1);
    const auto timeless = settings("server:\n val-override-date: \"-1\"\n");
    REQUIRE(timeless);
    CHECK(timeless->ignore_signature_dates);
}

TEST_CASE("an option that is switched off asks for nothing", "[sim][scenario]") {
    const auto off =
        settings("server:\n prefetch: no\n serve-expired: no\n module-config: iterator\n");
    REQUIRE(off);
    CHECK(off->needs.empty());
    CHECK_FALSE(off->validate);
    const auto on =
        settings("server:\n prefetch: yes\n module-config: \"dns64 validator iterator\"\n");
    REQUIRE(on);
    CHECK(on->needs == std::vector<std::string>{"prefetch", "dns64"});
}

TEST_CASE("an option that is not known is reported with its line", "[sim][scenario]") {
    const auto read = settings("server:\n do-ip6: no\n do-ip5: no\n");
    REQUIRE_FALSE(read);
    CHECK(read.error().line == 3);
    CHECK(read.error().message == "\"do-ip5\" is not a known option");
    const auto bad = settings("server:\n val-override-date: \"soon\"\n");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message == "\"soon\" is not a date");
}

TEST_CASE("the last word about a netblock counts", "[sim][scenario]") {
    const auto read = settings(
        "server:\n access-control: 127.0.0.0/8 refuse\n access-control: 192.0.2.0/24 deny\n");
    REQUIRE(read);
    REQUIRE(read->access.size() == 3);
    CHECK(read->access[0].clients == *Prefix::from_text("::1/128"));
    CHECK(read->access[1].action == AccessAction::refuse);
    CHECK(read->needs == std::vector<std::string>{"access-control-deny"});
}
