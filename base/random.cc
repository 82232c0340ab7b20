#include "base/random.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <sys/random.h>

#include "base/check.h"

namespace wend {

std::uint64_t Random::below(std::uint64_t bound) {
    check(bound > 0, "an empty range has nothing to draw from");
    const std::uint64_t unfair = (0 - bound) % bound;  // 2^64 mod bound
    std::uint64_t draw = next();
    while (draw < unfair) {  // at most every second draw on average, whatever the bound
        draw = next();
    }
    return draw % bound;
}

std::uint64_t KernelRandom::next() {
    if (used_ == block_size) {
        auto* to = reinterpret_cast<char*>(block_.data());
        std::size_t left = sizeof block_;
        while (left > 0) {
            const ssize_t got = getrandom(to, left, 0);
            check(got > 0 || errno == EINTR, "the kernel has no random octets");
            if (got > 0) {
                to += got;
                left -= static_cast<std::size_t>(got);
            }
        }
        used_ = 0;
    }
    return std::exchange(block_[used_++], 0);
}

std::uint64_t SeededRandom::next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

}  // namespace wend
