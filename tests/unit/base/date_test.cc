#include "base/date.h"

#include <catch2/catch.hpp>

using namespace wend;

TEST_CASE("dates are read and written as RFC 3339 has them, in UTC", "[base][rfc3339-5.6]") {
    const auto time = wall_time_from_text("2026-12-31T23:59:58Z");
    REQUIRE(time);
    CHECK(time->time_since_epoch().count() == 1'798'761'598);
    CHECK(to_text(*time) == "2026-12-31T23:59:58Z");
    CHECK(wall_time_from_text("1970-01-01") == WallTime{});
    CHECK(to_text(WallTime{}) == "1970-01-01T00:00:00Z");
    CHECK(wall_time_from_text("2028-02-29T00:00:00Z"));
}

TEST_CASE("what is no date, or not in UTC, is refused", "[base][rfc3339-5.6]") {
    for (const char* text :
         {"", "2026", "2026-13-01", "2026-02-29", "2026-12-31T24:00:00Z", "2026-12-31T00:60:00Z",
          "2026-12-31T00:00:60Z", "2026-12-31T00:00:00", "2026-12-31 00:00:00Z",
          "2026-12-31T00:00:00+01:00", "1969-12-31", "2026-1-1", "tomorrow", "2026-12-3x"}) {
        INFO(text);
        CHECK_FALSE(wall_time_from_text(text));
    }
}
