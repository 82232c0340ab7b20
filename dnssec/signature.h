// One signature over one RRset (RFC 4034 3, 6; RFC 4035 5.3). Pure but for the meter.
#pragma once
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "base/time.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "dnssec/algorithms.h"
#include "dnssec/records.h"
#include "dnssec/verdict.h"

namespace wend::dnssec {

inline constexpr int signatures_per_rrset_max = 8;  // looked at
inline constexpr int failures_per_rrset_max = 2;    // verifications that failed
inline constexpr int keys_per_tag_max = 2;          // colliding keys (KeyTrap)

// Seconds by which clocks may differ: 10 % of the validity period, at least none, at most an hour.
std::uint32_t clock_skew(const Rrsig& signature);

// RFC 4035 5.3.1 but for the key: type, signer, labels and dates. `zone` is the one whose keys are
// to verify it: the signer must be exactly that. Reason::none if the signature may be tried.
dns::Reason applies(const Rrsig& signature, dns::NameView owner, dns::Type type, dns::NameView zone,
                    WallTime now);

// True if the RRset was expanded from a wildcard (RFC 4035 5.3.4). Requires that it applies.
bool is_wildcard_expansion(const Rrsig& signature, dns::NameView owner);
// The same of an RRset by its signatures, none of which has been looked at any further: a cheap
// question to ask of data that is secure. No allocation.
bool is_wildcard_expansion(const dns::PackedRRset& rrset);
// The name under which it was signed: the owner, or *.<rightmost labels>.
dns::Name signed_owner(const Rrsig& signature, dns::NameView owner);

// What was signed (RFC 4034 3.1.8.1): the RRSIG's fields, then the RRset in canonical form and
// order.
std::vector<std::uint8_t> signed_data(const dns::PackedRRset& rrset, const Rrsig& signature);

// A DNSKEY of a zone that is trusted, parsed once.
struct ZoneKey {
    std::uint16_t tag = 0;
    PublicKey key;
};

struct Verified {
    bool wildcard = false;      // needs the proof that no closer match exists
    std::uint8_t labels = 0;    // of the signature: the wildcard's labels
    std::uint32_t ttl_max = 0;  // seconds: original TTL and what is left of the validity
    std::uint16_t key_tag = 0;
    Octets signature;  // the one that held: rdata inside the RRset's octets
};

// Tries the RRset's signatures with the zone's keys until one holds.
std::expected<Verified, dns::Reason> verify(const dns::PackedRRset& rrset, dns::NameView zone,
                                            std::span<const ZoneKey> keys, WallTime now,
                                            Meter& meter);

}  // namespace wend::dnssec
