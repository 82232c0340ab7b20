// Puts into the cache what scrub() accepted: nothing else is ever stored.
#pragma once
#include "resolver/errand.h"
#include "resolver/resolver.h"
#include "resolver/scrub.h"

namespace wend {

// Aliases, the answer with the proofs of a wildcard, the denial. A doubtful name error is not kept:
// the question was a minimised one (broken servers deny empty non-terminals, RFC 8020 5). Data is
// left with the TTL that the cache gives it: its limits hold for the first answer as well.
void keep_answer(Accepted& accepted, dns::Type qtype, const World& world, Errand& errand);

// The delegation, in the cache and for the rest of this client query.
cache::Delegation keep_referral(const Referral& referral, Instant parent_expires_at,
                                const World& world, Errand& errand);

struct KnownDelegation {
    cache::Delegation delegation;
    ZoneSource source = ZoneSource::cache;  // or referral: the parent said so during this query
};

// The deepest delegation known to this query or to the cache, at or above `name`.
std::optional<KnownDelegation> closest_delegation(dns::NameView name, const World& world,
                                                  const Errand& errand);

// The addresses of a server in the delegation that its name lies in, the only one whose word of
// it counts (defences B3).
std::vector<IpAddress> known_glue(const dns::Name& server, const World& world,
                                  const Errand& errand);

// What nobody has proved of the addresses of the zone's servers, as far as the cache has it: after
// answers that failed validation a forged one may be why, and it would live for as long as its TTL.
void forget_unproved_addresses(dns::NameView zone, const World& world, const Errand& errand);

void forget_delegation(dns::NameView zone, const World& world, Errand& errand);

}  // namespace wend
