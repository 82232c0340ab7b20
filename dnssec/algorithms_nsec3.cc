// The hash of RFC 5155 5, in a file of its own: a search over small zones may link another one.
#include <algorithm>
#include <array>

#include <openssl/sha.h>

#include "base/check.h"
#include "dnssec/algorithms.h"

namespace wend::dnssec {

Nsec3Hash nsec3_hash(Octets canonical_name, Octets salt, std::uint16_t iterations) {
    check(canonical_name.size() <= 255 && salt.size() <= 255,
          "a name and a salt have 255 octets at most");
    std::array<std::uint8_t, 510> input{};
    Nsec3Hash hash{};
    auto end = std::ranges::copy(canonical_name, input.begin()).out;
    end = std::ranges::copy(salt, end).out;
    SHA1(input.data(), static_cast<std::size_t>(end - input.begin()), hash.data());
    for (unsigned round = 0; round < iterations; ++round) {
        end = std::ranges::copy(hash, input.begin()).out;
        end = std::ranges::copy(salt, end).out;
        SHA1(input.data(), static_cast<std::size_t>(end - input.begin()), hash.data());
    }
    return hash;
}

int nsec3_blocks(std::size_t name_size, std::size_t salt_size, std::uint16_t iterations) {
    // A block has 64 octets, 9 of the last are padding and length (FIPS 180-4 5.1.1).
    const auto blocks = [](std::size_t octets) { return static_cast<int>((octets + 9 + 63) / 64); };
    return blocks(name_size + salt_size) + iterations * blocks(20 + salt_size);
}

}  // namespace wend::dnssec
