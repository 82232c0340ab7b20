// Where the validator gets DS and DNSKEY from: the resolver, seen from here. One for each client
// query: it spends that query's budget.
#pragma once
#include <optional>
#include <vector>

#include "base/task.h"
#include "dns/name.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::dnssec {

struct Fetched {
    dns::Reason failure = dns::Reason::none;  // the resolution itself failed
    dns::Rcode rcode = dns::Rcode::noerror;
    dns::RRset rrset;                // empty: denied
    std::vector<dns::RRset> proofs;  // SOA, NSEC, NSEC3 of the denial, unchecked
    // In place of both, a CNAME at the name with the proofs of an expansion: where an alias is, no
    // zone is cut (RFC 2181 10.1).
    dns::RRset alias{};
};

class KeySource {
  public:
    KeySource() = default;
    KeySource(const KeySource&) = delete;
    KeySource& operator=(const KeySource&) = delete;
    KeySource(KeySource&&) = delete;
    KeySource& operator=(KeySource&&) = delete;
    virtual ~KeySource() = default;

    // What fetch() would give without asking anybody.
    virtual std::optional<Fetched> at_hand(const dns::Name& /*owner*/, dns::Type /*type*/) const {
        return std::nullopt;
    }

    // The deepest zone above this one that is known of.
    virtual std::optional<dns::Name> zone_above(const dns::Name& /*zone*/) const {
        return std::nullopt;
    }

    // DS (from the parent's side) or DNSKEY. Security of what comes back does not count.
    virtual Task<Fetched> fetch(const dns::Name& owner, dns::Type type) = 0;
    // Drops what fetch() would answer from the cache, so that the next asks other servers.
    virtual void distrust(const dns::Name& owner, dns::Type type) = 0;
};

}  // namespace wend::dnssec
