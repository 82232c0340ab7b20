#include "cache/server_memory.h"

#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/cache/make.h"

namespace wend::cache {
namespace {

using dns::name_of;
using make::at;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Endpoint server = *Endpoint::from_text("192.0.2.1:53");
const Endpoint other = *Endpoint::from_text("192.0.2.1:5353");

ServerRecord record(const ServerMemory& memory, Instant now) {
    return memory.find(server, name_of("zone.test."), now);
}

TEST_CASE("an unknown server has no history", "[cache]") {
    const ServerMemory memory(100, {1, 2});
    const ServerRecord found = record(memory, at(0));
    CHECK_FALSE(found.known);
    CHECK_FALSE(found.lame);
    CHECK(found.timeouts_in_a_row == 0);
}

TEST_CASE("round trips are smoothed", "[cache][rfc6298-2]") {
    ServerMemory memory(100, {1, 2});
    memory.note_reply(server, milliseconds(80), at(0));
    CHECK(record(memory, at(0)).known);
    CHECK(record(memory, at(0)).smoothed_round_trip == milliseconds(80));
    CHECK(record(memory, at(0)).variation == milliseconds(40));
    memory.note_reply(server, milliseconds(160), at(1));
    CHECK(record(memory, at(1)).smoothed_round_trip == milliseconds(90));
    CHECK(record(memory, at(1)).variation == milliseconds(50));
    memory.note_reply(server, milliseconds(10), at(2));
    CHECK(record(memory, at(2)).smoothed_round_trip == milliseconds(80));
    CHECK(record(memory, at(2)).variation == Duration(57'500));
    CHECK_FALSE(memory.find(other, name_of("zone.test."), at(2)).known);
}

TEST_CASE("a server that was silent for long is unknown again", "[cache]") {
    ServerMemory memory(100, {1, 2});
    memory.note_reply(server, milliseconds(80), at(0));
    memory.note_case_lost(server, at(0));
    CHECK(record(memory, at(899)).known);
    CHECK_FALSE(record(memory, at(900)).known);
    memory.note_reply(server, milliseconds(10), at(900));
    CHECK(record(memory, at(900)).smoothed_round_trip == milliseconds(10));
    CHECK(record(memory, at(900)).loses_case);
}

TEST_CASE("a server that does not answer is left alone for growing times", "[cache]") {
    ServerMemory memory(100, {1, 2});
    memory.note_timeout(server, at(0));
    memory.note_timeout(server, at(1));
    CHECK(record(memory, at(1)).timeouts_in_a_row == 2);
    CHECK(record(memory, at(1)).quiet_until <= at(1));
    std::int64_t now = 2;
    for (const std::int64_t quiet : {1, 2, 4, 8, 16, 32, 60, 60}) {
        memory.note_timeout(server, at(now));
        CHECK(record(memory, at(now)).quiet_until == at(now + quiet));
        now += quiet;
    }
    CHECK(record(memory, at(now)).smoothed_round_trip == unanswered_round_trip);
    memory.note_reply(server, milliseconds(20), at(now));
    CHECK(record(memory, at(now)).timeouts_in_a_row == 0);
    CHECK(record(memory, at(now)).quiet_until <= at(now));
    CHECK(record(memory, at(now)).smoothed_round_trip == milliseconds(20));
}

TEST_CASE("timeouts of queries side by side count as one", "[cache]") {
    ServerMemory memory(100, {1, 2});
    memory.note_reply(server, milliseconds(30), at(0));
    for (int i = 0; i < 100; ++i) {
        memory.note_timeout(server, at(1) + milliseconds(i));
    }
    CHECK(record(memory, at(2)).timeouts_in_a_row == 1);
    CHECK(record(memory, at(2)).smoothed_round_trip == milliseconds(30));
    memory.note_timeout(server, at(2));
    memory.note_timeout(server, at(3));
    for (int i = 0; i < 100; ++i) {
        memory.note_timeout(server, at(3) + milliseconds(9 * i));
    }
    CHECK(record(memory, at(3)).timeouts_in_a_row == 3);
    CHECK(record(memory, at(3)).quiet_until == at(4));
}

TEST_CASE("lost case is remembered for an hour, lacking EDNS for 300 s", "[cache][rfc6891-6.2.2]") {
    ServerMemory memory(100, {1, 2});
    memory.note_case_lost(server, at(0));
    memory.note_no_edns(server, at(0));
    CHECK(record(memory, at(299)).lacks_edns);
    CHECK_FALSE(record(memory, at(300)).lacks_edns);
    CHECK(record(memory, at(3599)).loses_case);
    CHECK_FALSE(record(memory, at(3600)).loses_case);
    CHECK_FALSE(record(memory, at(0)).known);
    CHECK_FALSE(memory.find(other, name_of("zone.test."), at(0)).lacks_edns);
}

TEST_CASE("a server is lame for a zone, and for 900 s", "[cache]") {
    ServerMemory memory(100, {1, 2});
    memory.note_lame(server, name_of("zone.test."), true, at(0));
    CHECK(memory.find(server, name_of("ZONE.test."), at(899)).lame);
    CHECK_FALSE(memory.find(server, name_of("zone.test."), at(0)).lame_doubted);
    CHECK_FALSE(memory.find(server, name_of("zone.test."), at(900)).lame);
    CHECK_FALSE(memory.find(server, name_of("test."), at(0)).lame);
    CHECK_FALSE(memory.find(other, name_of("zone.test."), at(0)).lame);
    memory.clear();
    CHECK_FALSE(memory.find(server, name_of("zone.test."), at(0)).lame);
}

TEST_CASE("on a datagram's word a server is lame for 30 s, and once in 900 s", "[cache]") {
    ServerMemory memory(100, {1, 2});
    const auto zone = name_of("zone.test.");
    for (const int second : {0, 10, 29, 30, 100, 899}) {
        memory.note_lame(server, zone, false, at(second));
        CHECK(memory.find(server, zone, at(second)).lame == (second < 30));
        CHECK(memory.find(server, zone, at(second)).lame_doubted);
    }
    CHECK_FALSE(memory.find(server, zone, at(900)).lame_doubted);
    memory.note_lame(server, zone, false, at(900));
    CHECK(memory.find(server, zone, at(929)).lame);
    memory.note_lame(server, zone, true, at(930));
    memory.note_lame(server, zone, false, at(931));
    CHECK(memory.find(server, zone, at(1829)).lame);
    CHECK_FALSE(memory.find(server, zone, at(1829)).lame_doubted);
}

TEST_CASE("a server is silent for a zone once a whole question and a probe were in vain",
          "[cache]") {
    ServerMemory memory(100, {1, 2});
    const dns::Name zone = name_of("zone.test.");
    memory.note_silent(server, zone, at(0), at(4));  // nobody has probed it
    CHECK_FALSE(record(memory, at(4)).silent);
    CHECK(memory.claim_probe(server, zone, at(5)));
    memory.note_silent(server, zone, at(4), at(5) + milliseconds(299));  // or waited for it
    CHECK_FALSE(record(memory, at(6)).silent);
    memory.note_silent(server, zone, at(4), at(8));
    CHECK(record(memory, at(8)).silent);
    CHECK_FALSE(memory.find(other, zone, at(8)).silent);
    CHECK_FALSE(memory.find(server, name_of("child.zone.test."), at(8)).silent);
    CHECK_FALSE(memory.find(server, name_of("test."), at(8)).silent);
    CHECK(record(memory, at(67)).silent);
    CHECK_FALSE(record(memory, at(68)).silent);
}

TEST_CASE("a probe that did not go out says nothing about the server", "[cache]") {
    ServerMemory memory(100, {1, 2});
    const dns::Name zone = name_of("zone.test.");
    CHECK(memory.claim_probe(server, zone, at(1)));
    memory.withdraw_probe(server, zone);
    memory.note_silent(server, zone, at(1), at(4));
    CHECK_FALSE(record(memory, at(4)).silent);
    CHECK(memory.claim_probe(server, zone, at(2)));
    memory.note_silent(server, zone, at(1), at(5));
    CHECK(record(memory, at(5)).silent);
}

TEST_CASE("who was heard since the question began is not silent", "[cache]") {
    ServerMemory memory(100, {1, 2});
    const dns::Name zone = name_of("zone.test.");
    CHECK(memory.claim_probe(server, zone, at(1)));
    memory.note_heard(server, zone, at(2));
    memory.note_silent(server, zone, at(0), at(4));
    CHECK_FALSE(record(memory, at(4)).silent);
    CHECK(memory.claim_probe(server, zone, at(5)));
    memory.note_silent(server, zone, at(2), at(8));  // begun when it was heard
    CHECK_FALSE(record(memory, at(8)).silent);
    memory.note_silent(server, zone, at(3), at(8));
    CHECK(record(memory, at(8)).silent);
    memory.note_heard(server, name_of("other.test."), at(9));
    CHECK(record(memory, at(9)).silent);
    memory.note_heard(server, zone, at(9));
    CHECK_FALSE(record(memory, at(9)).silent);
}

TEST_CASE("one asker in three seconds probes, and silence lasts while it is probed", "[cache]") {
    ServerMemory memory(100, {1, 2});
    const dns::Name zone = name_of("zone.test.");
    CHECK(memory.claim_probe(server, zone, at(1)));
    CHECK_FALSE(memory.claim_probe(server, zone, at(2)));
    CHECK(memory.claim_probe(other, zone, at(2)));
    memory.note_silent(server, zone, at(1), at(2));
    CHECK(memory.claim_probe(server, zone, at(2)));  // the first question after it
    for (int second = 5; second < 200; second += 3) {
        CHECK_FALSE(memory.claim_probe(server, zone, at(second) - milliseconds(1)));
        CHECK(memory.claim_probe(server, zone, at(second)));
    }
    CHECK(record(memory, at(250)).silent);
    CHECK_FALSE(record(memory, at(260)).silent);
}

TEST_CASE("a silent zone is asked in full after 30 s, 60 s and so on to 300 s", "[cache]") {
    ServerMemory memory(100, {1, 2});
    const dns::Name zone = name_of("zone.test.");
    CHECK(memory.claim_probe(server, zone, at(1)));
    memory.note_silent(server, zone, at(1), at(4));
    std::vector<int> asked;
    for (int second = 4; second < 1'500; ++second) {
        if (memory.claim_recheck(zone, at(second))) {
            asked.push_back(second);
        }
    }
    CHECK(asked == std::vector{34, 94, 214, 454, 754, 1'054, 1'354});
    CHECK(memory.claim_probe(server, zone, at(5'000)));  // silent anew
    memory.note_silent(server, zone, at(5'000), at(5'004));
    CHECK_FALSE(memory.claim_recheck(zone, at(5'033)));
    CHECK(memory.claim_recheck(zone, at(5'034)));
}

TEST_CASE("the number of servers is bounded, and one in use stays", "[cache][limits]") {
    ServerMemory memory(1000, {1, 2});
    memory.note_reply(server, milliseconds(80), at(0));
    std::size_t known = 0;
    std::vector<Endpoint> servers;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        const std::array<std::uint8_t, 4> octets = {10, 0, static_cast<std::uint8_t>(i >> 8),
                                                    static_cast<std::uint8_t>(i)};
        servers.push_back({IpAddress::v4(octets), 53});
        memory.note_reply(servers.back(), milliseconds(1), at(0));
        CHECK(record(memory, at(0)).known);
    }
    for (const Endpoint& one : servers) {
        known += memory.find(one, name_of("zone.test."), at(0)).known ? 1U : 0U;
    }
    CHECK(known < 1000);
    CHECK(known > 900);
}

}  // namespace
}  // namespace wend::cache
