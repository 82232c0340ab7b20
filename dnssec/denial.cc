#include "dnssec/denial.h"

#include <algorithm>
#include <array>

#include "dnssec/denial_nsec.h"
#include "dnssec/denial_nsec3.h"

namespace wend::dnssec {

// A zone uses one kind; where an answer brings both, whichever proves it counts (a roll-over).

Denied name_does_not_exist(dns::NameView name, const Proofs& proofs, Meter& meter) {
    const Denied by_nsec = nsec_name_does_not_exist(name, proofs);
    return by_nsec == Denied::yes ? by_nsec : nsec3_name_does_not_exist(name, proofs, meter);
}

Denied type_does_not_exist(dns::NameView name, dns::Type type, const Proofs& proofs, Meter& meter) {
    const Denied by_nsec = nsec_type_does_not_exist(name, type, proofs);
    return by_nsec == Denied::yes ? by_nsec : nsec3_type_does_not_exist(name, type, proofs, meter);
}

Denied no_closer_match(dns::NameView name, std::size_t encloser_labels, const Proofs& proofs,
                       Meter& meter) {
    const Denied by_nsec = nsec_no_closer_match(name, encloser_labels, proofs);
    return by_nsec == Denied::yes ? by_nsec
                                  : nsec3_no_closer_match(name, encloser_labels, proofs, meter);
}

Denied expansion_holds(const dns::PackedRRset& expanded, std::size_t encloser_labels,
                       const Proofs& proofs, Meter& meter) {
    using dns::Type;
    static constexpr std::array never_expanded = {Type::ds, Type::dnskey, Type::ns, Type::soa,
                                                  Type::dname};
    if (std::ranges::find(never_expanded, expanded.type()) != never_expanded.end()) {
        return Denied::no;
    }
    return no_closer_match(expanded.owner(), encloser_labels, proofs, meter);
}

Cut unsigned_cut(dns::NameView name, const Proofs& proofs, Meter& meter) {
    const Cut by_nsec = nsec_unsigned_cut(name, proofs);
    return by_nsec != Cut::unproved ? by_nsec : nsec3_unsigned_cut(name, proofs, meter);
}

}  // namespace wend::dnssec
