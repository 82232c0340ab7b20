#include "observe/process_usage.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

namespace wend {
namespace {

std::string read_whole(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(' '); at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(' ', end);
    }
    return words;
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::uint64_t count_files(const std::string& folder) {
    std::error_code error;
    std::uint64_t count = 0;
    std::filesystem::directory_iterator each(folder, error);
    for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
        ++count;
    }
    return count;
}

std::uint64_t limit_of_files(std::string_view limits) {
    constexpr std::string_view name = "Max open files";
    const std::size_t at = limits.find(name);
    if (at == std::string_view::npos) {
        return 0;
    }
    const auto words = words_of(limits.substr(at + name.size(), 80));
    return words.empty() ? 0 : number_of(words.front());
}

}  // namespace

// The second word is the program's name in brackets, which may have any octets in it.
std::optional<ProcessUsage> usage_from_stat(std::string_view stat, double ticks_per_second,
                                            std::uint64_t page_size) {
    constexpr std::size_t first_word = 3;  // behind the name, as proc(5) counts
    const std::size_t name_end = stat.rfind(") ");
    if (name_end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto words = words_of(stat.substr(name_end + 2));
    const auto word = [&](std::size_t number) { return number_of(words[number - first_word]); };
    constexpr std::size_t last_word = 24;
    if (words.size() <= last_word - first_word) {
        return std::nullopt;
    }
    return ProcessUsage{.user_seconds = static_cast<double>(word(14)) / ticks_per_second,
                        .system_seconds = static_cast<double>(word(15)) / ticks_per_second,
                        .resident_bytes = word(last_word) * page_size,
                        .virtual_bytes = word(23),
                        .threads = word(20)};
}

std::optional<ProcessUsage> read_usage(std::uint64_t pid) {
    const std::string folder = fmt::format("/proc/{}", pid);
    auto usage =
        usage_from_stat(read_whole(folder + "/stat"), static_cast<double>(sysconf(_SC_CLK_TCK)),
                        static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
    if (usage) {
        usage->open_files = count_files(folder + "/fd");
        usage->open_files_max = limit_of_files(read_whole(folder + "/limits"));
    }
    return usage;
}

}  // namespace wend
