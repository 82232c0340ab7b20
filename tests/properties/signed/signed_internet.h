// An internet drawn from a seed in which signed and unsigned zones stand beside and below each
// other: NSEC, NSEC3 and opt-out, several algorithms, roll-overs, aliases from zone to zone.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "dns/message.h"
#include "dns/name.h"
#include "dnssec/algorithms.h"
#include "dnssec/trust_anchors.h"
#include "sim/signer.h"
#include "sim/sim_internet.h"

namespace wend::sim {

inline constexpr std::size_t alias_chain_max = 11;  // links of the longest chain on purpose

// A zone and what is true of it by plan.
struct SignedZone {
    dns::Name apex;
    std::size_t parent = 0;
    bool is_signed = false;
    bool has_ds = false;  // the parent vouches for its keys
    bool secure = false;  // so does every zone above, from the root down
    SigningOptions signing{};
    std::vector<IpAddress> addresses{};
    std::string text{};  // as before it was signed
};

// The key that signs a zone's data.
dnssec::SigningKey data_key(const SigningOptions& signing);

class SignedInternet {
  public:
    // `with_owner`: one secure zone below a top-level domain has servers of its own, and nobody
    // else's zone leans on it. Signatures hold from a day before `now` to a month after it.
    SignedInternet(Random& random, WallTime now, bool with_owner);

    SimInternet& servers() { return servers_; }

    const SimInternet& servers() const { return servers_; }

    const std::vector<SignedZone>& zones() const { return zones_; }

    // The root's first.
    const SignedZone& zone(std::size_t number) const { return zones_[number]; }

    const Zone& content(const SignedZone& zone) const { return *servers_.zones().at(zone.apex); }

    const std::vector<Endpoint>& root_addresses() const { return root_addresses_; }

    dnssec::TrustAnchors anchors() const;

    // The zone with the deepest apex at or above the name; for DS the parent's (RFC 4035 2.4).
    const SignedZone& zone_of(dns::NameView name, dns::Type type) const;

    // The number of the zone that a malicious owner holds, if there is to be one.
    std::optional<std::size_t> owners_zone() const { return owners_zone_; }

    // True at and below that zone's apex; its DS is its parent's.
    bool is_owners(dns::NameView name, dns::Type type) const;

    // Something that a client might ask: mostly what exists.
    dns::Question draw_question(Random& random) const;

    const std::vector<dns::Name>& names() const { return names_; }

    // Where a chain of aliases on purpose begins, if there is one.
    const std::optional<dns::Name>& chain_start() const { return chain_start_; }

    // What each zone is, who serves it and its records, for a person who looks into a seed.
    std::string to_text() const;

  private:
    struct Plan;
    void build(Plan& plan, WallTime now);

    SimInternet servers_;
    std::vector<SignedZone> zones_;
    std::vector<Endpoint> root_addresses_;
    std::vector<dns::Name> names_;  // of all zones
    std::optional<std::size_t> owners_zone_;
    std::optional<dns::Name> chain_start_;
};

}  // namespace wend::sim
