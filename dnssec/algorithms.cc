#include "dnssec/algorithms.h"

#include <algorithm>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include "base/check.h"
#include "dnssec/algorithms_detail.h"
#include "dnssec/pretence.h"

namespace wend::dnssec {
namespace {

constexpr std::size_t rsa_modulus_octets_max = 512;  // 4,096 bits (docs/limits.md)
constexpr int rsa_exponent_bits_max = 35;            // 2^32 + 1 was a signer's choice for years
constexpr std::size_t rsa_modulus_octets_min = 64;   // 512 bits (RFC 3110 2, RFC 5702 2.1)

bool has_digest(const char* name) {
    return Owned<EVP_MD>(EVP_MD_fetch(nullptr, name, nullptr)) != nullptr;
}

bool has_signature(const char* name) {
    return Owned<EVP_SIGNATURE>(EVP_SIGNATURE_fetch(nullptr, name, nullptr)) != nullptr;
}

bool provider_offers(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rsasha1:
        case Algorithm::rsasha1_nsec3_sha1:
        case Algorithm::rsasha256:
        case Algorithm::rsasha512:
            return has_signature("RSA") && has_digest(digest_of(algorithm));
        case Algorithm::ecdsap256sha256:
        case Algorithm::ecdsap384sha384:
            return has_signature("ECDSA") && has_digest(digest_of(algorithm));
        case Algorithm::ed25519:
            return has_signature("ED25519");
        case Algorithm::ed448:
            return has_signature("ED448");
    }
    return false;
}

const char* digest_name(DigestType type) {
    switch (type) {
        case DigestType::sha1:
            return "SHA1";
        case DigestType::sha256:
            return "SHA256";
        case DigestType::sha384:
            return "SHA384";
    }
    return nullptr;
}

Owned<EVP_PKEY> key_from(const char* type, OSSL_PARAM_BLD* builder, int selection) {
    const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) <= 0) {
        return nullptr;
    }
    return Owned<EVP_PKEY>(key);
}

// RFC 3110 2: exponent length in one octet, or zero and two; exponent; modulus.
std::expected<Owned<EVP_PKEY>, KeyError> parse_rsa(Octets key) {
    if (key.size() < 3) {
        return std::unexpected(KeyError::malformed);
    }
    std::size_t exponent_size = key[0];
    key = key.subspan(1);
    if (exponent_size == 0) {
        exponent_size = load_u16(key, 0);
        key = key.subspan(2);
    }
    if (exponent_size == 0 || key.size() <= exponent_size) {
        return std::unexpected(KeyError::malformed);
    }
    Octets exponent = key.first(exponent_size);
    Octets modulus = key.subspan(exponent_size);
    const auto skip_zeros = [](Octets number) {
        const auto first = std::ranges::find_if(number, [](auto octet) { return octet != 0; });
        return number.subspan(static_cast<std::size_t>(first - number.begin()));
    };
    exponent = skip_zeros(exponent);
    modulus = skip_zeros(modulus);
    if (modulus.size() > rsa_modulus_octets_max || exponent.size() > rsa_modulus_octets_max) {
        return std::unexpected(KeyError::unsupported);
    }
    if (modulus.size() < rsa_modulus_octets_min || exponent.empty()) {
        return std::unexpected(KeyError::malformed);
    }
    const Owned<BIGNUM> n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
    const Owned<BIGNUM> e(BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr));
    if (e && BN_num_bits(e.get()) > rsa_exponent_bits_max) {
        return std::unexpected(KeyError::unsupported);
    }
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder ||
        !OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) ||
        !OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get())) {
        return std::unexpected(KeyError::malformed);
    }
    auto made = key_from("RSA", builder.get(), EVP_PKEY_PUBLIC_KEY);
    if (!made) {
        return std::unexpected(KeyError::malformed);
    }
    return made;
}

// RFC 6605 4: the point's two coordinates without the leading 4.
std::expected<Owned<EVP_PKEY>, KeyError> parse_ecdsa(const Curve& curve, Octets key) {
    if (key.size() != 2 * curve.size) {
        return std::unexpected(KeyError::malformed);
    }
    std::array<std::uint8_t, 97> point{4};
    std::ranges::copy(key, point.begin() + 1);
    auto made = make_ec_key(curve, Octets(point).first(key.size() + 1), nullptr);
    if (!made) {
        return std::unexpected(KeyError::malformed);  // also where the point is off the curve
    }
    return made;
}

std::expected<Owned<EVP_PKEY>, KeyError> parse_edwards(int type, Octets key) {
    Owned<EVP_PKEY> made(EVP_PKEY_new_raw_public_key(type, nullptr, key.data(), key.size()));
    if (!made) {
        return std::unexpected(KeyError::malformed);
    }
    return made;
}

// OpenSSL wants r and s in DER; the DNS has them side by side (RFC 6605 4).
std::vector<std::uint8_t> ecdsa_to_der(const Curve& curve, Octets signature) {
    if (signature.size() != 2 * curve.size) {
        return {};
    }
    const int size = static_cast<int>(curve.size);
    const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
    Owned<BIGNUM> r(BN_bin2bn(signature.data(), size, nullptr));
    Owned<BIGNUM> s(BN_bin2bn(signature.data() + curve.size, size, nullptr));
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
        return {};
    }
    std::ignore = r.release();  // the pair owns them
    std::ignore = s.release();
    const int length = i2d_ECDSA_SIG(pair.get(), nullptr);
    std::vector<std::uint8_t> der(length > 0 ? static_cast<std::size_t>(length) : 0);
    std::uint8_t* at = der.data();
    i2d_ECDSA_SIG(pair.get(), &at);
    return der;
}

}  // namespace

