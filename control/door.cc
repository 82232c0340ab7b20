#include "control/door.h"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "control/door_exchange.h"
#include "control/verb_text.h"
#include "observe/prometheus.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

DoorAnswer wrong(unsigned status, std::string_view sentence) {
    return {.status = status, .body = error_json(sentence)};
}

// Whether the serving process is asked, for all of the answer or before it can be made here.
bool is_asked_of_server(const Route& route) {
    return route.verb != nullptr &&
           (route.verb->place == VerbPlace::server || route.verb->name == "plan");
}

DoorAnswer judged(Judged judged) {
    return {.status = judged.is_good ? 200U : 503U, .body = std::move(judged.json)};
}

}  // namespace

std::string error_json(std::string_view sentence) {
    return text_of({{"error", sentence}});
}

Door::Door(World world)
    : world_(std::move(world)),
      own_uid_(getuid()),
      sessions_(world_.random),
      failures_(world_.random) {
    set({}, 0);
}

Door::~Door() = default;

void Door::set(Doors doors, std::uint32_t socket_gid) {
    if (!tokens_ || doors.state_folder != doors_.state_folder) {
        tokens_.emplace(world_.files, world_.random, doors.state_folder);
        if (const auto read = tokens_->read(); !read) {
            world_.log(read.error());
        }
    }
    doors_ = std::move(doors);
    socket_gid_ = socket_gid;
}

DoorFacts Door::facts() const {
    return {.doors = doors_,
            .own_uid = own_uid_,
            .socket_gid = socket_gid_,
            .now = world_.clock.now(),
            .wall_now = world_.clock.wall_now()};
}

BoardFacts Door::board_facts() const {
    return {.board = world_.board,
            .now = world_.clock.now(),
            .wall_now = world_.clock.wall_now(),
            .process = read_usage(world_.board.header().pid)};
}

ForeignFacts Door::foreign_facts() const {
    return {.board = world_.board,
            .now = world_.clock.wall_now(),
            .process = read_usage(world_.board.header().pid)};
}

// In this order: what a browser was made to send is refused whoever sends it; then who asks; and
// only then what he wants.
std::expected<Door::Judgement, DoorRefusal> Door::judge(const Http1Request& request,
                                                        const HttpPeer& peer) {
    if (auto fault = fault_of_origin(request, peer, doors_)) {
        return std::unexpected(std::move(*fault));
    }
    DoorMemory memory{*tokens_, sessions_, failures_};
    auto identity = authorise(request, peer, facts(), memory);
    if (!identity) {
        return std::unexpected(std::move(identity.error()));
    }
    auto route = route_of(request);
    if (!route) {
        return std::unexpected(std::move(route.error()));
    }
    if (auto refusal = why_not(*identity, route->scope())) {
        return std::unexpected(std::move(*refusal));
    }
    return Judgement{std::move(*identity), std::move(*route)};
}

void Door::on_request(HttpServer& server, std::uint64_t token, const HttpPeer& peer,
                      Http1Request request) {
    auto judgement = judge(request, peer);
    if (!judgement) {
        refuse(server, token, judgement.error());
        return;
    }
    if (is_asked_of_server(judgement->route)) {
        begin_exchange(server, token, std::move(*judgement), request.method == Http1Method::head);
        return;
    }
    respond(server, token, answer_here(judgement->route, judgement->identity, request));
}

DoorAnswer Door::answer_here(const Route& route, const Identity& identity,
                             const Http1Request& request) {
    switch (route.target) {
        case Route::Target::metrics:
            return metrics();
        case Route::Target::metrics_unbound:
            return {.body = unbound_metrics(foreign_facts()), .media = metric_content_type};
        case Route::Target::session:
            return session(route, identity, request);
        default:
            return verb_here(route, identity);
    }
}

DoorAnswer Door::verb_here(const Route& route, const Identity& identity) {
    const std::string_view name = route.verb->name;
    if (name == "health") {
        return judged(health_of(board_facts()));
    }
    if (name == "ready") {
        return judged(readiness_of(board_facts()));
    }
    if (name == "ping") {
        return {.body = text_of({{"pong", true}})};
    }
    if (name == "status") {
        return {.body = status_json(board_facts())};
    }
    if (name == "uptime") {
        return {.body = uptime_json(board_facts())};
    }
    if (name == "version") {
        return {.body = version_json(board_facts())};
    }
    if (name == "stats") {
        return stats(route.arguments);
    }
    if (name == "token list") {
        return list_tokens();
    }
    if (name == "token new") {
        return new_token(route.arguments, identity);
    }
    if (name == "token revoke") {
        return revoke_token(route.arguments, identity);
    }
    return wrong(501, "this server does not know that verb yet");
}

