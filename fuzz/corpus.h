// The seeds of each fuzz target, made rather than kept: from the files of this project and from
// what its own builder writes.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"

namespace wend::fuzz {

struct Target {
    std::string_view name;  // fuzz_NAME
    std::function<std::string(Octets)> complaint;
    std::vector<std::vector<std::uint8_t>> corpus;
};

// All targets. `source` is the project's own folder, of which files are read.
std::vector<Target> targets(const std::string& source);

}  // namespace wend::fuzz