struct PublicKey::Handle {
    Owned<EVP_PKEY> key;
};

const Curve* curve_of(Algorithm algorithm) {
    static constexpr Curve p256{32, NID_X9_62_prime256v1, "P-256"};
    static constexpr Curve p384{48, NID_secp384r1, "P-384"};
    if (algorithm == Algorithm::ecdsap256sha256) {
        return &p256;
    }
    return algorithm == Algorithm::ecdsap384sha384 ? &p384 : nullptr;
}

const char* digest_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rsasha1:
        case Algorithm::rsasha1_nsec3_sha1:
            return "SHA1";
        case Algorithm::rsasha256:
        case Algorithm::ecdsap256sha256:
            return "SHA256";
        case Algorithm::ecdsap384sha384:
            return "SHA384";
        case Algorithm::rsasha512:
            return "SHA512";
        case Algorithm::ed25519:
        case Algorithm::ed448:
            return nullptr;
    }
    return nullptr;
}

Owned<EVP_PKEY> make_ec_key(const Curve& curve, Octets point, const BIGNUM* scalar) {
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        !OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name,
                                         0) ||
        !OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size())) {
        return nullptr;
    }
    if (scalar != nullptr &&
        !OSSL_PARAM_BLD_push_BN_pad(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar, curve.size)) {
        return nullptr;
    }
    return key_from("EC", builder.get(),
                    scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR);
}

bool is_supported(std::uint8_t algorithm) {
    static const std::array<bool, 256> table = [] {
        std::array<bool, 256> offered{};
        for (const int number : {5, 7, 8, 10, 13, 14, 15, 16}) {
            offered[static_cast<std::size_t>(number)] =
                provider_offers(static_cast<Algorithm>(number));
        }
        return offered;
    }();
    return table[algorithm] || is_pretended(algorithm);
}

bool is_supported_digest(std::uint8_t digest_type) {
    static const std::array<bool, 5> table = {false, has_digest("SHA1"), has_digest("SHA256"),
                                              false, has_digest("SHA384")};
    return digest_type < table.size() && table[digest_type];
}

std::string_view to_text(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rsasha1:
            return "RSASHA1";
        case Algorithm::rsasha1_nsec3_sha1:
            return "RSASHA1-NSEC3-SHA1";
        case Algorithm::rsasha256:
            return "RSASHA256";
        case Algorithm::rsasha512:
            return "RSASHA512";
        case Algorithm::ecdsap256sha256:
            return "ECDSAP256SHA256";
        case Algorithm::ecdsap384sha384:
            return "ECDSAP384SHA384";
        case Algorithm::ed25519:
            return "ED25519";
        case Algorithm::ed448:
            return "ED448";
    }
    return "an unknown algorithm";
}

PublicKey::PublicKey(Algorithm algorithm, std::shared_ptr<const Handle> handle)
    : algorithm_(algorithm), handle_(std::move(handle)) {}

std::expected<PublicKey, KeyError> PublicKey::parse(std::uint8_t algorithm, Octets key) {
    if (!is_supported(algorithm)) {
        return std::unexpected(KeyError::unsupported);
    }
    const auto which = static_cast<Algorithm>(algorithm);
    if (is_pretended(algorithm)) {
        return PublicKey(which, nullptr);
    }
    std::expected<Owned<EVP_PKEY>, KeyError> made = nullptr;
    if (const Curve* curve = curve_of(which)) {
        made = parse_ecdsa(*curve, key);
    } else if (which == Algorithm::ed25519) {
        made = parse_edwards(EVP_PKEY_ED25519, key);
    } else if (which == Algorithm::ed448) {
        made = parse_edwards(EVP_PKEY_ED448, key);
    } else {
        made = parse_rsa(key);
    }
    if (!made) {
        return std::unexpected(made.error());
    }
    return PublicKey(which, std::make_shared<const Handle>(std::move(*made)));
}

bool PublicKey::verify(Octets data, Octets signature) const {
    if (handle_ == nullptr) {
        return !signature.empty() && is_pretended(static_cast<std::uint8_t>(algorithm_));
    }
    std::vector<std::uint8_t> der;
    if (const Curve* curve = curve_of(algorithm_)) {
        der = ecdsa_to_der(*curve, signature);
        signature = der;
    }
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    return !signature.empty() && context &&
           EVP_DigestVerifyInit_ex(context.get(), nullptr, digest_of(algorithm_), nullptr, nullptr,
                                   handle_->key.get(), nullptr) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(),
                            data.size()) == 1;
}

std::optional<std::vector<std::uint8_t>> digest(DigestType type, Octets data) {
    if (!is_supported_digest(static_cast<std::uint8_t>(type))) {
        return std::nullopt;
    }
    std::vector<std::uint8_t> out(EVP_MAX_MD_SIZE);
    std::size_t size = 0;
    if (EVP_Q_digest(nullptr, digest_name(type), nullptr, data.data(), data.size(), out.data(),
                     &size) != 1) {
        return std::nullopt;
    }
    out.resize(size);
    return out;
}

}  // namespace wend::dnssec
