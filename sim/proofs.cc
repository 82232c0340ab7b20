#include "sim/proofs.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "base/check.h"
#include "base/encoding.h"
#include "dns/types.h"
#include "dnssec/algorithms.h"
#include "dnssec/records.h"

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

// Hashes names as the zone's NSEC3 records do, and finds the record at or before a hash.
class HashedNames {
  public:
    explicit HashedNames(const Zone& zone)
        : zone_(zone),
          record_(dnssec::Nsec3::read(
              zone.nsec3_nodes().begin()->second.find(Type::nsec3)->rdatas().front())) {}

    // Null where no record has exactly that hash.
    const RRset* matching(NameView name) const {
        const auto found = zone_.nsec3_nodes().find(owner_of(name));
        return found == zone_.nsec3_nodes().end() ? nullptr : found->second.find(Type::nsec3);
    }

    // The last record wraps round: it covers what is before the first.
    const RRset* covering(NameView name) const {
        const auto& nodes = zone_.nsec3_nodes();
        auto at = nodes.lower_bound(owner_of(name));
        at = at == nodes.begin() ? std::prev(nodes.end()) : std::prev(at);
        return at->second.find(Type::nsec3);
    }

  private:
    Name owner_of(NameView name) const {
        const Name lower = Name(name).lower_case();
        const std::string label =
            to_base32hex(dnssec::nsec3_hash(lower.wire(), record_.salt, record_.iterations));
        const auto owner = zone_.apex().with_label(
            Octets(reinterpret_cast<const std::uint8_t*>(label.data()), label.size()));
        check(owner.has_value(), "a zone that uses NSEC3 leaves room for a hash");
        return *owner;
    }

    const Zone& zone_;
    dnssec::Nsec3 record_;
};

// RFC 5155 7.2. An unsigned delegation in an opt-out span has no record of its own, nor has an
// empty name with nothing else below it: the closest encloser that has one and what covers the next
// closer name stand for them (7.2.4).
void append_hashed_proof(const Zone& zone, Proof proof, NameView qname, NameView encloser,
                         std::vector<RRset>& authority) {
    const HashedNames hashed(zone);
    if (proof == Proof::no_data) {
        if (const RRset* match = hashed.matching(qname)) {
            append_once(authority, match);
            return;
        }
        encloser = qname;
    }
    while (!(encloser == zone.apex().view()) && hashed.matching(encloser) == nullptr) {
        encloser = encloser.parent();
    }
    if (proof != Proof::wildcard_answer) {
        append_once(authority, hashed.matching(encloser));
    }
    append_once(authority, hashed.covering(qname.suffix(encloser.label_count() + 1)));
    const auto wildcard = Name(encloser).wildcard_child();
    if (wildcard && proof == Proof::no_name) {
        append_once(authority, hashed.covering(*wildcard));
    }
    if (wildcard && proof == Proof::wildcard_no_data) {
        append_once(authority, hashed.matching(*wildcard));
    }
}

}  // namespace

void append_proof(const Zone& zone, Proof proof, NameView qname, NameView encloser,
                  std::vector<RRset>& authority) {
    if (!zone.nsec3_nodes().empty()) {
        append_hashed_proof(zone, proof, qname, encloser, authority);
        return;
    }
    append_once(authority, nsec_at_or_before(zone, qname));
    if (proof == Proof::no_name || proof == Proof::wildcard_no_data) {
        if (const auto wildcard = Name(encloser).wildcard_child()) {
            append_once(authority, nsec_at_or_before(zone, *wildcard));
        }
    }
}

}  // namespace wend::sim
