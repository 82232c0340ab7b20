// Replies to datagrams that are no queries, limited: two servers that answer each other's errors
// must not go on for ever (CVE-2024-2169), and a forged flood of nonsense is not to be passed on.
#pragma once
#include <chrono>

#include "base/time.h"

namespace wend {

inline constexpr int error_replies_per_second = 100;

// One thread.
class ErrorLimit {
  public:
    // True at most error_replies_per_second times within each second.
    bool allows(Instant now) {
        if (now - second_began_ >= std::chrono::seconds(1)) {
            second_began_ = now;
            replies_ = 0;
        }
        return ++replies_ <= error_replies_per_second;
    }

  private:
    Instant second_began_{};
    int replies_ = 0;
};

}  // namespace wend
