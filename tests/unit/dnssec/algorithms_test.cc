#include "dnssec/algorithms.h"

#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

using namespace wend;
using namespace wend::dnssec;

namespace {

std::vector<std::uint8_t> from_hex(std::string_view text) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    std::vector<std::uint8_t> octets;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        octets.push_back(static_cast<std::uint8_t>(digit(text[i]) * 16 + digit(text[i + 1])));
    }
    return octets;
}

constexpr std::array all_algorithms = {Algorithm::rsasha1,         Algorithm::rsasha1_nsec3_sha1,
                                       Algorithm::rsasha256,       Algorithm::rsasha512,
                                       Algorithm::ecdsap256sha256, Algorithm::ecdsap384sha384,
                                       Algorithm::ed25519,         Algorithm::ed448};

}  // namespace

TEST_CASE("a key verifies what it signed and nothing else", "[dnssec]") {
    const std::vector<std::uint8_t> data = {1, 2, 3, 4, 5};
    for (const Algorithm algorithm : all_algorithms) {
        CAPTURE(to_text(algorithm));
        const auto signer = SigningKey::from_seed(algorithm, 7);
        REQUIRE(signer);
        const auto key =
            PublicKey::parse(static_cast<std::uint8_t>(algorithm), signer->public_key());
        REQUIRE(key);
        auto signature = signer->sign(data);
        CHECK(key->verify(data, signature));
        const std::vector<std::uint8_t> other = {1, 2, 3, 4, 6};
        CHECK_FALSE(key->verify(other, signature));
        signature[signature.size() / 2] ^= 1;
        CHECK_FALSE(key->verify(data, signature));
        signature.pop_back();
        CHECK_FALSE(key->verify(data, signature));
        CHECK_FALSE(key->verify(data, {}));
        CHECK(SigningKey::from_seed(algorithm, 7)->public_key() == signer->public_key());
        CHECK(SigningKey::from_seed(algorithm, 8)->public_key() != signer->public_key());
    }
}

TEST_CASE("ECDSA numbers of any size are verified", "[dnssec][rfc6605-4]") {
    // Of so many some begin with zeros and half with a bit that DER would read as a sign.
    for (const Algorithm algorithm : {Algorithm::ecdsap256sha256, Algorithm::ecdsap384sha384}) {
        const auto signer = SigningKey::from_seed(algorithm, 3);
        const auto key =
            PublicKey::parse(static_cast<std::uint8_t>(algorithm), signer->public_key());
        REQUIRE(key);
        bool was_short = false;
        for (std::uint8_t i = 0; i < 255 && !was_short; ++i) {
            for (std::uint8_t j = 0; j < 10; ++j) {
                const std::vector<std::uint8_t> data = {i, j};
                const auto signature = signer->sign(data);
                was_short = was_short || signature[0] == 0;
                REQUIRE(key->verify(data, signature));
            }
        }
        CHECK(was_short);
        const std::vector<std::uint8_t> zeros(2 *
                                              (algorithm == Algorithm::ecdsap256sha256 ? 32 : 48));
        CHECK_FALSE(key->verify(std::vector<std::uint8_t>{1}, zeros));
    }
}

TEST_CASE("key, signature and data make a mark of their own", "[dnssec]") {
    const auto one =
        PublicKey::parse(13, SigningKey::from_seed(Algorithm::ecdsap256sha256, 1)->public_key());
    const auto two =
        PublicKey::parse(13, SigningKey::from_seed(Algorithm::ecdsap256sha256, 2)->public_key());
    REQUIRE((one && two));
    const std::vector<std::uint8_t> a = {1, 2, 3};
    const std::vector<std::uint8_t> b = {1, 2};
    const std::vector<std::uint8_t> c = {3, 1, 2, 3};
    const auto mark = one->mark_of(a, b);
    REQUIRE(mark);
    CHECK(one->mark_of(a, b) == mark);
    CHECK(two->mark_of(a, b) != mark);
    CHECK(one->mark_of(b, a) != mark);
    CHECK(one->mark_of(std::vector<std::uint8_t>{2, 3}, std::vector<std::uint8_t>{1, 2, 1}) !=
          mark);
    CHECK(one->mark_of(c, std::vector<std::uint8_t>{1, 2}) != mark);
}

