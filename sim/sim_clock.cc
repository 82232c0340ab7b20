#include "sim/sim_clock.h"

#include <bit>
#include <chrono>
#include <cstdint>

namespace wend::sim {

static_assert(sizeof(TimerId) <= sizeof(void*), "the id of a timer is kept in Sleep::slot");

WallTime SimClock::wall_now() const {
    return wall_start_ + std::chrono::floor<std::chrono::seconds>(queue_.now() - start_);
}

void SimClock::arm(Sleep& sleep) {
    const TimerId id = queue_.at(sleep.until(), [&sleep] { sleep.fire(); });
    sleep.slot = std::bit_cast<void*>(static_cast<std::uintptr_t>(id));
}

void SimClock::disarm(Sleep& sleep) noexcept {
    queue_.cancel(std::bit_cast<std::uintptr_t>(sleep.slot));
}

}  // namespace wend::sim
