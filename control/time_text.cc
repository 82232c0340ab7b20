#include "control/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace wend {

std::optional<std::chrono::seconds> time_from_text(std::string_view text) {
    constexpr std::array<std::pair<char, std::int64_t>, 4> units = {
        {{'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}}};
    std::int64_t unit = 1;
    if (!text.empty()) {
        const auto* const found =
            std::ranges::find(units, text.back(), [](auto u) { return u.first; });
        if (found != units.end()) {
            unit = found->second;
            text.remove_suffix(1);
        }
    }
    constexpr std::int64_t most = std::int64_t{3'650} * 86'400;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1 ||
        number > most / unit) {
        return std::nullopt;
    }
    return std::chrono::seconds(number * unit);
}

}  // namespace wend
