// The words that every search by seed takes: "--seeds COUNT", "--first SEED", "--seed SEED".
#pragma once
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

namespace wend::sim {

struct SeedArguments {
    std::uint64_t first = 1;
    std::uint64_t count = 1;
    std::optional<std::uint64_t> seed{};  // that one alone
};

// What a program takes beside them.
struct OtherWords {
    std::function<bool(std::string_view word)> flag;  // true: it stands alone, and is taken
    // Where the number behind the word belongs; null: there is no such word.
    std::function<std::uint64_t*(std::string_view word)> number = [](std::string_view) {
        return static_cast<std::uint64_t*>(nullptr);
    };
};

// `words` begins with the program's name; what is not given stays as in `unless`. Nothing if the
// words mean nothing.
inline std::optional<SeedArguments> read_seed_arguments(std::span<char*> words,
                                                        const SeedArguments& unless,
                                                        const OtherWords& others) {
    SeedArguments arguments = unless;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (others.flag(word)) {
            continue;
        }
        std::uint64_t value = 0;
        const std::string_view text = i + 1 < words.size() ? words[++i] : "";
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        std::uint64_t* const to = word == "--seed"    ? &arguments.seed.emplace()
                                  : word == "--first" ? &arguments.first
                                  : word == "--seeds" ? &arguments.count
                                                      : others.number(word);
        if (to == nullptr || error != std::errc{} || end != text.data() + text.size()) {
            return std::nullopt;
        }
        *to = value;
    }
    return arguments;
}

}  // namespace wend::sim
