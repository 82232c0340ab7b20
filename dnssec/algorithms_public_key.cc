// Public keys: read from DNSKEY records, and put to use.
#include <algorithm>
#include <array>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "base/check.h"
#include "base/thread_annotations.h"
#include "dnssec/algorithms_detail.h"
#include "dnssec/pretence.h"

namespace wend::dnssec {
namespace {

constexpr std::size_t rsa_modulus_octets_max = 512;  // 4,096 bits (docs/limits.md)
constexpr int rsa_exponent_bits_max = 35;            // 2^32 + 1 was a signer's choice for years
constexpr std::size_t rsa_modulus_octets_min = 64;   // 512 bits (RFC 3110 2, RFC 5702 2.1)

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

// A key of the curve that has no point yet. Null if the provider lacks the curve.
Owned<EVP_PKEY> curve_alone(const Curve& curve) {
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    if (!builder || !OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                     curve.name, 0)) {
        return nullptr;
    }
    return key_from("EC", builder.get(), EVP_PKEY_KEY_PARAMETERS);
}

// RFC 6605 4: the point's two coordinates without the leading 4. The curve is set up once and
// copied: OpenSSL takes four times as long to set it up as to read the point.
std::expected<Owned<EVP_PKEY>, KeyError> parse_ecdsa(const Curve& curve, Octets key) {
    static const Owned<EVP_PKEY> p256 = curve_alone(*curve_of(Algorithm::ecdsap256sha256));
    static const Owned<EVP_PKEY> p384 = curve_alone(*curve_of(Algorithm::ecdsap384sha384));
    if (key.size() != 2 * curve.size) {
        return std::unexpected(KeyError::malformed);
    }
    std::array<std::uint8_t, 97> point{4};
    std::ranges::copy(key, point.begin() + 1);
    const bool is_p256 = &curve == curve_of(Algorithm::ecdsap256sha256);
    Owned<EVP_PKEY> made(EVP_PKEY_new());
    if (!made || EVP_PKEY_copy_parameters(made.get(), (is_p256 ? p256 : p384).get()) != 1 ||
        EVP_PKEY_set1_encoded_public_key(made.get(), point.data(), key.size() + 1) != 1) {
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

// A signature in DER: a SEQUENCE of two INTEGERs.
struct DerSignature {
    // Tag and length of three parts, two numbers of the larger curve with a sign octet each.
    std::array<std::uint8_t, 3 * 2 + 2 * 49> octets{};
    std::size_t size = 0;  // 0: it is no signature of that curve

    Octets view() const { return Octets(octets).first(size); }

    void append_integer(Octets number) {
        while (number.size() > 1 && number[0] == 0) {
            number = number.subspan(1);
        }
        const bool needs_sign = (number[0] & 0x80U) != 0;
        octets[size++] = 0x02;
        octets[size++] = static_cast<std::uint8_t>(number.size() + (needs_sign ? 1 : 0));
        size += needs_sign ? 1 : 0;  // a zero is there already
        std::ranges::copy(number, octets.begin() + static_cast<std::ptrdiff_t>(size));
        size += number.size();
    }
};

// OpenSSL wants r and s in DER (X.690 8.3, 10.1); the DNS has them side by side (RFC 6605 4).
DerSignature ecdsa_to_der(const Curve& curve, Octets signature) {
    DerSignature der;
    if (signature.size() != 2 * curve.size) {
        return der;
    }
    der.size = 2;
    der.append_integer(signature.first(curve.size));
    der.append_integer(signature.subspan(curve.size));
    der.octets[0] = 0x30;
    der.octets[1] = static_cast<std::uint8_t>(der.size - 2);
    return der;
}

// Ready to verify digests with, any number of times. Null where the algorithm hashes by itself.
Owned<EVP_PKEY_CTX> verifier_of(Algorithm algorithm, EVP_PKEY* key) {
    const char* digest = digest_of(algorithm);
    if (digest == nullptr) {
        return nullptr;
    }
    Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context.get(), digest_method(digest)) != 1) {
        return nullptr;
    }
    return context;
}

}  // namespace

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

struct PublicKey::Handle {
    Handle(Algorithm algorithm, Octets record, Owned<EVP_PKEY> parsed)
        : octets(record.begin(), record.end()),
          key(std::move(parsed)),
          verifier(verifier_of(algorithm, key.get())) {}

    std::vector<std::uint8_t> octets;  // as in the record
    Owned<EVP_PKEY> key;
    Mutex mutex;
    Owned<EVP_PKEY_CTX> verifier WEND_GUARDED_BY(mutex);
};

PublicKey::PublicKey(Algorithm algorithm, std::shared_ptr<Handle> handle)
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
    return PublicKey(which, std::make_shared<Handle>(which, key, std::move(*made)));
}

std::optional<SignatureMark> PublicKey::mark_of(Octets data, Octets signature) const {
    if (handle_ == nullptr) {
        return std::nullopt;
    }
    // The sizes come first, so that no octet can pass for one of another part.
    std::vector<std::uint8_t> all(5);
    all[0] = static_cast<std::uint8_t>(algorithm_);
    store_u16(all, 1, static_cast<std::uint16_t>(handle_->octets.size()));
    store_u16(all, 3, static_cast<std::uint16_t>(signature.size()));
    all.reserve(all.size() + handle_->octets.size() + signature.size() + data.size());
    all.insert(all.end(), handle_->octets.begin(), handle_->octets.end());
    all.insert(all.end(), signature.begin(), signature.end());
    all.insert(all.end(), data.begin(), data.end());
    const Hashed hashed = hash_with(digest_method("SHA256"), all);
    SignatureMark mark{};
    if (hashed.size != mark.size()) {
        return std::nullopt;
    }
    std::ranges::copy(hashed.view(), mark.begin());
    return mark;
}

bool PublicKey::verify(Octets data, Octets signature) const {
    if (handle_ == nullptr) {
        return !signature.empty() && is_pretended(static_cast<std::uint8_t>(algorithm_));
    }
    if (signature.empty()) {
        return false;
    }
    const char* digest = digest_of(algorithm_);
    if (digest == nullptr) {
        const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
        return context &&
               EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr,
                                       handle_->key.get(), nullptr) == 1 &&
               EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(),
                                data.size()) == 1;
    }
    DerSignature der;
    if (const Curve* curve = curve_of(algorithm_)) {
        der = ecdsa_to_der(*curve, signature);
        signature = der.view();
    }
    const Hashed hashed = hash_with(digest_method(digest), data);
    const MutexLock lock(handle_->mutex);
    return !signature.empty() && hashed.size > 0 && handle_->verifier &&
           EVP_PKEY_verify(handle_->verifier.get(), signature.data(), signature.size(),
                           hashed.octets.data(), hashed.size) == 1;
}

}  // namespace wend::dnssec
