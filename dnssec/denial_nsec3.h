// NSEC3: spans of hashes (RFC 5155). Pure but for the meter, which counts each SHA-1 block.
#pragma once
#include <optional>
#include <vector>

#include "dns/name.h"
#include "dns/types.h"
#include "dnssec/algorithms.h"
#include "dnssec/denial.h"
#include "dnssec/records.h"

namespace wend::dnssec {

struct Nsec3Span {
    Nsec3Hash owner{};
    Nsec3Hash next{};
    Nsec3 record;
};

// Nothing if the RRset is no NSEC3 of exactly this zone that may be believed: one label above the
// apex that is a hash, SHA-1, no unknown flags (RFC 5155 8.1, 8.2).
std::optional<Nsec3Span> nsec3_span(const dns::PackedRRset& rrset, dns::NameView zone);

bool covers(const Nsec3Span& span, const Nsec3Hash& hash);

Denied nsec3_name_does_not_exist(dns::NameView name, const Proofs& proofs, Meter& meter);
Denied nsec3_type_does_not_exist(dns::NameView name, dns::Type type, const Proofs& proofs,
                                 Meter& meter);
Denied nsec3_no_closer_match(dns::NameView name, std::size_t encloser_labels, const Proofs& proofs,
                             Meter& meter);
Cut nsec3_unsigned_cut(dns::NameView name, const Proofs& proofs, Meter& meter);

// True if any of the RRsets is an NSEC3 of the zone.
bool uses_nsec3(const Proofs& proofs);

}  // namespace wend::dnssec
