// The servers of one zone, as a walk sees them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "cache/cache.h"
#include "dns/name.h"
#include "resolver/event.h"
#include "resolver/scrub.h"
#include "resolver/server_filter.h"

namespace wend {

struct ConfiguredZone;

struct ServerAddress {
    Endpoint endpoint;
    dns::Name name;  // the root where it is not known
};

// A server whose own zone has not told an address that we may ask.
struct UnresolvedServer {
    dns::Name name;
    bool has_glue = false;   // there is such a one in the delegation that its name lies in
    bool in_domain = false;  // the name lies in the zone that it serves: only the parent knows it
};

struct AddressLookup {
    dns::Name name;
    dns::Type type;  // A or AAAA
};

struct ZoneServers {
    dns::Name zone;
    ZoneSource source = ZoneSource::cache;
    bool first = false;    // a forward or stub zone that may be walked past
    bool has_ds = false;   // the parent gave a DS RRset
    int clear_errors = 0;  // lame, REFUSED, SERVFAIL and the like, so far
    Instant expires_at = Instant::max();
    std::vector<ServerAddress> addresses;  // unique
    std::vector<UnresolvedServer> unresolved;
    std::vector<dns::Name> foreign;  // servers without glue that may be used, their names elsewhere
    std::vector<AddressLookup> looked_up;  // so far
    bool has_parent_side = false;          // add_parent_side_addresses() was here

    bool recursive() const { return source == ZoneSource::forward; }
};

inline constexpr std::size_t addresses_known_max = 26;  // of one zone

// Appends what may be asked and is not there yet. False: none of these may be asked, so that they
// are as good as unknown.
bool add_addresses(ZoneServers& servers, dns::NameView name,
                   const std::vector<IpAddress>& addresses, const ServerFilter& filter,
                   std::uint16_t port);

// The addresses in an A or AAAA RRset.
void append_addresses(const dns::RRset& rrset, std::vector<IpAddress>& to);

// Servers with glue that may be asked become addresses; those without wait in `unresolved`. The
// root has no parent that could know more of servers inside it, so all that are there wait for
// nothing.
ZoneServers from_delegation(const cache::Delegation& delegation, ZoneSource source,
                            const ServerFilter& filter, std::uint16_t port);

ZoneServers from_configuration(const ConfiguredZone& configured, ZoneSource source,
                               const ServerFilter& filter);

// A child's life ends with its parent's at the latest (ghost and phoenix domains).
cache::Delegation to_delegation(const Referral& referral, Instant now, Instant parent_expires_at);

// What a delegation says of one of its servers' addresses.
std::vector<IpAddress> glue_in(const std::vector<cache::NameServer>& servers, dns::NameView server);

// A server that has addresses of one family alone, and what it may have besides: one of `types`
// that was not looked up yet. Who would be asked about a name in the zone itself are the zone's
// servers: such a name counts only if they answer, if only with what does not validate.
std::optional<AddressLookup> missing_family(const ZoneServers& servers,
                                            std::span<const dns::Type> types, bool zone_answers);

event::EnteredZone describe_zone(const ZoneServers& servers);

}  // namespace wend
