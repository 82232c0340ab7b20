// What proved an RRset: the zone whose key made the signature that was verified, and how many
// labels it counts. An RRset is secure by prove() alone and carries its proof as its first
// signature from then on, through the cache and back, so that nobody asks again whose it is from
// what a stranger wrote beside it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dns/name.h"
#include "dns/rrset.h"
#include "dnssec/signature.h"

namespace wend::dnssec {

// Valid while the RRset is.
struct Proof {
    dns::NameView zone;         // who signed it
    std::size_t labels = 0;     // of the owner as it was signed (RFC 4034 3.1.3)
    std::uint16_t key_tag = 0;  // of the zone's key
};

// The RRset secure, by `verified`, which verify() gave for exactly this one, and with no longer a
// TTL than that allows. Signatures of another signer or count of labels are left out. Others of the
// same zone stay, for validating clients whose keys are older or whose algorithms are fewer
// (RFC 6781 4.1).
dns::RRset prove(const dns::RRset& rrset, const Verified& verified);

// What proved it; nothing for what is not secure or has no signature of its own, as a CNAME that a
// DNAME makes.
std::optional<Proof> proof_of(const dns::RRset& rrset);

}  // namespace wend::dnssec
