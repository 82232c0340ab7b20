// Sessions of browsers: a token was shown once, and a cookie stands for it while it is in use.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"

namespace wend {

inline constexpr std::size_t sessions_max = 64;
inline constexpr std::string_view session_cookie = "wend-session";

// In memory alone: they end with the control process. One thread.
class Sessions {
  public:
    static constexpr Duration idle_max = std::chrono::hours(12);

    explicit Sessions(Random& random) : random_(random) {}

    // The cookie's value. Where there are too many the one that was used longest ago ends.
    std::string begin(std::string_view token, Instant now);

    // The digest of the token that stands behind it, as begin() was told: a token that is made anew
    // under the name of one that was revoked is another. Nothing: there is no such session any
    // more.
    std::optional<std::string> token_of(std::string_view cookie, Instant now);

    void end(std::string_view cookie);

    std::size_t size() const { return sessions_.size(); }

  private:
    struct Session {
        std::string digest;
        std::string token;
        Instant used{};
    };

    Session* find(std::string_view cookie, Instant now);

    Random& random_;
    std::vector<Session> sessions_;
};

// The value of the session's cookie among the cookies of a request (RFC 6265 5.4); nothing if it is
// not there or there twice.
std::optional<std::string_view> session_in(std::string_view cookies);

}  // namespace wend
