// All chance comes through Random: the kernel's generator when we serve, a seeded one in the
// simulator. Ids, ports, letter case, server choice and hash keys are drawn from it (RFC 5452 4.5).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace wend {

class Random {
  public:
    Random() = default;
    Random(const Random&) = delete;
    Random& operator=(const Random&) = delete;
    Random(Random&&) = delete;
    Random& operator=(Random&&) = delete;
    virtual ~Random() = default;

    virtual std::uint64_t next() = 0;

    // Uniform over [0, bound); bound > 0. Without bias: draws again where a remainder would favour
    // small values.
    std::uint64_t below(std::uint64_t bound);

    bool chance(unsigned percent) { return below(100) < percent; }
};

// Octets of getrandom(2), fetched in blocks and wiped as they are used: what was drawn cannot be
// recomputed, and what will be drawn cannot be foreseen. One thread.
class KernelRandom final : public Random {
  public:
    std::uint64_t next() override;

  private:
    static constexpr std::size_t block_size = 512;
    std::array<std::uint64_t, block_size> block_{};
    std::size_t used_ = block_size;
};

// splitmix64: the same numbers from the same seed on every compiler. For simulation and tests only.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() override;

  private:
    std::uint64_t state_;
};

}  // namespace wend
