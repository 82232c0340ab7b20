// Replies that say no more than that there is no answer, limited; beyond it there is silence. Two
// servers that answer each other's errors must not go on for ever (CVE-2024-2169), a forged flood
// of nonsense is not to be passed on, and who asks anew on each refusal must not take all our time.
#pragma once
#include <chrono>

#include "base/time.h"

namespace wend {

// To datagrams that are no queries.
inline constexpr int error_replies_per_second = 100;

// To misses that find no place, or whose zone is overloaded.
inline constexpr int refusals_per_second = 5'000;

// One thread.
class ErrorLimit {
  public:
    explicit ErrorLimit(int replies_max) : replies_max_(replies_max) {}

    // True at most `replies_max` times within each second.
    bool allows(Instant now) {
        if (now - second_began_ >= std::chrono::seconds(1)) {
            second_began_ = now;
            replies_ = 0;
        }
        replies_ += replies_ <= replies_max_ ? 1 : 0;
        return replies_ <= replies_max_;
    }

  private:
    int replies_max_;
    Instant second_began_{};
    int replies_ = 0;
};

}  // namespace wend
