// Which algorithms and digests an operator lets count, of those that the program knows (RFC 9905 2,
// RFC 9157): what is disabled is as if the cryptographic provider lacked it.
#pragma once
#include <bitset>
#include <cstdint>

#include "dnssec/algorithms.h"

namespace wend::dnssec {

// A value, 64 octets; disables nothing unless told to. Travels with the trust anchors.
class AlgorithmPolicy {
  public:
    // IANA DNS Security Algorithm Numbers; any, whether known or not.
    void disable(std::uint8_t algorithm) { algorithms_.set(algorithm); }

    // IANA DS RR Type Digest Algorithms.
    void disable_digest(std::uint8_t digest_type) { digests_.set(digest_type); }

    // Whether signatures, keys and DS records of this algorithm count.
    bool accepts(std::uint8_t algorithm) const {
        return !algorithms_.test(algorithm) && is_supported(algorithm);
    }

    bool accepts_digest(std::uint8_t digest_type) const {
        return !digests_.test(digest_type) && is_supported_digest(digest_type);
    }

    bool operator==(const AlgorithmPolicy&) const = default;

  private:
    std::bitset<256> algorithms_;  // disabled
    std::bitset<256> digests_;
};

}  // namespace wend::dnssec
