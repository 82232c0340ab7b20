// How far two words are apart, for telling somebody what he may have meant. Pure.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace wend {

// How many letters must be added, left out, changed or swapped with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first of the nearest; `words` is not empty.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> words);

}  // namespace wend
