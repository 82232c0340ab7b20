// How much memory this process may use.
#pragma once
#include <cstddef>
#include <optional>
#include <string>

namespace wend {

// In octets: the least of what the machine has and of what its control groups (cgroup v2, or the
// memory controller of v1) allow. Nothing where the kernel tells neither. `root` stands in front of
// /proc and /sys.
std::optional<std::size_t> memory_allowed(const std::string& root = {});

}  // namespace wend
