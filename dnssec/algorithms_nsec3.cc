// The hash of RFC 5155 5, in a file of its own: a search over small zones may link another one.
#include "base/check.h"
#include "dnssec/algorithms_detail.h"

namespace wend::dnssec {

Nsec3Hash nsec3_hash(Octets canonical_name, Octets salt, std::uint16_t iterations) {
    check(canonical_name.size() <= 255 && salt.size() <= 255,
          "a name and a salt have 255 octets at most");
    static const EVP_MD* const sha1 = digest_method("SHA1");
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    Nsec3Hash hash{};
    Octets input = canonical_name;
    for (unsigned round = 0; round <= iterations; ++round) {
        const bool hashed = context && EVP_DigestInit_ex(context.get(), sha1, nullptr) == 1 &&
                            EVP_DigestUpdate(context.get(), input.data(), input.size()) == 1 &&
                            EVP_DigestUpdate(context.get(), salt.data(), salt.size()) == 1 &&
                            EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
        if (!hashed) {
            return {};  // what no name hashes to: nothing is proved by it
        }
        input = hash;
    }
    return hash;
}

int nsec3_blocks(std::size_t name_size, std::size_t salt_size, std::uint16_t iterations) {
    // A block has 64 octets, 9 of the last are padding and length (FIPS 180-4 5.1.1).
    const auto blocks = [](std::size_t octets) { return static_cast<int>((octets + 9 + 63) / 64); };
    return blocks(name_size + salt_size) + iterations * blocks(20 + salt_size);
}

}  // namespace wend::dnssec
