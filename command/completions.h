// What a shell needs to complete the words of `wend`, from the tree of its commands.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace wend {

struct WordsOfOption {
    std::vector<std::string> names;  // "-x", "--reverse"
    std::string help;                // one line
    bool takes_value = false;
};

struct WordsOfCommand {
    std::string name;  // one word
    std::string help;  // one line
    std::vector<WordsOfOption> options{};
    std::vector<WordsOfCommand> commands{};
    std::vector<std::string> values{};  // what its argument may be; empty: a file, if any
};

enum class Shell : std::uint8_t { bash, zsh, fish };

// A script for that shell. Pure. Words and help are the program's own: they have neither line ends
// nor backslashes.
std::string completions(const WordsOfCommand& program, Shell shell);

}  // namespace wend
