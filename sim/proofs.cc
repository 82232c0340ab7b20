#include "sim/proofs.h"

#include <algorithm>
#include <iterator>

#include "dns/types.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::NameView;
using dns::RRset;
using dns::Type;

void append_once(std::vector<RRset>& to, const RRset* rrset) {
    if (rrset == nullptr) {
        return;
    }
    const bool there = std::ranges::any_of(to, [rrset](const RRset& other) {
        return other.type() == rrset->type() && other.owner() == rrset->owner();
    });
    if (!there) {
        to.push_back(*rrset);
    }
}

// The NSEC whose owner is `name` or the last one before it. Names without NSEC (empty
// non-terminals, glue) are passed over; the first of the zone is its apex, which has one.
const RRset* nsec_at_or_before(const Zone& zone, NameView name) {
    for (auto at = zone.nodes().upper_bound(name); at != zone.nodes().begin();) {
        --at;
        if (const RRset* nsec = at->second.find(Type::nsec)) {
            return nsec;
        }
    }
    return nullptr;
}

}  // namespace

void append_proof(const Zone& zone, Proof proof, NameView qname, NameView encloser,
                  std::vector<RRset>& authority) {
    append_once(authority, nsec_at_or_before(zone, qname));
    if (proof == Proof::no_name || proof == Proof::wildcard_no_data) {
        if (const auto wildcard = Name(encloser).wildcard_child()) {
            append_once(authority, nsec_at_or_before(zone, *wildcard));
        }
    }
}

}  // namespace wend::sim
