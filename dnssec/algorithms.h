// Signatures and digests of the DNSSEC, on OpenSSL's EVP. The only place that knows OpenSSL.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "dnssec/signature_memory.h"

namespace wend::dnssec {

// IANA DNS Security Algorithm Numbers; those that a validator must or may know (RFC 8624 3.1).
enum class Algorithm : std::uint8_t {
    rsasha1 = 5,
    rsasha1_nsec3_sha1 = 7,
    rsasha256 = 8,
    rsasha512 = 10,
    ecdsap256sha256 = 13,
    ecdsap384sha384 = 14,
    ed25519 = 15,
    ed448 = 16,
};

enum class DigestType : std::uint8_t { sha1 = 1, sha256 = 2, sha384 = 4 };

// What the cryptographic provider offers at run time; asked once for each and kept. A zone whose DS
// set names only what is not supported is insecure (RFC 4035 5.2).
bool is_supported(std::uint8_t algorithm);
bool is_supported_digest(std::uint8_t digest_type);
std::string_view to_text(Algorithm algorithm);

enum class KeyError : std::uint8_t {
    unsupported,  // the algorithm, an RSA modulus over 4,096 bits or an exponent over 35 bits
    malformed,
};

// A DNSKEY's public key, parsed once: parsing costs as much as a verification. Cheap to copy; may
// be used from several threads.
class PublicKey {
  public:
    // `key` is the public key field of the DNSKEY's rdata.
    static std::expected<PublicKey, KeyError> parse(std::uint8_t algorithm, Octets key);

    // True if `signature` (as in an RRSIG) was made over `data` with this key.
    bool verify(Octets data, Octets signature) const;

    // Of these three together; nothing where no key is read (dnssec/pretence.h).
    std::optional<SignatureMark> mark_of(Octets data, Octets signature) const;

    Algorithm algorithm() const { return algorithm_; }

  private:
    struct Handle;
    PublicKey(Algorithm algorithm, std::shared_ptr<Handle> handle);
    Algorithm algorithm_;
    std::shared_ptr<Handle> handle_;
};

// A private key made from a seed: the same seed gives the same key. For signing zones of the
// simulator and the lab. The RSA algorithms have two keys in all, which are published.
class SigningKey {
  public:
    static std::optional<SigningKey> from_seed(Algorithm algorithm, std::uint64_t seed);

    // The public key field of the DNSKEY.
    const std::vector<std::uint8_t>& public_key() const { return public_key_; }

    Algorithm algorithm() const { return algorithm_; }

    std::vector<std::uint8_t> sign(Octets data) const;

  private:
    struct Handle;
    SigningKey(Algorithm algorithm, std::shared_ptr<const Handle> handle,
               std::vector<std::uint8_t> public_key);
    Algorithm algorithm_;
    std::shared_ptr<const Handle> handle_;
    std::vector<std::uint8_t> public_key_;
};

// Up to 48 octets; nothing for a type that is not supported.
std::optional<std::vector<std::uint8_t>> digest(DigestType type, Octets data);

// RFC 5155 5: H(x | salt), then `iterations` times again.
using Nsec3Hash = std::array<std::uint8_t, 20>;
Nsec3Hash nsec3_hash(Octets canonical_name, Octets salt, std::uint16_t iterations);
// SHA-1 compression calls that nsec3_hash makes for these sizes: what a Budget counts.
int nsec3_blocks(std::size_t name_size, std::size_t salt_size, std::uint16_t iterations);

}  // namespace wend::dnssec
