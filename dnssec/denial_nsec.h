// NSEC: spans of names in canonical order. Pure.
#pragma once
#include <optional>

#include "dns/name.h"
#include "dns/types.h"
#include "dnssec/denial.h"
#include "dnssec/records.h"

namespace wend::dnssec {

// One NSEC of the zone, checked: its owner and its next name are in the zone.
struct NsecSpan {
    dns::NameView owner;
    Nsec nsec;
};

// Nothing if the RRset is no NSEC of this zone that may be believed.
std::optional<NsecSpan> nsec_span(const dns::PackedRRset& rrset, dns::NameView zone);

// True if `name` lies strictly between owner and next (RFC 4034 4.1.1), the last NSEC wrapping
// round.
bool covers(const NsecSpan& span, dns::NameView name, dns::NameView zone);
// A delegation's or a DNAME's NSEC says nothing of names below it (RFC 6840 4.1, 4.4).
bool may_speak_below(const NsecSpan& span, dns::NameView name);
// The closest encloser that a covering NSEC shows: the longer of what the name shares with owner
// and next.
dns::NameView closest_encloser(const NsecSpan& span, dns::NameView name);

Denied nsec_name_does_not_exist(dns::NameView name, const Proofs& proofs);
Denied nsec_type_does_not_exist(dns::NameView name, dns::Type type, const Proofs& proofs);
Denied nsec_no_closer_match(dns::NameView name, std::size_t encloser_labels, const Proofs& proofs);
Cut nsec_unsigned_cut(dns::NameView name, const Proofs& proofs);

}  // namespace wend::dnssec
