// Proofs that something is not there (RFC 4034 4, RFC 4035 5.4, RFC 5155 8, RFC 6840 4). Pure
// functions of (name, type, zone, proofs); the proofs' signatures have been verified, each with the
// zone's own keys.
#pragma once
#include <cstdint>
#include <expected>
#include <span>

#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"
#include "dnssec/verdict.h"

namespace wend::dnssec {

inline constexpr std::size_t proofs_max = 8;               // NSEC or NSEC3 RRsets looked at
inline constexpr std::uint16_t nsec3_iterations_max = 50;  // RFC 9276 3.2: over it, insecure
inline constexpr std::size_t nsec3_salt_max = 64;          // octets; over it, insecure

enum class Denied : std::uint8_t {
    no,           // not proved
    yes,          // proved
    opt_out,      // proved but for unsigned delegations in an opt-out span: insecure (RFC 5155 6)
    too_costly,   // more iterations or salt than we compute: insecure (RFC 9276 3.2)
    over_budget,  // the meter ran out
};

// NSEC and NSEC3 RRsets of one zone, as they came in one answer. Others among them are ignored, and
// so are records whose owner or next name lies outside the zone (defences D12, D13).
//
// None of them is the expansion of a wildcard: the caller leaves those out, since the NSEC of
// *.example would match every name under example (CVE-2017-15105).
struct Proofs {
    dns::NameView zone;
    std::span<const dns::PackedRRset> rrsets;
};

// NXDOMAIN: neither the name nor a wildcard that would match it exists.
Denied name_does_not_exist(dns::NameView name, const Proofs& proofs, Meter& meter);

// NODATA: the name exists, or a wildcard matches it, without this type and without an alias. For DS
// this is the parent's proof that the delegation is unsigned, or that there is none.
Denied type_does_not_exist(dns::NameView name, dns::Type type, const Proofs& proofs, Meter& meter);

// A positive answer from *.<closest encloser>: nothing closer to the name exists.
// `encloser_labels` is the RRSIG's label count.
Denied no_closer_match(dns::NameView name, std::size_t encloser_labels, const Proofs& proofs,
                       Meter& meter);

// Whether an RRset may be what a wildcard gives for this owner (RFC 4035 5.3.4): the proof above;
// and never what makes a zone, which no wildcard can (RFC 4592 4).
Denied expansion_holds(const dns::PackedRRset& expanded, std::size_t encloser_labels,
                       const Proofs& proofs, Meter& meter);

// What the parent's proof says of a name for which it has no DS.
enum class Cut : std::uint8_t {
    unproved,
    insecure,  // a delegation without DS, or possibly one in an opt-out span
    none,      // no zone cut at this name: the parent's data goes on
    over_budget,
};
Cut unsigned_cut(dns::NameView name, const Proofs& proofs, Meter& meter);

}  // namespace wend::dnssec
