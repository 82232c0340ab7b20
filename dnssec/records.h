// The records of the DNSSEC as typed views of their rdata (RFC 4034, RFC 5155). Pure.
#pragma once
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::dnssec {

// RFC 4034 4.1.2. `octets` were checked when the message was parsed.
class TypeBitmap {
  public:
    TypeBitmap() = default;

    explicit TypeBitmap(Octets octets) : octets_(octets) {}

    bool contains(dns::Type type) const;

    bool is_empty() const { return octets_.empty(); }

  private:
    Octets octets_;
};

// Each read() takes rdata that is valid for its type (dns::is_valid_rdata); nothing where a field
// is of a size that the validator cannot use.

struct Rrsig {
    dns::Type covered{};
    std::uint8_t algorithm = 0;
    std::uint8_t labels = 0;
    std::uint32_t original_ttl = 0;  // seconds
    std::uint32_t expiration = 0;    // seconds since 1970, modulo 2^32
    std::uint32_t inception = 0;
    std::uint16_t key_tag = 0;
    dns::NameView signer;
    Octets signature;
    Octets before_signer;  // the fixed fields, as they are signed

    static Rrsig read(Octets rdata);
};

struct Dnskey {
    std::uint16_t flags = 0;
    std::uint8_t protocol = 0;
    std::uint8_t algorithm = 0;
    Octets key;
    std::uint16_t tag = 0;  // RFC 4034 B

    static Dnskey read(Octets rdata);

    // RFC 4034 2.1.1, 2.1.2: may it sign the zone's data?
    bool is_zone_key() const { return (flags & 0x0100U) != 0 && protocol == 3; }

    bool is_revoked() const { return (flags & 0x0080U) != 0; }  // RFC 5011 3

    bool is_secure_entry_point() const { return (flags & 0x0001U) != 0; }
};

struct Ds {
    std::uint16_t key_tag = 0;
    std::uint8_t algorithm = 0;
    std::uint8_t digest_type = 0;
    Octets digest;

    static Ds read(Octets rdata);
};

struct Nsec {
    dns::NameView next;
    TypeBitmap types;

    static Nsec read(Octets rdata);
};

struct Nsec3 {
    std::uint8_t hash_algorithm = 0;
    std::uint8_t flags = 0;
    std::uint16_t iterations = 0;
    Octets salt;
    Octets next;  // hashed
    TypeBitmap types;

    static Nsec3 read(Octets rdata);

    bool is_opt_out() const { return (flags & 0x01U) != 0; }
};

std::uint16_t key_tag(Octets dnskey_rdata);

}  // namespace wend::dnssec
