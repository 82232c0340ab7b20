// SipHash-1-3 with a secret key: names chosen by others cannot be made to collide on purpose.
#pragma once
#include <cstdint>

#include "base/octets.h"

namespace wend {

class Random;

struct HashKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;

    static HashKey draw(Random& random);
};

// Folds ASCII upper case to lower case first if `fold_case`, so that equal names hash alike
// (RFC 4343). `tweak` is mixed in as if it were eight more octets: a type, a class, a kind.
std::uint64_t siphash(const HashKey& key, Octets octets, std::uint64_t tweak, bool fold_case);

// A hash with a secret key made into another one, as secret, for each tweak.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t tweak) {
    std::uint64_t mixed = hash + tweak * 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;  // splitmix64's finisher
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31);
}

// SipHash-2-4 as its authors define it, for hashes that others must be able to make too (RFC 9018):
// the key's halves and the result are little-endian.
std::uint64_t siphash_2_4(const HashKey& key, Octets octets);

}  // namespace wend
