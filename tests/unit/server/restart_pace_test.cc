#include "server/service/restart_pace.h"

#include <catch2/catch.hpp>

namespace wend {
namespace {

constexpr Instant pace_begins = Instant(std::chrono::hours(5));

}  // namespace

TEST_CASE("what never stood is started again after twice the time, from 100 ms to 10 s") {
    RestartPace pace;
    Duration wanted = restart_pause_min;
    for (int i = 0; i < 20; ++i) {
        CHECK(pace.pause(pace_begins, false) == wanted);
        wanted = std::min(2 * wanted, restart_pause_max);
    }
    CHECK(pace.pause(pace_begins, true) == restart_pause_min);
}

TEST_CASE("what stood is started again soon, but not for ever when it ends again and again") {
    RestartPace pace;
    for (int i = 0; i < quick_restarts_max; ++i) {
        CHECK(pace.pause(pace_begins, true) == restart_pause_min);
    }
    CHECK(pace.pause(pace_begins, true) == 2 * restart_pause_min);
    CHECK(pace.pause(pace_begins, true) == 4 * restart_pause_min);
    CHECK(pace.pause(pace_begins + restart_refill, true) == restart_pause_min);
    CHECK(pace.pause(pace_begins + restart_refill, true) == 2 * restart_pause_min);
}

}  // namespace wend
