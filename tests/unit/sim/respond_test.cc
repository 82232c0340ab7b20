// A server's side of the wire.
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "dns/message.h"
#include "sim/authority.h"
#include "transport/wire_query.h"
#include "zone_text.h"

using namespace wend;
using namespace wend::sim;
using dns::Message;
using dns::Rcode;
using dns::Section;
using dns::Type;

namespace {

Query query_for(std::string_view name, Type type = Type::a) {
    Query query;
    query.question = question_of(name, type);
    query.mixed_case = true;
    return query;
}

ZoneSet zones() {
    std::string records = "www A 192.0.2.1\nsub NS ns.sub\nns.sub A 192.0.2.53\n";
    for (int i = 0; i < 60; ++i) {
        records += "many A 192.0.2." + std::to_string(i) + "\n";
    }
    ZoneSet zones;
    zones.add(zone_of("example.", records));
    return zones;
}

Message ask(const Query& query, bool over_udp, const ResponseStyle& style = {}) {
    SeededRandom random(1);
    const WireQuery wire(query, random);
    const std::vector<std::uint8_t> octets = respond(zones(), wire.octets(), over_udp, style);
    if (over_udp) {
        CHECK(octets.size() <= query.udp_payload_size);
    }
    auto message = Message::parse(octets);
    REQUIRE(message.has_value());
    CHECK(message->header().id == wire.id());
    CHECK(message->header().qr);
    return std::move(*message);
}

}  // namespace

TEST_CASE("a response repeats the question to the letter", "[sim][respond]") {
    SeededRandom random(5);
    const Query query = query_for("www.example.");
    const WireQuery wire(query, random);
    const auto octets = respond(zones(), wire.octets(), true, ResponseStyle{});
    const auto message = Message::parse(octets);
    REQUIRE(message.has_value());
    REQUIRE(message->question().has_value());
    CHECK(equal_with_case(message->question()->qname, wire.question().qname));
    ResponseStyle lower;
    lower.lower_case_question = true;
    const auto lost = respond(zones(), wire.octets(), true, lower);
    const auto lower_message = Message::parse(lost);
    REQUIRE(lower_message.has_value());
    CHECK(equal_with_case(lower_message->question()->qname, dns::name_of("www.example.")));
}

TEST_CASE("an OPT record is answered with one, and only then", "[sim][respond][rfc6891-6.1.1]") {
    Query query = query_for("www.example.");
    CHECK(ask(query, true).edns() != nullptr);
    query.edns = false;
    query.dnssec_ok = false;
    CHECK(ask(query, true).edns() == nullptr);
}

TEST_CASE("an answer over the size for UDP is truncated, and whole over TCP",
          "[sim][respond][rfc2181-9]") {
    Query query = query_for("many.example.");
    CHECK_FALSE(ask(query, true).header().tc);  // 60 addresses take 960 octets
    query.udp_payload_size = 512;
    const Message cut = ask(query, true);
    CHECK(cut.header().tc);
    CHECK(cut.records(Section::answer).empty());
    CHECK(ask(query, false).records(Section::answer).size() == 60);
}

TEST_CASE("a server that truncates everything says so and nothing else", "[sim][respond]") {
    ResponseStyle style;
    style.truncate_all_udp = true;
    const Message cut = ask(query_for("www.example."), true, style);
    CHECK(cut.header().tc);
    CHECK(cut.records(Section::answer).empty());
    CHECK(ask(query_for("www.example."), false, style).records(Section::answer).size() == 1);
}

TEST_CASE("a server without EDNS gives FORMERR and no OPT", "[sim][respond][rfc6891-7]") {
    ResponseStyle style;
    style.edns = false;
    const Message refusal = ask(query_for("www.example."), true, style);
    CHECK(refusal.rcode() == Rcode::formerr);
    CHECK(refusal.edns() == nullptr);
}

TEST_CASE("a referral has no AA and carries its glue", "[sim][respond]") {
    const Message referral = ask(query_for("www.sub.example."), true);
    CHECK_FALSE(referral.header().aa);
    CHECK(referral.records(Section::authority).size() == 1);
    CHECK(referral.records(Section::additional).size() == 1);
}

TEST_CASE("runts and responses get no response", "[sim][respond]") {
    const std::array<std::uint8_t, 11> runt{};
    CHECK(respond(zones(), runt, true, ResponseStyle{}).empty());
    std::array<std::uint8_t, 12> response{};
    response[2] = 0x80;
    CHECK(respond(zones(), response, true, ResponseStyle{}).empty());
}
