// Words that people and tools type today for other resolvers, and what they are here. Pure.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wend {

// Whose program it is.
enum class Dialect : std::uint8_t {
    wend,
    unbound,  // unbound-control
    pdns,     // rec_control
    bind,     // rndc
    knot,     // kresctl
};

struct Alias {
    Dialect dialect;
    std::string_view words;  // "flush_zone"
    // Our words; a "*" stands for all arguments, and without one there are none.
    std::string_view meaning;
};

std::span<const Alias> aliases();

// "unbound" and "pdns": those whose output is spoken too.
std::optional<Dialect> dialect_from_text(std::string_view text);

// What is to be done, one after another: each is the words of a verb of ours and its arguments.
// Our own verbs come first, but after `dialect`'s words. The error is a sentence.
std::expected<std::vector<std::vector<std::string>>, std::string> translate(
    std::span<const std::string> words, Dialect dialect);

// What the dialect's program says of an answer, where tools read it; nothing: as we say it.
std::optional<std::string> text_in(Dialect dialect, std::string_view verb, std::string_view json);

}  // namespace wend
