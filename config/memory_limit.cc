#include "config/memory_limit.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "config/files.h"

namespace wend {
namespace {

constexpr int groups_max = 32;  // one inside the other

using Amount = std::optional<std::size_t>;

// "max" is no number, and no limit.
Amount number_at_start(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::size_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() ? Amount(number) : std::nullopt;
}

Amount number_in(const std::string& path) {
    const auto text = read_file(path);
    return text ? number_at_start(*text) : std::nullopt;
}

Amount least(Amount one, Amount other) {
    if (!one || !other) {
        return one ? one : other;
    }
    return std::min(one, other);
}

Amount memory_of_machine(const std::string& root) {
    constexpr std::string_view key = "MemTotal:";
    const auto text = read_file(root + "/proc/meminfo");
    const std::size_t at = text ? text->find(key) : std::string::npos;
    const Amount kibi = at == std::string::npos
                            ? std::nullopt
                            : number_at_start(std::string_view(*text).substr(at + key.size()));
    return kibi ? Amount(*kibi * 1024) : std::nullopt;
}

// Of the group and of those around it: each holds.
Amount limit_of_groups(const std::string& mount, std::string group, const char* file) {
    Amount limit;
    for (int i = 0; i < groups_max; ++i) {
        limit = least(limit, number_in(mount + group + "/" + file));
        if (group.empty()) {
            break;
        }
        group.erase(group.rfind('/'));
    }
    return limit;
}

// A line is "0::/path" in v2, and "NUMBER:memory:/path" among others in v1.
Amount limit_of_line(const std::string& root, std::string_view line) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos || !line.substr(second + 1).starts_with('/')) {
        return std::nullopt;
    }
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    std::string group(line.substr(second + 1));
    group = group == "/" ? "" : group;
    if (controllers.empty()) {
        return limit_of_groups(root + "/sys/fs/cgroup", group, "memory.max");
    }
    return controllers == "memory"
               ? limit_of_groups(root + "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes")
               : std::nullopt;
}

}  // namespace

std::optional<std::size_t> memory_allowed(const std::string& root) {
    Amount allowed = memory_of_machine(root);
    const auto text = read_file(root + "/proc/self/cgroup");
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        allowed = least(allowed, limit_of_line(root, line));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return allowed;
}

}  // namespace wend
