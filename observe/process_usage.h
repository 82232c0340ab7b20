// What the kernel says of a process (proc(5)).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace wend {

struct ProcessUsage {
    double user_seconds = 0;
    double system_seconds = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t threads = 0;
    std::uint64_t open_files = 0;      // 0: not told
    std::uint64_t open_files_max = 0;  // the same
};

// Of the text of /proc/PID/stat: all but the files. Pure.
std::optional<ProcessUsage> usage_from_stat(std::string_view stat, double ticks_per_second,
                                            std::uint64_t page_size);

// Nothing if there is no such process. Files are told of a process of the same user only.
std::optional<ProcessUsage> read_usage(std::uint64_t pid);

}  // namespace wend
