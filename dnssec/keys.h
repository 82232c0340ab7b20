// From a parent's DS set to a zone's keys (RFC 4035 5.2, RFC 4509, RFC 6840 5.11). Pure but for the
// meter.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "base/time.h"
#include "dns/reason.h"
#include "dns/rrset.h"
#include "dnssec/algorithm_policy.h"
#include "dnssec/records.h"
#include "dnssec/signature.h"
#include "dnssec/verdict.h"

namespace wend::dnssec {

inline constexpr std::size_t digests_max = 8;     // computed for one DS set
inline constexpr std::size_t usable_ds_max = 32;  // of one DS set
inline constexpr std::size_t zone_keys_max = 32;  // of one DNSKEY RRset

// The DS records that count: the policy accepts algorithm and digest, and SHA-1 only where no
// stronger digest is given for the same algorithm (RFC 4509 3). Empty: the zone is insecure.
std::vector<Ds> usable(const dns::PackedRRset& ds_set, const AlgorithmPolicy& policy);

// True if the DS names exactly this key of this zone (RFC 4034 5.1.4).
bool names_key(const Ds& ds, dns::NameView zone, Octets dnskey_rdata);

struct KeySet {
    dns::Name zone;
    std::vector<ZoneKey> keys;    // zone keys that parsed, are accepted and not revoked
    std::uint32_t ttl_max = 0;    // seconds, from the signature over them
    std::uint16_t entry_tag = 0;  // the key that the parent or an anchor vouched for
};

// The zone's keys, if one that a DS names has signed them all. Keys, signatures and DS records that
// the policy does not accept are passed over. `ds` is not empty.
std::expected<KeySet, dns::Reason> establish(const dns::PackedRRset& dnskeys,
                                             std::span<const Ds> ds, const AlgorithmPolicy& policy,
                                             WallTime now, Meter& meter);

// The same from configured DNSKEYs (rdata), of which one must be in the set and sign it.
std::expected<KeySet, dns::Reason> establish_from_keys(const dns::PackedRRset& dnskeys,
                                                       std::span<const Octets> anchors,
                                                       const AlgorithmPolicy& policy, WallTime now,
                                                       Meter& meter);

}  // namespace wend::dnssec