TEST_CASE("a signature's mark is of the key, the data and the signature, each octet of it",
          "[dnssec]") {
    const auto key_of = [](std::uint64_t seed) {
        const auto signer = SigningKey::from_seed(Algorithm::ecdsap256sha256, seed);
        return *PublicKey::parse(13, signer->public_key());
    };
    const std::vector<std::uint8_t> data = {1, 2, 3};
    const std::vector<std::uint8_t> signature = {4, 5};
    const auto mark = key_of(7).mark_of(data, signature);
    REQUIRE(mark);
    CHECK(key_of(7).mark_of(data, signature) == mark);
    CHECK_FALSE(key_of(8).mark_of(data, signature) == mark);
    CHECK_FALSE(key_of(7).mark_of(std::vector<std::uint8_t>{1, 2, 2}, signature) == mark);
    CHECK_FALSE(key_of(7).mark_of(data, std::vector<std::uint8_t>{4, 4}) == mark);
    // The same octets, divided otherwise.
    CHECK_FALSE(key_of(7).mark_of(std::vector<std::uint8_t>{5, 1, 2, 3},
                                  std::vector<std::uint8_t>{4}) == mark);
}

TEST_CASE("keys that are no keys are refused with the reason", "[dnssec][rfc3110-2][rfc6605-4]") {
    const auto error = [](std::uint8_t algorithm, std::vector<std::uint8_t> key) {
        const auto parsed = PublicKey::parse(algorithm, key);
        REQUIRE_FALSE(parsed);
        return parsed.error();
    };
    CHECK(error(13, std::vector<std::uint8_t>(64, 0xff)) == KeyError::malformed);  // off the curve
    CHECK(error(13, std::vector<std::uint8_t>(63, 1)) == KeyError::malformed);
    CHECK(error(15, std::vector<std::uint8_t>(31, 1)) == KeyError::malformed);
    CHECK(error(8, {}) == KeyError::malformed);
    CHECK(error(8, {3, 1, 0, 1}) == KeyError::malformed);
    std::vector<std::uint8_t> rsa(4 + 513, 0xff);
    rsa[0] = 3, rsa[1] = 1, rsa[2] = 0, rsa[3] = 1;
    CHECK(error(8, rsa) == KeyError::unsupported);  // 4,104 bits
    std::vector<std::uint8_t> wide(1 + 5 + 128, 0xff);
    wide[0] = 5;
    CHECK(error(8, wide) == KeyError::unsupported);  // an exponent of 40 bits
    CHECK(error(3, {1, 2, 3}) == KeyError::unsupported);
    CHECK(error(250, {1, 2, 3}) == KeyError::unsupported);
}

TEST_CASE("RSA exponents may have 35 bits", "[dnssec][rfc3110-2]") {
    const auto key_with = [](std::uint8_t first_octet) {
        std::vector<std::uint8_t> key(1 + 5 + 128, 0xff);
        key[0] = 5;
        key[1] = first_octet;
        return PublicKey::parse(8, key);
    };
    CHECK(key_with(0x01));  // 33 bits
    CHECK(key_with(0x07));  // 35
    REQUIRE_FALSE(key_with(0x08));
    CHECK(key_with(0x08).error() == KeyError::unsupported);
}

TEST_CASE("digests are those of FIPS 180-4", "[dnssec]") {
    const std::vector<std::uint8_t> abc = {'a', 'b', 'c'};
    CHECK(digest(DigestType::sha1, abc) == from_hex("a9993e364706816aba3e25717850c26c9cd0d89d"));
    CHECK(digest(DigestType::sha256, abc) ==
          from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK(digest(DigestType::sha384, abc)->size() == 48);
    CHECK_FALSE(is_supported_digest(3));
    CHECK_FALSE(is_supported_digest(0));
}

TEST_CASE("NSEC3 hashes are those of RFC 5155 appendix A", "[dnssec][rfc5155-A]") {
    const auto salt = from_hex("aabbccdd");
    const auto name = from_hex("076578616d706c6500");  // example.
    const Nsec3Hash hash = nsec3_hash(name, salt, 12);
    // 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom in base32hex.
    CHECK(std::vector<std::uint8_t>(hash.begin(), hash.end()) ==
          from_hex("065368abeed7ec6e9feba96b8c8bc3e8b791f716"));
}

TEST_CASE("hash work is counted in blocks of SHA-1", "[dnssec]") {
    CHECK(nsec3_blocks(9, 4, 0) == 1);
    CHECK(nsec3_blocks(9, 4, 12) == 13);
    CHECK(nsec3_blocks(55, 0, 0) == 1);
    CHECK(nsec3_blocks(56, 0, 0) == 2);
    CHECK(nsec3_blocks(255, 255, 1) == 9 + 5);
}
