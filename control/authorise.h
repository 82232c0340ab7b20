// Who asks, and what may he: decided once for each request, before anybody looks at what it wants,
// and from "nothing" upwards. Pure, as far as what is remembered of others is handed in.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "config/doors.h"
#include "control/failure_limit.h"
#include "control/sessions.h"
#include "control/tokens.h"
#include "control/verbs.h"
#include "transport/http1.h"
#include "transport/http_server.h"

namespace wend {

// The answer to who may not, or asks in a way that is not taken.
struct DoorRefusal {
    unsigned status = 403;  // 400, 401, 403, 404, 405, 415, 421, 429
    std::string sentence;   // without a full stop
};

struct Identity {
    DoorScope scope = DoorScope::metrics;
    std::string who;          // for the log: "uid 0", "token backup", "address 127.0.0.1"
    bool is_stranger = true;  // known by where it asks from alone
    std::string token{};      // the digest of the token that was shown, or stands behind a session

    bool operator==(const Identity&) const = default;
};

// What decides beside the request itself.
struct DoorFacts {
    const Doors& doors;
    std::uint32_t own_uid = 0;
    std::uint32_t socket_gid = 0;  // of the unix socket's file
    Instant now{};
    WallTime wall_now{};
};

// What is remembered of others; it learns from the request.
struct DoorMemory {
    TokenStore& tokens;
    Sessions& sessions;
    FailureLimit& failures;
};

// Of a peer of a unix socket, by the kernel's word: root and our own user are admin, members of the
// socket's group have control.group-scope, nobody else is let in.
std::expected<Identity, DoorRefusal> identity_of_user(const HttpPeer::User& user,
                                                      const DoorFacts& facts);

// Of any peer. Over TCP: a token ("Authorization: Bearer"), a session's cookie, or an address of
// http.metrics-allow, which may read metrics.
std::expected<Identity, DoorRefusal> authorise(const Http1Request& request, const HttpPeer& peer,
                                               const DoorFacts& facts, DoorMemory& memory);

// Nothing: it may. Strangers are told that a token would help.
std::optional<DoorRefusal> why_not(const Identity& identity, DoorScope wanted);

// What a browser could be made to send for somebody else is not taken. Over TCP "Host" must be
// where the client connected to, localhost or one of http.names: else a name that an attacker lets
// point here would make his page one of ours (DNS rebinding). A POST must be one that no form can
// send (Content-Type: application/json, X-Wend: 1) and no other site has sent (Sec-Fetch-Site,
// Origin).
std::optional<DoorRefusal> fault_of_origin(const Http1Request& request, const HttpPeer& peer,
                                           const Doors& doors);

}  // namespace wend
