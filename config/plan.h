// What it means to go from one configuration to another: which keys change and when each change
// holds, and what of that which is kept is no longer true. A reload carries it out; `wend plan`
// shows it before.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "config/config.h"
#include "config/keys.h"
#include "dns/name.h"

namespace wend {

struct KeyChange {
    std::string_view path;  // of the key table, "cache.ttl-max"; lives as long as the program
    std::string was;        // JSON text on one line
    std::string is;
    Applies applies = Applies::live;

    bool operator==(const KeyChange&) const = default;
};

// Something to be forgotten.
struct Flush {
    enum class What : std::uint8_t {
        // At and below `zone`, but at and below the names of `except`: data, denials, delegations,
        // verified spans, failures (RFC 9520). What `zone` says of `except`, delegations and DS,
        // goes with it.
        everything,
        // At and below `zone`: what validated, or did not. The data stays as unchecked and is
        // validated when it is asked for; spans, zone keys and failures are forgotten.
        validation,
        // The root's NS set and the addresses of its servers.
        root_servers,
        // At and below `zone`: failures (RFC 9520).
        failures,
        // What is remembered of `servers`: round trips, silence, lameness, EDNS, cookies.
        servers,
    };

    What what = What::everything;
    dns::Name zone{};
    std::vector<dns::Name> except{};  // all below `zone`; none is below another
    std::vector<Endpoint> servers{};  // ascending

    bool operator==(const Flush&) const = default;
};

struct Plan {
    std::vector<KeyChange> keys{};  // in the order of the key table
    std::vector<Flush> flushes{};   // none is contained in another; in order of What, then of zones

    bool operator==(const Plan&) const = default;

    bool empty() const { return keys.empty(); }

    // Whether some of it does not hold before the process is started again.
    bool needs_restart() const;
};

// Pure, and of any thread. Complete: what is kept of names that no flush covers is what a server
// that began with `wanted` could keep, but for TTLs and the ages of things.
//
// The files that keys name are taken for changed where their paths are: whoever knows that the
// octets behind an equal path are others adds flush_of_hints() or flush_of_anchors().
Plan plan_of(const Config& in_force, const Config& wanted);

// For a file of root.hints, or of root.anchors or dnssec.anchors-state, that now reads otherwise.
Flush flush_of_hints();
Flush flush_of_anchors();

// "corp.example. but not a.corp.example.": what goes, in words for people, without a full stop.
std::string describe(const Flush& flush);

}  // namespace wend
