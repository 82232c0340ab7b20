// Signing, for zones of the simulator: keys come from seeds, RSA keys from a fixed few.
#include <algorithm>
#include <array>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/x509.h>

#include "base/check.h"
#include "base/encoding.h"
#include "base/random.h"
#include "dnssec/algorithms_detail.h"
#include "dnssec/algorithms_rsa_keys.h"

namespace wend::dnssec {
namespace {

std::vector<std::uint8_t> octets_from_seed(std::uint64_t seed, std::size_t size) {
    SeededRandom random(seed);
    std::vector<std::uint8_t> octets(size);
    std::ranges::generate(octets, [&random] { return static_cast<std::uint8_t>(random.next()); });
    return octets;
}

// Group, public point (0x04 X Y) and private scalar.
Owned<EVP_PKEY> make_ec_key(const Curve& curve, Octets point, const BIGNUM* scalar) {
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        !OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name,
                                         0) ||
        !OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                          point.size()) ||
        !OSSL_PARAM_BLD_push_BN_pad(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar, curve.size)) {
        return nullptr;
    }
    return key_from("EC", builder.get(), EVP_PKEY_KEYPAIR);
}

struct MadeKey {
    Owned<EVP_PKEY> key;
    std::vector<std::uint8_t> public_key;
};

MadeKey make_ecdsa(const Curve& curve, std::uint64_t seed) {
    const Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(curve.nid));
    check(group != nullptr, "OpenSSL knows the curve that it said it knows");
    // Shorter than the curve's order by an octet, and not zero: always a scalar.
    std::vector<std::uint8_t> octets = octets_from_seed(seed, curve.size - 1);
    octets.back() |= 1;
    const Owned<BIGNUM> scalar(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
    const Owned<EC_POINT> point(EC_POINT_new(group.get()));
    std::vector<std::uint8_t> encoded(2 * curve.size + 1);
    const bool made =
        EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) == 1 &&
        EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                           encoded.size(), nullptr) == encoded.size();
    check(made, "a scalar times the generator is a point");
    MadeKey key{make_ec_key(curve, encoded, scalar.get()), {encoded.begin() + 1, encoded.end()}};
    check(key.key != nullptr, "a point and its scalar are a key");
    return key;
}

MadeKey make_edwards(int type, std::size_t size, std::uint64_t seed) {
    const std::vector<std::uint8_t> octets = octets_from_seed(seed, size);
    MadeKey key{Owned<EVP_PKEY>(EVP_PKEY_new_raw_private_key(type, nullptr, octets.data(), size)),
                std::vector<std::uint8_t>(size)};
    std::size_t written = size;
    check(
        key.key && EVP_PKEY_get_raw_public_key(key.key.get(), key.public_key.data(), &written) == 1,
        "any octets are a private key of an Edwards curve");
    return key;
}

std::vector<std::uint8_t> number_of(const EVP_PKEY& key, const char* parameter) {
    BIGNUM* raw = nullptr;
    check(EVP_PKEY_get_bn_param(&key, parameter, &raw) == 1, "an RSA key has its numbers");
    const Owned<BIGNUM> number(raw);
    std::vector<std::uint8_t> octets(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), octets.data());
    return octets;
}

MadeKey make_rsa(std::uint64_t seed) {
    std::vector<std::uint8_t> der;
    const std::string_view text = published_rsa_keys[seed % published_rsa_keys.size()];
    check(append_base64(text, Decoding::strict, der), "a published key is base64");
    const std::uint8_t* at = der.data();
    MadeKey made{Owned<EVP_PKEY>(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()))),
                 {}};
    check(made.key != nullptr, "a published key is a key");
    const auto exponent = number_of(*made.key, OSSL_PKEY_PARAM_RSA_E);
    const auto modulus = number_of(*made.key, OSSL_PKEY_PARAM_RSA_N);
    made.public_key.push_back(static_cast<std::uint8_t>(exponent.size()));  // RFC 3110 2
    made.public_key.insert(made.public_key.end(), exponent.begin(), exponent.end());
    made.public_key.insert(made.public_key.end(), modulus.begin(), modulus.end());
    return made;
}

std::vector<std::uint8_t> der_to_ecdsa(const Curve& curve, const std::vector<std::uint8_t>& der) {
    const std::uint8_t* at = der.data();
    const Owned<ECDSA_SIG> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    check(pair != nullptr, "OpenSSL reads the signature that it wrote");
    std::vector<std::uint8_t> signature(2 * curve.size);
    const int size = static_cast<int>(curve.size);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), signature.data(), size);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), signature.data() + curve.size, size);
    return signature;
}

}  // namespace

struct SigningKey::Handle {
    Owned<EVP_PKEY> key;
};

SigningKey::SigningKey(Algorithm algorithm, std::shared_ptr<const Handle> handle,
                       std::vector<std::uint8_t> public_key)
    : algorithm_(algorithm), handle_(std::move(handle)), public_key_(std::move(public_key)) {}

std::optional<SigningKey> SigningKey::from_seed(Algorithm algorithm, std::uint64_t seed) {
    if (!is_supported(static_cast<std::uint8_t>(algorithm))) {
        return std::nullopt;
    }
    MadeKey made;
    if (const Curve* curve = curve_of(algorithm)) {
        made = make_ecdsa(*curve, seed);
    } else if (algorithm == Algorithm::ed25519) {
        made = make_edwards(EVP_PKEY_ED25519, 32, seed);
    } else if (algorithm == Algorithm::ed448) {
        made = make_edwards(EVP_PKEY_ED448, 57, seed);
    } else {
        made = make_rsa(seed);
    }
    return SigningKey(algorithm, std::make_shared<const Handle>(std::move(made.key)),
                      std::move(made.public_key));
}

std::vector<std::uint8_t> SigningKey::sign(Octets data) const {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    std::size_t size = 0;
    check(context &&
              EVP_DigestSignInit_ex(context.get(), nullptr, digest_of(algorithm_), nullptr, nullptr,
                                    handle_->key.get(), nullptr) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) == 1,
          "a key that was made can sign");
    std::vector<std::uint8_t> signature(size);
    check(EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1,
          "a key that was made can sign");
    signature.resize(size);
    const Curve* curve = curve_of(algorithm_);
    return curve == nullptr ? signature : der_to_ecdsa(*curve, signature);
}

}  // namespace wend::dnssec
