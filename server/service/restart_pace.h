// How soon a process that has ended is started again. Pure.
#pragma once
#include <algorithm>
#include <chrono>

#include "base/time.h"

namespace wend {

inline constexpr Duration restart_pause_min = std::chrono::milliseconds(100);
inline constexpr Duration restart_pause_max = std::chrono::seconds(10);
// What stood is started again at once so often in a row, and once more for each restart_refill that
// has passed since.
inline constexpr int quick_restarts_max = 30;
inline constexpr Duration restart_refill = std::chrono::seconds(2);

class RestartPace {
  public:
    // `stood`: it had come to do what it is for. The least pause follows; a longer one each time
    // for what never came so far, or what ends again and again.
    Duration pause(Instant now, bool stood) {
        const auto refills = (now - counted_at_) / restart_refill;
        counted_at_ += refills * restart_refill;
        const auto left = std::min<decltype(refills)>(quick_restarts_max, quick_left_ + refills);
        quick_left_ = static_cast<int>(left);
        if (stood && quick_left_ > 0) {
            --quick_left_;
            pause_ = restart_pause_min;
        } else {
            pause_ = std::clamp(2 * pause_, restart_pause_min, restart_pause_max);
        }
        return pause_;
    }

  private:
    Duration pause_{};
    int quick_left_ = quick_restarts_max;
    Instant counted_at_{};
};

}  // namespace wend
