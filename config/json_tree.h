// A JSON text with comments as a tree in which every value and key knows where it stood, so that a
// mistake in its meaning can be reported with line and column too.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace wend {

inline constexpr std::size_t json_depth_max = 16;  // arrays and objects inside one another

// From 1; columns count octets.
struct Place {
    std::size_t line = 1;
    std::size_t column = 1;
    std::size_t file = 0;  // which of the texts, where there are several: they come in this order

    bool operator==(const Place&) const = default;

    auto operator<=>(const Place& other) const {
        return std::tie(file, line, column) <=> std::tie(other.file, other.line, other.column);
    }
};

// Something wrong in a configuration, said in one sentence.
struct Mistake {
    Place place{};
    std::string text;
    std::string_view id{};  // of the lint rule that finds it; empty: what cannot be read at all

    auto operator<=>(const Mistake&) const = default;  // by place, then by text
};

struct JsonNode {
    enum class Kind : std::uint8_t { null, boolean, integer, real, text, array, object };

    Kind kind = Kind::null;
    Place place{};
    bool boolean = false;
    std::int64_t integer = 0;
    std::string text{};
    std::vector<JsonNode> elements{};
    std::vector<JsonNode> members{};  // in the order of the text, duplicates too
    std::string key{};                // of a member
    Place key_place{};
};

// "a number", "a list": what a value is, for sentences.
std::string_view describe(JsonNode::Kind kind);

// `//` and `/* */` are comments. The first error of form ends the parse. `file` is the one of all
// places.
std::expected<JsonNode, Mistake> parse_json(std::string_view text, std::size_t file = 0);

}  // namespace wend
