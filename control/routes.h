// What a request asks for. Pure.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/authorise.h"
#include "control/verbs.h"
#include "transport/http1.h"

namespace wend {

struct Route {
    enum class Target : std::uint8_t {
        verb,
        metrics,          // GET /metrics
        metrics_unbound,  // GET /metrics/unbound
        session,          // POST /v1/session: a token for a cookie
    };

    Target target = Target::verb;
    const VerbSpec* verb = nullptr;  // of a verb
    std::vector<std::string> arguments{};
    // One part of a list is wanted, from here on; empty: the first. Else the whole list.
    std::optional<std::string> cursor{};
    bool ends_session = false;

    // Least scope that may ask for it. A session is for whoever has any token.
    DoorScope scope() const { return target == Target::verb ? verb->scope : DoorScope::metrics; }
};

// /v1/VERB by GET: segments of the path behind the verb are arguments, `?zone=example.` is
// `--zone example.`, `?words=. NS` are further arguments, and `?cursor=` asks for one part of a
// list. By POST: {"arguments": ["..."], "cursor": "..."} or nothing.
std::expected<Route, DoorRefusal> route_of(const Http1Request& request);

// The body of a POST to this verb.
std::string body_of(const std::vector<std::string>& arguments,
                    const std::optional<std::string>& cursor);

}  // namespace wend
