#include "control/authorise.h"

#include <algorithm>

#include <fmt/format.h>

namespace wend {
namespace {

std::unexpected<DoorRefusal> refused(unsigned status, std::string sentence) {
    return std::unexpected(DoorRefusal{status, std::move(sentence)});
}

constexpr std::string_view token_wanted =
    "a token is wanted (Authorization: Bearer ...); `wend ctl token new NAME` on the server makes "
    "one";

// The scheme's name is in any letter case (RFC 9110 11.1).
std::optional<std::string_view> bearer_in(std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    return authorization.size() > scheme.size() &&
                   is_same_in_any_case(authorization.substr(0, scheme.size()), scheme)
               ? std::optional(without_blanks(authorization.substr(scheme.size())))
               : std::nullopt;
}

std::expected<Identity, DoorRefusal> identity_of_token(Token& token, const HttpPeer& peer,
                                                       const DoorFacts& facts, TokenStore& tokens) {
    if (!is_valid(token, peer.address.ip, facts.wall_now)) {
        return refused(401, fmt::format("the token {} has expired or is not for {}", token.name,
                                        peer.address.ip.to_text()));
    }
    tokens.note_use(token, facts.wall_now);
    return Identity{.scope = token.scope,
                    .who = fmt::format("token {}", token.name),
                    .is_stranger = false,
                    .token = token.digest};
}

// Nothing: no session of ours, which is no attempt at anything.
std::optional<Identity> identity_of_session(const Http1Request& request, const HttpPeer& peer,
                                            const DoorFacts& facts, DoorMemory& memory) {
    const auto cookies = request.fields.only("Cookie");
    const auto cookie = cookies ? session_in(*cookies) : std::nullopt;
    const auto digest = cookie ? memory.sessions.token_of(*cookie, facts.now) : std::nullopt;
    const Token* const token = digest ? memory.tokens.of_digest(*digest) : nullptr;
    if (token == nullptr || !is_valid(*token, peer.address.ip, facts.wall_now)) {
        return std::nullopt;
    }
    return Identity{.scope = token->scope,
                    .who = fmt::format("session of token {}", token->name),
                    .is_stranger = false,
                    .token = token->digest};
}

// The host without its port, and IPv6 without brackets.
std::string_view host_alone(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        return end == std::string_view::npos ? host : host.substr(1, end - 1);
    }
    return host.substr(0, host.find(':'));
}

bool is_host_of_ours(std::string_view host, const HttpPeer& peer, const Doors& doors) {
    const std::string_view alone = host_alone(host);
    if (const auto address = IpAddress::from_text(alone)) {
        return *address == peer.local.ip;
    }
    return is_same_in_any_case(alone, "localhost") ||
           std::ranges::any_of(doors.http.names, [&](const std::string& name) {
               return is_same_in_any_case(alone, name);
           });
}

std::optional<DoorRefusal> fault_of_change(const Http1Request& request, bool is_tcp) {
    const auto type = request.fields.only("Content-Type");
    const std::string_view media = type ? without_blanks(type->substr(0, type->find(';'))) : "";
    if (!is_same_in_any_case(media, "application/json")) {
        return DoorRefusal{415, "a change wants Content-Type: application/json"};
    }
    if (request.fields.only("X-Wend") != "1") {
        return DoorRefusal{403,
                           "a change wants the header X-Wend: 1, which no other site can send"};
    }
    if (!is_tcp) {
        return std::nullopt;  // no browser comes that way
    }
    const auto site = request.fields.only("Sec-Fetch-Site");
    const bool is_foreign =
        request.fields.count("Sec-Fetch-Site") > 0 && site != "same-origin" && site != "none";
    const auto origin = request.fields.only("Origin");
    const bool is_of_other_origin = request.fields.count("Origin") > 0 &&
                                    origin != "http://" + request.host &&
                                    origin != "https://" + request.host;
    if (is_foreign || is_of_other_origin) {
        return DoorRefusal{403, "another site has sent this; changes are taken from our own alone"};
    }
    return std::nullopt;
}

}  // namespace

std::expected<Identity, DoorRefusal> identity_of_user(const HttpPeer::User& user,
                                                      const DoorFacts& facts) {
    Identity identity{.who = fmt::format("uid {}", user.uid), .is_stranger = false};
    if (user.uid == 0 || user.uid == facts.own_uid) {
        identity.scope = DoorScope::admin;
        return identity;
    }
    if (user.gid == facts.socket_gid ||
        (std::ranges::find(user.groups, facts.socket_gid) != user.groups.end())) {
        identity.scope = facts.doors.control.group_scope;
        return identity;
    }
    return refused(403, fmt::format("user {} is not in the group of the control socket (gid {})",
                                    user.uid, facts.socket_gid));
}

std::expected<Identity, DoorRefusal> authorise(const Http1Request& request, const HttpPeer& peer,
                                               const DoorFacts& facts, DoorMemory& memory) {
    if (peer.user) {
        return identity_of_user(*peer.user, facts);
    }
    const IpAddress& address = peer.address.ip;
    if (request.fields.count("Authorization") > 0) {
        if (memory.failures.is_over(address, facts.now)) {
            return refused(429, "too many wrong tokens came from this address; wait a minute");
        }
        const auto authorization = request.fields.only("Authorization");
        const auto bearer = authorization ? bearer_in(*authorization) : std::nullopt;
        Token* const token = bearer ? memory.tokens.find(*bearer) : nullptr;
        if (token == nullptr) {
            memory.failures.add(address, facts.now);
            return refused(401, "there is no such token; it may have been revoked");
        }
        return identity_of_token(*token, peer, facts, memory.tokens);
    }
    if (auto identity = identity_of_session(request, peer, facts, memory)) {
        return std::move(*identity);
    }
    const auto& allowed = facts.doors.http.metrics_allow;
    if (std::ranges::any_of(allowed, [&](const Prefix& p) { return p.contains(address); })) {
        return Identity{.scope = DoorScope::metrics,
                        .who = fmt::format("address {}", address.to_text())};
    }
    return refused(401, std::string(token_wanted));
}

std::optional<DoorRefusal> why_not(const Identity& identity, DoorScope wanted) {
    if (identity.scope >= wanted) {
        return std::nullopt;
    }
    if (identity.is_stranger) {
        return DoorRefusal{401, std::string(token_wanted)};
    }
    return DoorRefusal{403, fmt::format("this wants the scope {}; {} has {}", to_text(wanted),
                                        identity.who, to_text(identity.scope))};
}

std::optional<DoorRefusal> fault_of_origin(const Http1Request& request, const HttpPeer& peer,
                                           const Doors& doors) {
    const bool is_tcp = !peer.user.has_value();
    if (is_tcp && !is_host_of_ours(request.host, peer, doors)) {
        return DoorRefusal{421,
                           "this server is not asked by that host name; if it should be, add "
                           "the name to http.names"};
    }
    return request.method == Http1Method::post ? fault_of_change(request, is_tcp) : std::nullopt;
}

}  // namespace wend
