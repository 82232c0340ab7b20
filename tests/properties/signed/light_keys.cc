// Keys, signatures and hashes of names that cost next to nothing, in place of
// dnssec/algorithms_public_key.cc, algorithms_sign.cc and algorithms_nsec3.cc. A signature is a
// hash of the key and the data: whoever has the public key could make one, but no attacker of these
// searches does, unless he is given the key.
#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/random.h"
#include "dnssec/algorithms.h"
#include "tests/properties/signed/spent.h"

namespace wend::sim {

Spent& spent() {
    static Spent so_far;
    return so_far;
}

}  // namespace wend::sim

namespace wend::dnssec {
namespace {

constexpr std::size_t key_octets = 32;
constexpr std::size_t signature_octets = 64;

std::uint64_t hash_of(std::uint64_t start, Octets octets) {
    const HashKey key{start, octets.size()};
    return siphash(key, octets, start, false);
}

void append_u64(std::uint64_t value, std::vector<std::uint8_t>& to) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        to.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

std::vector<std::uint8_t> signature_over(Algorithm algorithm, Octets key, Octets data) {
    const std::uint64_t whose = hash_of(static_cast<std::uint8_t>(algorithm), key);
    std::uint64_t word = hash_of(whose, data);
    std::vector<std::uint8_t> signature;
    signature.reserve(signature_octets);
    while (signature.size() < signature_octets) {
        append_u64(word, signature);
        word = mix(word, whose);
    }
    return signature;
}

}  // namespace

struct PublicKey::Handle {
    std::vector<std::uint8_t> octets;
};

PublicKey::PublicKey(Algorithm algorithm, std::shared_ptr<Handle> handle)
    : algorithm_(algorithm), handle_(std::move(handle)) {}

std::expected<PublicKey, KeyError> PublicKey::parse(std::uint8_t algorithm, Octets key) {
    if (!is_supported(algorithm)) {
        return std::unexpected(KeyError::unsupported);
    }
    if (key.size() != key_octets) {
        return std::unexpected(KeyError::malformed);
    }
    auto handle = std::make_shared<Handle>();
    handle->octets.assign(key.begin(), key.end());
    return PublicKey(Algorithm{algorithm}, std::move(handle));
}

std::optional<SignatureMark> PublicKey::mark_of(Octets data, Octets signature) const {
    SignatureMark mark{};
    std::vector<std::uint8_t> words;
    std::uint64_t word = hash_of(static_cast<std::uint8_t>(algorithm_), handle_->octets);
    for (const Octets part : {data, signature, data, signature}) {
        word = hash_of(word, part);
        append_u64(word, words);
    }
    std::ranges::copy(words, mark.begin());
    return mark;
}

bool PublicKey::verify(Octets data, Octets signature) const {
    ++sim::spent().verifications;
    return std::ranges::equal(signature_over(algorithm_, handle_->octets, data), signature);
}

struct SigningKey::Handle {};

SigningKey::SigningKey(Algorithm algorithm, std::shared_ptr<const Handle> handle,
                       std::vector<std::uint8_t> public_key)
    : algorithm_(algorithm), handle_(std::move(handle)), public_key_(std::move(public_key)) {}

std::optional<SigningKey> SigningKey::from_seed(Algorithm algorithm, std::uint64_t seed) {
    if (!is_supported(static_cast<std::uint8_t>(algorithm))) {
        return std::nullopt;
    }
    SeededRandom random(seed);
    std::vector<std::uint8_t> octets(key_octets);
    std::ranges::generate(octets, [&random] { return static_cast<std::uint8_t>(random.next()); });
    return SigningKey(algorithm, nullptr, std::move(octets));
}

std::vector<std::uint8_t> SigningKey::sign(Octets data) const {
    return signature_over(algorithm_, public_key_, data);
}

Nsec3Hash nsec3_hash(Octets canonical_name, Octets salt, std::uint16_t iterations) {
    const std::uint64_t salted = hash_of(iterations, salt);
    std::vector<std::uint8_t> octets;
    std::uint64_t word = hash_of(salted, canonical_name);
    while (octets.size() < std::tuple_size_v<Nsec3Hash>) {
        append_u64(word, octets);
        word = mix(word, salted);
    }
    Nsec3Hash hash{};
    std::copy_n(octets.begin(), hash.size(), hash.begin());
    return hash;
}

// As many as SHA-1 takes. Asked for only where a meter is to pay them.
int nsec3_blocks(std::size_t name_size, std::size_t salt_size, std::uint16_t iterations) {
    constexpr std::size_t block = 64;
    constexpr std::size_t padding = 9;
    const auto blocks_of = [](std::size_t octets) {
        return static_cast<int>((octets + padding + block - 1) / block);
    };
    const int blocks = blocks_of(name_size + salt_size) +
                       iterations * blocks_of(std::tuple_size_v<Nsec3Hash> + salt_size);
    sim::spent().nsec3_blocks += static_cast<std::uint64_t>(blocks);
    return blocks;
}

}  // namespace wend::dnssec
