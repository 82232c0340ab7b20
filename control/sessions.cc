#include "control/sessions.h"

#include <algorithm>

#include "control/tokens.h"
#include "transport/http1_text.h"

namespace wend {

std::string Sessions::begin(std::string_view token, Instant now) {
    if (sessions_.size() >= sessions_max) {
        sessions_.erase(std::ranges::min_element(sessions_, {}, &Session::used));
    }
    std::string cookie = draw_secret(random_);
    sessions_.push_back({digest_of(cookie), std::string(token), now});
    return cookie;
}

Sessions::Session* Sessions::find(std::string_view cookie, Instant now) {
    std::erase_if(sessions_,
                  [&](const Session& session) { return now - session.used >= idle_max; });
    const std::string digest = digest_of(cookie);
    Session* found = nullptr;
    for (Session& session : sessions_) {
        if (is_same_secret(session.digest, digest)) {
            found = &session;
        }
    }
    return found;
}

std::optional<std::string> Sessions::token_of(std::string_view cookie, Instant now) {
    Session* const session = find(cookie, now);
    if (session == nullptr) {
        return std::nullopt;
    }
    session->used = now;
    return session->token;
}

void Sessions::end(std::string_view cookie) {
    const std::string digest = digest_of(cookie);
    std::erase_if(sessions_, [&](const Session& session) { return session.digest == digest; });
}

std::optional<std::string_view> session_in(std::string_view cookies) {
    std::optional<std::string_view> found;
    while (!cookies.empty()) {
        const std::size_t end = std::min(cookies.find(';'), cookies.size());
        const std::string_view pair = without_blanks(cookies.substr(0, end));
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) == session_cookie && equals != std::string_view::npos) {
            if (found) {
                return std::nullopt;
            }
            found = pair.substr(equals + 1);
        }
    }
    return found;
}

}  // namespace wend
