#include "server/setup.h"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "resolver/event.h"
#include "server/trace_json.h"
#include "tests/unit/server/records.h"

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

TEST_CASE("our own addresses are never asked, but loopback only if so configured", "[server]") {
    const auto own =
        own_addresses({*Endpoint::from_text("192.0.2.1:53"), *Endpoint::from_text("192.0.2.1:5353"),
                       *Endpoint::from_text("127.0.0.1:53")});
    REQUIRE(own.size() == 1);
    CHECK(own.front().contains(*IpAddress::from_text("192.0.2.1")));
    CHECK_FALSE(own.front().contains(*IpAddress::from_text("192.0.2.2")));
    for (const Prefix& prefix : own_addresses({*Endpoint::from_text("0.0.0.0:53")})) {
        CHECK_FALSE(prefix.contains(*IpAddress::from_text("127.0.0.1")));
    }
}

TEST_CASE("a configuration becomes what the resolver is told", "[server]") {
    Config config;
    config.listen = {*Endpoint::from_text("192.0.2.1:53")};
    config.upstream.ipv6 = false;
    config.forward = {
        {dns::name_of("corp.example."), {*Endpoint::from_text("192.0.2.53:53")}, true}};
    config.stub = {
        {dns::name_of("10.in-addr.arpa."), {*Endpoint::from_text("192.0.2.54:54")}, false}};
    const auto options = resolver_options(config, false);
    REQUIRE(options);
    CHECK(options->root_hints.empty());
    CHECK_FALSE(options->ipv6);
    CHECK(options->never_query.size() == default_never_queried().size() + 1);
    REQUIRE(options->zones.size() == 2);
    CHECK(options->zones.at(0).forward);
    CHECK(options->zones.at(0).first);
    CHECK_FALSE(options->zones.at(1).forward);
    CHECK(options->zones.at(1).addresses.front().port == 54);
    const auto lab = resolver_options(config, true);
    REQUIRE(lab);
    CHECK_FALSE(lab->root_hints.at(0).addresses.empty());
    config.root.hints = "/no/such/file";
    CHECK_FALSE(resolver_options(config, false));
}

TEST_CASE("events and answer become JSON in their order", "[server]") {
    JsonTrace trace;
    const dns::Question question{dns::name_of("www.example."), dns::Type::a, dns::Class::in};
    const Instant start{std::chrono::seconds(5)};
    trace.on_event({.at = start, .body = event::Began{.question = question}});
    trace.on_event({.at = start + std::chrono::milliseconds(2),
                    .depth = 1,
                    .body = event::LimitReached{dns::Reason::budget_aliases}});
    Answer answer;
    answer.rcode = dns::Rcode::noerror;
    answer.reason = dns::Reason::resolved;
    answer.answer = {addresses_of("www.example.", 1)};
    const std::string json = trace.finish(question, answer);
    const auto at = [&](std::string_view text) {
        INFO(text);
        const std::size_t found = json.find(text);
        CHECK(found != std::string::npos);
        return found;
    };
    CHECK(at("\"rcode\": \"NOERROR\"") < at("\"text\": \"www.example. 300 IN A 192.0.0.0\""));
    CHECK(at("\"event\": \"began\"") < at("\"at-us\": 2000"));
    CHECK(at("\"event\": \"limit-reached\"") < at("\"reason\": \"budget-aliases\""));
}
