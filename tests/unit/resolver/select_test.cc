#include "resolver/select.h"

#include <chrono>
#include <map>
#include <vector>

#include <catch2/catch.hpp>

using namespace wend;
using namespace std::chrono_literals;

namespace {

constexpr Instant now = Instant(1h);

Candidate server(Duration round_trip) {
    Candidate candidate;
    candidate.record.known = true;
    candidate.record.smoothed_round_trip = round_trip;
    candidate.record.variation = 5ms;
    return candidate;
}

// How often each of `candidates` is chosen in a thousand draws.
std::map<std::size_t, int> draws(const std::vector<Candidate>& candidates) {
    SeededRandom random(11);
    std::map<std::size_t, int> chosen;
    for (int i = 0; i < 1000; ++i) {
        const std::optional<std::size_t> pick =
            select_server(candidates, now, random, std::nullopt);
        if (pick) {
            ++chosen[*pick];
        }
    }
    return chosen;
}

}  // namespace

TEST_CASE("equals share the questions, a slow server gets its share of exploration",
          "[resolver][select]") {
    std::map<std::size_t, int> chosen = draws({server(10ms), server(15ms), server(200ms)});
    CHECK(chosen[0] > 400);
    CHECK(chosen[1] > 400);
    CHECK(chosen[2] > 0);
    CHECK(chosen[2] < 50);
}

TEST_CASE("servers that were never asked are tried alike", "[resolver][select]") {
    std::map<std::size_t, int> chosen = draws({Candidate{}, Candidate{}, Candidate{}});
    CHECK(chosen[0] > 250);
    CHECK(chosen[1] > 250);
    CHECK(chosen[2] > 250);
}

TEST_CASE("a quiet server, a lame one and one of a dead family come last", "[resolver][select]") {
    Candidate quiet = server(1ms);
    quiet.record.quiet_until = now + 1s;
    Candidate lame = server(1ms);
    lame.record.lame = true;
    Candidate unreachable = server(1ms);
    unreachable.family_down = true;
    CHECK(draws({quiet, lame, unreachable, server(300ms)})[3] == 1000);
    CHECK(draws({quiet, unreachable}).size() == 2);  // better than none
}

TEST_CASE("a server that failed this query comes after those that did not", "[resolver][select]") {
    Candidate failed = server(1ms);
    failed.tried.timeouts = 1;
    CHECK(is_usable(failed));
    CHECK_FALSE(is_fresh(failed));
    CHECK(draws({failed, server(300ms)})[1] == 1000);
    CHECK(draws({failed})[0] == 1000);
}

TEST_CASE("who said what did not validate is asked for addresses of servers alone, and last",
          "[resolver][select][defence-d9]") {
    Candidate candidate = server(1ms);
    candidate.tried.bogus = true;
    CHECK_FALSE(is_usable(candidate));
    candidate.seeks_address = true;
    CHECK(is_usable(candidate));
    CHECK_FALSE(is_fresh(candidate));
    CHECK(draws({candidate, server(300ms)})[1] == 1000);
}

TEST_CASE("a server is asked twice over UDP, then once over TCP, then no more",
          "[resolver][select][docs-limits]") {
    Candidate candidate;
    CHECK(channel_for(candidate, true) == Channel::udp);
    candidate.tried.timeouts = 1;
    CHECK(channel_for(candidate, true) == Channel::udp);
    candidate.tried.timeouts = 2;
    CHECK(is_usable(candidate));
    CHECK(channel_for(candidate, true) == Channel::tcp);
    candidate.seeks_address = true;
    CHECK_FALSE(is_usable(candidate));
    candidate.seeks_address = false;
    candidate.tried.tcp = true;
    CHECK_FALSE(is_usable(candidate));
    CHECK(draws({candidate}).empty());
}

TEST_CASE("a server that loses letter case is asked over TCP where case counts",
          "[resolver][select]") {
    Candidate candidate;
    candidate.record.loses_case = true;
    CHECK(channel_for(candidate, true) == Channel::tcp);
    CHECK(channel_for(candidate, false) == Channel::udp);
}

TEST_CASE("patience is the measured timer, doubled for each wait in vain",
          "[resolver][select][rfc6298-2]") {
    Candidate unknown;
    CHECK(patience_for(unknown, Channel::udp) == 400ms);
    unknown.tried.timeouts = 1;
    CHECK(patience_for(unknown, Channel::udp) == 800ms);
    CHECK(patience_for(server(200ms), Channel::udp) == 220ms);
    CHECK(patience_for(server(1ms), Channel::udp) == patience_min);
    CHECK(patience_for(server(10s), Channel::udp) == patience_max);
    Candidate forwarder = server(1ms);
    forwarder.recursive = true;
    CHECK(patience_for(forwarder, Channel::udp) == patience_recursive_min);
}

TEST_CASE("a stream to a server that is there gets time for a lost SYN", "[resolver][select]") {
    CHECK(patience_for(server(1ms), Channel::tcp) == patience_stream_min);
    CHECK(patience_for(Candidate{}, Channel::tcp) == patience_stream_min);
    CHECK(patience_for(server(900ms), Channel::tcp) ==
          2 * patience_for(server(900ms), Channel::udp));
    CHECK(patience_for(server(10s), Channel::tcp) == patience_max);
    Candidate silent = server(1ms);
    silent.tried.timeouts = 2;
    CHECK(patience_for(silent, Channel::tcp) == 8 * patience_min);
    CHECK(patience_for(silent, Channel::tcp, true) == patience_stream_min);
}

TEST_CASE("a family is down after failures in a row, and up again with a reply",
          "[resolver][select]") {
    const IpAddress four = *IpAddress::from_text("192.0.2.1");
    const IpAddress six = *IpAddress::from_text("2001:db8::1");
    FamilyHealth families;
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(families.is_down(six, now));
        families.note_unreachable(six, now);
    }
    CHECK(families.is_down(six, now));
    CHECK_FALSE(families.is_down(four, now));
    CHECK_FALSE(families.is_down(six, now + 31s));  // asked again to see
    families.note_timeout(six, now + 31s);
    CHECK(families.is_down(six, now + 32s));
    families.note_reply(six);
    CHECK_FALSE(families.is_down(six, now + 32s));
}
