#include "control/routes.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/verb_text.h"
#include "transport/http1_text.h"

namespace wend {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

std::unexpected<DoorRefusal> refused(unsigned status, std::string sentence) {
    return std::unexpected(DoorRefusal{status, std::move(sentence)});
}

std::unexpected<DoorRefusal> not_there() {
    return refused(404,
                   "nothing is there; /v1/VERB, /metrics, /metrics/unbound and /v1/session are");
}

constexpr std::string_view body_wanted =
    R"(the body is {"arguments": ["..."]}, with a "cursor" perhaps, or empty)";

void append_words(std::string_view text, Words& words) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) {
            words.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::expected<void, DoorRefusal> take_query(const Http1Request& request, Route& route) {
    const auto parameters = query_parameters(request.query);
    if (!parameters) {
        return refused(400, "the query of the URL is malformed, or names a parameter twice");
    }
    for (const auto& [name, value] : *parameters) {
        if (name == "cursor") {
            route.cursor = value;
        } else if (name == "words") {
            append_words(value, route.arguments);
        } else {
            route.arguments.push_back("--" + name);
            if (!value.empty()) {
                route.arguments.push_back(value);
            }
        }
    }
    return {};
}

// Throws what nlohmann throws where a member is of another kind.
bool take_members(const Json& body, Route& route) {
    for (const auto& [key, value] : body.items()) {
        if (key == "arguments") {
            const auto words = value.get<Words>();
            route.arguments.insert(route.arguments.end(), words.begin(), words.end());
        } else if (key == "cursor") {
            route.cursor = value.get<std::string>();
        } else if (key == "end" && route.target == Route::Target::session) {
            route.ends_session = value.get<bool>();
        } else {
            return false;
        }
    }
    return true;
}

std::expected<void, DoorRefusal> take_body(const Http1Request& request, Route& route) {
    if (!request.query.empty()) {
        return refused(400, "a POST has its arguments in its body, not in the URL");
    }
    if (request.body.empty()) {
        return {};
    }
    const Json body = Json::parse(request.body_text(), nullptr, false);
    try {
        if (body.is_object() && take_members(body, route)) {
            return {};
        }
    } catch (const Json::exception&) {
    }
    return refused(400, std::string(body_wanted));
}

std::expected<Route, DoorRefusal> verb_route(const Http1Request& request, const Words& segments) {
    const auto found = verb_at(std::span(segments).subspan(1));
    if (!found) {
        const auto nearest = nearest_verb(segments[1]);
        return refused(
            404, fmt::format(
                     "there is no verb \"{}\"{}", for_terminal(segments[1].substr(0, 64)),
                     nearest ? fmt::format("; did you mean {}", path_of(*find_verb_spec(*nearest)))
                             : std::string()));
    }
    if (found->verb->changes && request.method != Http1Method::post) {
        return refused(
            405, fmt::format("{} changes something: it is asked by POST", path_of(*found->verb)));
    }
    const auto rest = segments.begin() + 1 + static_cast<std::ptrdiff_t>(found->words);
    return Route{.verb = found->verb, .arguments = Words(rest, segments.end())};
}

std::expected<Route, DoorRefusal> target_of(const Http1Request& request) {
    const bool is_post = request.method == Http1Method::post;
    if (request.path == "/metrics" || request.path == "/metrics/unbound") {
        if (is_post) {
            return refused(405, "metrics are read by GET");
        }
        return Route{.target = request.path == "/metrics" ? Route::Target::metrics
                                                          : Route::Target::metrics_unbound};
    }
    if (request.path == "/v1/session") {
        return is_post ? std::expected<Route, DoorRefusal>(Route{.target = Route::Target::session})
                       : refused(405, "a session is begun by POST");
    }
    const auto segments = path_segments(request.path);
    if (!segments || segments->size() < 2 || segments->front() != "v1") {
        return not_there();
    }
    return verb_route(request, *segments);
}

}  // namespace

std::expected<Route, DoorRefusal> route_of(const Http1Request& request) {
    auto route = target_of(request);
    if (!route) {
        return route;
    }
    if (route->target == Route::Target::metrics ||
        route->target == Route::Target::metrics_unbound) {
        return route;  // scrapers may add what they like
    }
    const auto taken = request.method == Http1Method::post ? take_body(request, *route)
                                                           : take_query(request, *route);
    if (!taken) {
        return std::unexpected(taken.error());
    }
    if (route->verb != nullptr) {
        auto arguments = arguments_for(*route->verb, std::move(route->arguments));
        if (!arguments) {
            return refused(400, std::move(arguments.error()));
        }
        route->arguments = std::move(*arguments);
    }
    return route;
}

std::string body_of(const std::vector<std::string>& arguments,
                    const std::optional<std::string>& cursor) {
    Json body = {{"arguments", arguments}};
    if (cursor) {
        body["cursor"] = *cursor;
    }
    return body.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace wend
