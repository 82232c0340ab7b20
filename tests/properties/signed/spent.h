// What validation cost so far, counted by light_keys.cc.
#pragma once
#include <cstdint>

namespace wend::sim {

struct Spent {
    std::uint64_t verifications = 0;
    std::uint64_t nsec3_blocks = 0;
};

Spent& spent();

}  // namespace wend::sim
