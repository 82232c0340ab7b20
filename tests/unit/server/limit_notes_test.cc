#include "server/clients/limit_notes.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace wend;
using dns::Reason;
using std::chrono_literals::operator""s;

namespace {

IpAddress ip(std::string_view text) {
    return *IpAddress::from_text(text);
}

std::vector<std::string> due(LimitNotes& notes, Instant now) {
    std::vector<std::string> lines;
    while (const auto line = notes.take_due(now)) {
        lines.push_back(to_text(*line));
    }
    return lines;
}

}  // namespace

TEST_CASE("a limit has a line at once, then one a minute, with its count and network",
          "[server][limits]") {
    LimitNotes notes;
    const Instant start{std::chrono::hours(1)};
    CHECK(due(notes, start).empty());
    notes.note(Reason::client_share, ip("192.0.2.7"));
    notes.note(Reason::client_share, ip("192.0.2.8"), 3);
    notes.note(Reason::client_share, ip("198.51.100.1"));
    CHECK(due(notes, start) ==
          std::vector<std::string>{"limit client-share: 5 queries, 4 of them from 192.0.2.0/24: "
                                   "this client has its share of the waiting queries"});
    notes.note(Reason::client_share, ip("2001:db8::1"));
    CHECK(due(notes, start + 59s).empty());
    notes.note(Reason::zone_share, ip("192.0.2.7"));  // each kind has its own minute
    CHECK(due(notes, start + 59s).size() == 1);
    CHECK(due(notes, start + 60s) ==
          std::vector<std::string>{"limit client-share: 1 query, 1 of them from 2001:db8::/56: "
                                   "this client has its share of the waiting queries"});
    CHECK(due(notes, start + 3'600s).empty());
    notes.note(Reason::client_share, ip("192.0.2.7"));
    CHECK(due(notes, Instant::max()).size() == 1);  // at the end, whatever the minute
}

TEST_CASE("who had more than a quarter is named, among any number of others", "[server][limits]") {
    LimitNotes notes;
    for (int i = 0; i < 3'000; ++i) {
        notes.note(Reason::rate_limited, ip(fmt::format("10.{}.{}.1", i / 250, i % 250)));
        if (i % 2 == 0) {
            notes.note(Reason::rate_limited, ip("203.0.113.9"));
        }
    }
    const auto line = notes.take_due(Instant(1s));
    REQUIRE(line);
    CHECK(line->count == 4'500);
    CHECK(line->network == ip("203.0.113.0"));
    CHECK(line->of_network >= 1'500);
}

TEST_CASE("what is no limit has no line", "[server][limits]") {
    LimitNotes notes;
    for (const Reason reason : {Reason::from_cache, Reason::resolved, Reason::no_server_answered,
                                Reason::bogus_expired, Reason::repeated_query}) {
        notes.note(reason, ip("192.0.2.7"));
    }
    CHECK(due(notes, Instant(1s)).empty());
}