DoorAnswer Door::stats(const Words& words) {
    if (words.empty()) {
        return {.body = stats_json(board_facts())};
    }
    if (words == Words{"--as", "unbound"}) {
        return {.body = unbound_text(foreign_facts()), .media = plain_text};
    }
    if (words == Words{"--as", "pdns"}) {
        return {.body = pdns_text(foreign_facts()), .media = plain_text};
    }
    return wrong(400, "stats wants nothing, or --as unbound, or --as pdns");
}

DoorAnswer Door::metrics() {
    MetricText text;
    const BoardFacts facts = board_facts();
    write_metrics(text, {.board = facts.board,
                         .compiler = world_.compiler,
                         .process = facts.process,
                         .now = facts.now});
    text.family("wend_http_requests_total", MetricType::counter,
                "Requests answered by the control doors, since the control process began.");
    for (const auto& [status, count] : statuses_) {
        text.add({{"code", std::to_string(status)}}, count);
    }
    return {.body = text.take(), .media = metric_content_type};
}

// HttpOnly: no script reads it. Strict: no other site makes a browser send it.
DoorAnswer Door::session(const Route& route, const Identity& identity,
                         const Http1Request& request) {
    if (route.ends_session) {
        const auto cookies = request.fields.only("Cookie");
        if (const auto cookie = cookies ? session_in(*cookies) : std::nullopt) {
            sessions_.end(*cookie);
        }
        return {.body = text_of({{"session", "ended"}}),
                .cookie = fmt::format("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
                                      session_cookie)};
    }
    if (identity.token.empty() || request.fields.count("Authorization") == 0) {
        return wrong(401, "a session begins with a token (Authorization: Bearer ...)");
    }
    return {.body = text_of({{"session", "begun"}, {"scope", to_text(identity.scope)}}),
            .cookie = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", session_cookie,
                                  sessions_.begin(identity.token, world_.clock.now()))};
}

DoorAnswer Door::new_token(const Words& words, const Identity& identity) {
    auto token = token_from_words(words, world_.clock.wall_now());
    if (!token) {
        return wrong(400, token.error());
    }
    const std::string name = token->name;
    const DoorScope scope = token->scope;
    const auto secret = tokens_->add(std::move(*token));
    if (!secret) {
        return wrong(500, secret.error());
    }
    world_.log(fmt::format("token new \"{}\" by {}: scope {}", name, identity.who, to_text(scope)));
    return {.body = text_of({{"name", name}, {"scope", to_text(scope)}, {"token", *secret}})};
}

DoorAnswer Door::revoke_token(const Words& words, const Identity& identity) {
    if (words.size() != 1) {
        return wrong(400, "token revoke wants one name: token revoke NAME");
    }
    if (const auto revoked = tokens_->revoke(words[0]); !revoked) {
        return wrong(400, revoked.error());
    }
    world_.log(fmt::format("token revoke \"{}\" by {}", words[0], identity.who));
    return {.body = text_of({{"revoked", words[0]}})};
}

DoorAnswer Door::list_tokens() const {
    Json list = Json::array();
    const auto date = [](const std::optional<WallTime>& time) {
        return time ? Json(http_date(*time)) : Json();
    };
    for (const Token& token : tokens_->all()) {
        Json networks = Json::array();
        for (const Prefix& network : token.networks) {
            networks.push_back(network.to_text());
        }
        list.push_back({{"name", token.name},
                        {"scope", to_text(token.scope)},
                        {"networks", std::move(networks)},
                        {"made", date(token.made)},
                        {"expires", date(token.expires)},
                        {"last-used", date(token.used)}});
    }
    return {.body = text_of({{"tokens", std::move(list)}})};
}

void Door::respond(HttpServer& server, std::uint64_t token, const DoorAnswer& answer,
                   std::string_view cursor) {
    const bool is_json = answer.media == "application/json";
    Http1Response response(answer.status, is_json ? answer.body + "\n" : answer.body, answer.media);
    // Strangers ask for metrics, and those tell the version anyway.
    bool is_set = response.set("X-Wend-Version", world_.board.version());
    if (!cursor.empty()) {
        is_set = is_set && response.set("X-Wend-Cursor", cursor);
    }
    if (!answer.cookie.empty()) {
        is_set = is_set && response.set("Set-Cookie", answer.cookie);
    }
    ++statuses_[is_set ? answer.status : 500];
    server.respond(token, is_set ? response : Http1Response(500, error_json("a bad header\n")));
}

void Door::refuse(HttpServer& server, std::uint64_t token, const DoorRefusal& refusal) {
    ++statuses_[refusal.status];
    Http1Response response(refusal.status, error_json(refusal.sentence) + "\n", "application/json");
    bool is_set = true;
    if (refusal.status == 401) {
        is_set = response.set("WWW-Authenticate", "Bearer");
    } else if (refusal.status == 405) {
        is_set = response.set("Allow", "GET, HEAD, POST");
    } else if (refusal.status == 429) {
        is_set = response.set("Retry-After", "60");
    }
    static_cast<void>(is_set);  // words of ours
    server.respond(token, response);
}

}  // namespace wend
