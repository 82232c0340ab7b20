// An internet drawn from a seed: names, cuts, aliases, lame and silent servers, broken glue.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/random.h"
#include "dns/message.h"
#include "dns/name.h"
#include "sim/sim_internet.h"

namespace wend::sim {

// How wrong the servers may be on their own account.
struct InternetTraits {
    bool bad_servers = true;  // silent, refusing and the like, mostly beside a good one
    bool odd_servers = true;  // truncating, losing letter case, without EDNS, wrong ids over UDP
};

class GeneratedInternet {
  public:
    static constexpr std::size_t zones_min = 6;
    static constexpr std::size_t zones_max = 20;

    GeneratedInternet(Random& random, const InternetTraits& traits);

    SimInternet& servers() { return servers_; }

    const SimInternet& servers() const { return servers_; }

    const std::vector<Endpoint>& root_addresses() const { return root_addresses_; }

    const std::vector<dns::Name>& apexes() const { return apexes_; }

    // Addresses of the servers of that zone.
    const std::vector<IpAddress>& addresses_of(std::size_t zone) const {
        return addresses_.at(zone);
    }

    // Names outside that zone to which it points: servers of its cuts, targets of its aliases.
    std::vector<dns::Name> foreign_names_in(std::size_t zone) const;

    // Something a client might ask: mostly what exists.
    dns::Question draw_question(Random& random) const;

    // The zones as text, and who serves them, for a person who looks into a seed.
    std::string to_text() const;

  private:
    struct Plan;
    void build(const Plan& plan);

    SimInternet servers_;
    std::vector<Endpoint> root_addresses_;
    std::vector<dns::Name> apexes_;  // the root's first
    std::vector<std::vector<IpAddress>> addresses_;
    std::vector<std::string> texts_;
    std::vector<std::string> names_;  // of all zones, wildcards left out
};

}  // namespace wend::sim
