// What the files of algorithms.h share.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "dnssec/algorithms.h"

namespace wend::dnssec {

struct FreeOpenssl {
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }

    void operator()(EVP_PKEY_CTX* p) const noexcept { EVP_PKEY_CTX_free(p); }

    void operator()(EVP_MD_CTX* p) const noexcept { EVP_MD_CTX_free(p); }

    void operator()(EVP_MD* p) const noexcept { EVP_MD_free(p); }

    void operator()(EVP_SIGNATURE* p) const noexcept { EVP_SIGNATURE_free(p); }

    void operator()(OSSL_PARAM_BLD* p) const noexcept { OSSL_PARAM_BLD_free(p); }

    void operator()(OSSL_PARAM* p) const noexcept { OSSL_PARAM_free(p); }

    void operator()(BIGNUM* p) const noexcept { BN_clear_free(p); }

    void operator()(ECDSA_SIG* p) const noexcept { ECDSA_SIG_free(p); }

    void operator()(EC_GROUP* p) const noexcept { EC_GROUP_free(p); }

    void operator()(EC_POINT* p) const noexcept { EC_POINT_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

// The two curves of RFC 6605: a coordinate's octets, the names that OpenSSL knows.
struct Curve {
    std::size_t size;
    int nid;
    const char* name;
};

// Null for an algorithm that is not ECDSA.
const Curve* curve_of(Algorithm algorithm);
// The digest's name, or null where the algorithm hashes by itself (RFC 8080).
const char* digest_of(Algorithm algorithm);
// OpenSSL's own object for it, fetched from the provider once: to fetch it for each use costs more
// than the digest of a name. Null if the provider has none of that name.
const EVP_MD* digest_method(std::string_view name);

struct Hashed {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> octets{};
    std::size_t size = 0;  // 0: the provider failed

    Octets view() const { return Octets(octets).first(size); }
};

Hashed hash_with(const EVP_MD* method, Octets data);

// A key from what `builder` holds. Null if it is none.
Owned<EVP_PKEY> key_from(const char* type, OSSL_PARAM_BLD* builder, int selection);

}  // namespace wend::dnssec
