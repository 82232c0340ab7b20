// A number with what it counts, as it is read: "1 query", "2 queries", "0 queries".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace wend {

inline std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    std::string text = std::to_string(count);
    text += ' ';
    text += count == 1 ? one : many;
    return text;
}

}  // namespace wend
