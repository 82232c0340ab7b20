// Signs a zone of the simulator at set-up: DNSKEY, RRSIG, NSEC or NSEC3 (RFC 4034, RFC 5155). Fixed
// keys from seeds and fixed times, so that a run can be repeated to the octet.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"
#include "dns/zone_file.h"
#include "dnssec/algorithms.h"

namespace wend::sim {

// A key beside the first: of a roll-over, of another algorithm, or the one that signs the data.
struct FurtherKey {
    dnssec::Algorithm algorithm = dnssec::Algorithm::ecdsap256sha256;
    std::uint64_t seed = 2;
    bool signs_keys = true;  // the DNSKEY RRset
    bool signs_data = true;  // all others
};

struct SigningOptions {
    dnssec::Algorithm algorithm = dnssec::Algorithm::ecdsap256sha256;
    std::uint64_t seed = 1;  // of the zone's first key
    bool signs_data = true;  // that key; false: it signs the DNSKEY RRset alone
    std::vector<FurtherKey> further{};
    std::uint32_t inception = 0;  // seconds since 1970
    std::uint32_t expiration = 0;
    bool nsec3 = false;
    bool opt_out = false;  // NSEC3 without unsigned delegations
    std::uint16_t iterations = 0;
    std::vector<std::uint8_t> salt{};
    bool revoked =
        false;  // signatures name the key by the tag that it has once revoked (RFC 5011 3)
};

// The records of the zone with all that signing adds, in no particular order. `records` are those
// of one zone: its SOA at `apex`, delegations and glue included. Nothing if the algorithm is not
// supported here.
std::optional<std::vector<dns::ZoneRecord>> sign_zone(const std::vector<dns::ZoneRecord>& records,
                                                      dns::NameView apex,
                                                      const SigningOptions& options);

// The DS (SHA-256) that the parent of `zone` publishes for a zone signed with these options: of the
// first key; its rdata. Nothing if the algorithm is not supported here.
std::optional<std::vector<std::uint8_t>> ds_rdata(dns::NameView zone,
                                                  const SigningOptions& options);

// The same for a key that is there already.
std::vector<std::uint8_t> ds_of_key(dns::NameView zone, Octets dnskey_rdata);

// An RRSIG's rdata over the RRset with the zone's key. `labels` is counted from the owner unless
// given: a test may lie.
std::vector<std::uint8_t> rrsig_rdata(const dns::RRset& rrset, dns::NameView zone,
                                      const dnssec::SigningKey& key, const SigningOptions& options,
                                      std::optional<std::uint8_t> labels = std::nullopt);

// Flags 257, whatever the key signs.
std::vector<std::uint8_t> dnskey_rdata(const dnssec::SigningKey& key);

// The type bitmap of an NSEC or NSEC3 record (RFC 4034 4.1.2), to the end of `rdata`.
void append_type_bitmap(std::vector<std::uint8_t>& rdata, const std::set<dns::Type>& types);

}  // namespace wend::sim
