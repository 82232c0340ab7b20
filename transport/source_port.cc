#include "transport/source_port.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace wend {
namespace {

// Takes a decimal number off the front of the text.
template <typename Number>
std::optional<Number> take_number(std::string_view& text) {
    Number number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return number;
}

bool take(std::string_view& text, char octet) {
    if (!text.starts_with(octet)) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::uint16_t source_port_at(std::size_t index) {
    std::size_t port = source_port_first + index;
    for (const std::uint16_t never : never_source_ports) {
        if (port >= never) {
            ++port;
        }
    }
    return static_cast<std::uint16_t>(port);
}

bool is_source_port(std::uint16_t port) {
    return port >= source_port_first && !std::ranges::binary_search(never_source_ports, port);
}

bool are_source_ports(const PortRange& range) {
    return range.first >= source_port_first &&
           std::ranges::none_of(never_source_ports,
                                [&](std::uint16_t never) { return range.has(never); });
}

std::optional<PortRange> parse_port_range(std::string_view line) {
    const auto first = take_number<std::uint16_t>(line);
    if (!first || !take(line, '\t')) {
        return std::nullopt;
    }
    const auto last = take_number<std::uint16_t>(line);
    if (!last || *last < *first || !line.empty()) {
        return std::nullopt;
    }
    return PortRange{*first, *last};
}

bool draws_ports_well(std::string_view kernel_release) {
    const auto major = take_number<unsigned>(kernel_release);
    if (!major || !take(kernel_release, '.')) {
        return false;
    }
    const auto minor = take_number<unsigned>(kernel_release);
    return minor && std::pair(*major, *minor) >= std::pair(5U, 19U);
}

}  // namespace wend
