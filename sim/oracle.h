// What a resolver without faults must answer: read from the zones of an internet directly, without
// a message, a cache or a clock.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "dns/message.h"
#include "dns/rrset.h"
#include "dns/types.h"
#include "sim/sim_internet.h"

namespace wend::sim {

struct OracleAnswer {
    dns::Rcode rcode = dns::Rcode::servfail;
    std::vector<dns::RRset> aliases{};  // CNAME and DNAME, with synthesized ones, in order
    dns::RRset data{};                  // empty: a denial or a failure
    std::string why{};                  // of a failure: which zone, and what is wrong with it
};

class Oracle {
  public:
    static constexpr int aliases_max = 11;       // past them: SERVFAIL (docs/limits.md)
    static constexpr int server_names_deep = 4;  // names of servers that need names of servers

    // `internet` outlives the oracle. `ipv4` and `ipv6`: which servers can be reached.
    explicit Oracle(const SimInternet& internet, bool ipv4 = true, bool ipv6 = true)
        : internet_(internet), ipv4_(ipv4), ipv6_(ipv6) {}

    OracleAnswer answer(const dns::Question& question) const;

    // True: from the root down to the zone of that name, each cut has a server that answers and
    // whose address can be found.
    bool reachable(dns::NameView name) const;

  private:
    struct Place;  // the zone that holds a name, or why the walk to it broke

    OracleAnswer answer(dns::Question question, int depth) const;
    Place place_of(const dns::Question& question, int depth) const;
    bool append(const Zone& zone, dns::Question& question, OracleAnswer& answer) const;
    bool has_live_server(const Zone& parent, const dns::RRset& servers, int depth) const;
    bool is_live(const dns::RRset& addresses, dns::NameView apex) const;

    const SimInternet& internet_;
    bool ipv4_;
    bool ipv6_;
};

}  // namespace wend::sim
