// A short memory of what was lately thrown away unused: 16 bits of hash each, nothing else. Being
// asked for again is what tells a name that people use from one that somebody makes up.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace wend::cache {

// Over somebody else's memory. A false yes (1 in 65,535) costs nothing but a place in the cache.
class Ghosts {
  public:
    // `slots` are all zero.
    explicit Ghosts(std::span<std::uint16_t> slots) : slots_(slots) {}

    void remember(std::uint64_t hash) { slots_[slot(hash)] = mark(hash); }

    // True once for each that was remembered and not pushed out by another.
    bool recall(std::uint64_t hash) {
        if (slots_.empty() || slots_[slot(hash)] != mark(hash)) {
            return false;
        }
        slots_[slot(hash)] = 0;
        return true;
    }

  private:
    std::size_t slot(std::uint64_t hash) const {
        return static_cast<std::size_t>(((hash >> 32) * slots_.size()) >> 32);
    }

    static std::uint16_t mark(std::uint64_t hash) {
        const auto low = static_cast<std::uint16_t>(hash);
        return low == 0 ? std::uint16_t{1} : low;
    }

    std::span<std::uint16_t> slots_;
};

}  // namespace wend::cache
