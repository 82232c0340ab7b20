// What attackers put into replies: records of any zone, false records, signatures that are true,
// false or claimed, in any order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "tests/properties/signed/draft.h"
#include "tests/properties/signed/signed_internet.h"

namespace wend::sim {

class Tricks {
  public:
    // Both outlive it. `own` is the number of the zone whose keys the attacker holds, if any.
    Tricks(const SignedInternet& internet, Random& random, std::optional<std::size_t> own);

    const SignedInternet& internet() const { return internet_; }

    Random& random() { return random_; }

    // Of any zone, with its signatures as they are.
    const dns::RRset& recorded();
    // The same of that type, if there is any.
    std::optional<dns::RRset> recorded(dns::Type type);

    // NSEC or NSEC3, recorded or made up, that might be taken for a proof about that name.
    dns::RRset proof(dns::NameView about);

    // A SOA: of a zone above that name, or of any.
    dns::RRset soa(dns::NameView about);

    // Data of that type at that name: what a wildcard, another name or nobody has.
    dns::RRset data(dns::NameView owner, dns::Type type);

    // An alias from that name to anywhere; or a DNAME above it.
    dns::RRset alias(dns::NameView owner);

    // NS for that cut, and the DS or the proof that there is none, where wanted.
    dns::RRset servers(dns::NameView cut, dns::NameView server);

    // The RRset with other signatures: none, more, fewer, in another order.
    dns::RRset with_other_signatures(const dns::RRset& rrset);
    // With a true signature of the zone whose keys the attacker holds; false ones may stand beside
    // it.
    dns::RRset own_signed(const dns::RRset& rrset);
    // One of its records left out or changed, its TTL raised, its owner another.
    dns::RRset changed(const dns::RRset& rrset);

    // A name that exists or might, mostly near that one.
    dns::Name name_near(dns::NameView about);

    const SignedZone& any_zone() { return internet_.zone(pick(internet_.zones().size())); }

    std::size_t pick(std::size_t count) { return random_.below(count); }

  private:
    dns::RRset made_up_nsec(dns::NameView about);
    dns::RRset made_up_nsec3(dns::NameView about);
    dns::RRset reaching_nsec(dns::NameView about);
    Rdata signature(const dns::RRset& rrset);
    Rdata false_signature(const dns::RRset& rrset);
    Rdata claimed_signature(const dns::RRset& rrset, const dns::Name& signer);
    Rdata own_signature(const dns::RRset& rrset);
    dns::Name signer_for(dns::NameView owner);
    dns::RRset expired_denial_of_ds(dns::NameView about);
    std::set<dns::Type> any_types();
    const SignedZone& zone_near(dns::NameView about);

    const SignedInternet& internet_;
    Random& random_;
    const SignedZone* own_;
    std::vector<dns::RRset> signed_;
    std::vector<dns::RRset> proofs_;
    std::vector<std::uint16_t> tags_;  // of each zone's first key
};

}  // namespace wend::sim
