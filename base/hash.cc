#include "base/hash.h"

#include <bit>
#include <cstring>

#include "base/random.h"

namespace wend {
namespace {

template <int rounds_of_word, int rounds_of_end>
class SipState {
  public:
    explicit SipState(const HashKey& key)
        : v0_(key.k0 ^ 0x736f6d6570736575U),
          v1_(key.k1 ^ 0x646f72616e646f6dU),
          v2_(key.k0 ^ 0x6c7967656e657261U),
          v3_(key.k1 ^ 0x7465646279746573U) {}

    void absorb(std::uint64_t word) {
        v3_ ^= word;
        for (int i = 0; i < rounds_of_word; ++i) {
            round();
        }
        v0_ ^= word;
    }

    std::uint64_t finish() {
        v2_ ^= 0xff;
        for (int i = 0; i < rounds_of_end; ++i) {
            round();
        }
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

  private:
    void round() {
        v0_ += v1_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v3_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ += v3_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ += v1_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_, v1_, v2_, v3_;
};

// At most eight octets, the first of them the lowest.
std::uint64_t load_little_endian(Octets octets) {
    std::uint64_t word = 0;
    for (std::size_t i = octets.size(); i > 0; --i) {
        word = word << 8 | octets[i - 1];
    }
    return word;
}

// Sets bit 5 of each octet that is an ASCII upper-case letter, eight at a time.
std::uint64_t fold_word(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    const std::uint64_t low7 = word & (0x7f * ones);
    const std::uint64_t at_least_a = low7 + (0x80 - 'A') * ones;
    const std::uint64_t above_z = low7 + (0x80 - 'Z' - 1) * ones;
    const std::uint64_t upper = (at_least_a & ~above_z & ~word) & (0x80 * ones);
    return word | (upper >> 2);
}

}  // namespace

HashKey HashKey::draw(Random& random) {
    HashKey key;
    key.k0 = random.next();
    key.k1 = random.next();
    return key;
}

namespace {

// The last octets, fewer than eight: of a longer text they are the upper part of a whole word.
std::uint64_t load_rest(Octets octets, std::size_t rest) {
    const bool is_upper_part = std::endian::native == std::endian::little && octets.size() >= 8;
    if (is_upper_part && rest > 0) {
        return load_host<std::uint64_t>(octets.data() + octets.size() - 8) >> (64 - 8 * rest);
    }
    return load_little_endian(octets.last(rest));
}

template <bool fold_case>
std::uint64_t siphash_1_3(const HashKey& key, Octets octets, std::uint64_t tweak) {
    SipState<1, 3> state(key);
    const std::size_t rest = octets.size() % 8;
    const std::uint8_t* const end = octets.data() + (octets.size() - rest);
    for (const std::uint8_t* at = octets.data(); at != end; at += 8) {
        const std::uint64_t word = load_host<std::uint64_t>(at);
        state.absorb(fold_case ? fold_word(word) : word);
    }
    const std::uint64_t last = load_rest(octets, rest);
    state.absorb((fold_case ? fold_word(last) : last) | static_cast<std::uint64_t>(octets.size())
                                                            << 56);
    state.absorb(tweak);
    return state.finish();
}

}  // namespace

std::uint64_t siphash(const HashKey& key, Octets octets, std::uint64_t tweak, bool fold_case) {
    return fold_case ? siphash_1_3<true>(key, octets, tweak)
                     : siphash_1_3<false>(key, octets, tweak);
}

std::uint64_t siphash_2_4(const HashKey& key, Octets octets) {
    SipState<2, 4> state(key);
    std::size_t at = 0;
    for (; at + 8 <= octets.size(); at += 8) {
        state.absorb(load_little_endian(octets.subspan(at, 8)));
    }
    const std::uint64_t size = static_cast<std::uint64_t>(octets.size()) << 56;
    state.absorb(load_little_endian(octets.subspan(at)) | size);
    return state.finish();
}

}  // namespace wend
