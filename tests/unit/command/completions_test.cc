#include "command/completions.h"

#include <array>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "command/command_line.h"

using namespace wend;

namespace {

WordsOfCommand little_program() {
    return {.name = "p",
            .help = "",
            .options = {{.names = {"--version"}, .help = "Say it"}},
            .commands = {{.name = "a",
                          .help = "Don't: think",
                          .options = {{.names = {"-f", "--file"},
                                       .help = "Somebody's file",
                                       .takes_value = true}},
                          .commands = {{.name = "b", .help = "Below"}}},
                         {.name = "c", .help = "One of two", .values = {"x", "y"}}}};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("help that has quotes and colons is one word of each shell", "[completions]") {
    CHECK(has(completions(little_program(), Shell::zsh), R"('a:Don'\''t\: think')"));
    CHECK(has(completions(little_program(), Shell::fish), R"(-f -a a -d 'Don\'t: think')"));
    CHECK(has(completions(little_program(), Shell::fish),
              R"(-n '__p_at p a' -s f -l file -r -F -d 'Somebody\'s file')"));
}

TEST_CASE("words below a command are completed behind it alone", "[completions]") {
    const std::string bash = completions(little_program(), Shell::bash);
    CHECK(has(bash, "'p a') options='-f --file' with_value=' -f --file ' plain='b' ;;"));
    CHECK(has(bash, "'p a b') options=''"));
    CHECK(has(bash, "'p c') options='' with_value='  ' plain='x y' ;;"));
    CHECK(has(completions(little_program(), Shell::fish), "-n '__p_at p a' -f -a b -d 'Below'"));
    CHECK(has(completions(little_program(), Shell::zsh), "plain=('x' 'y')"));
}

TEST_CASE("what nobody types is not completed", "[completions]") {
    for (const char* const shell : {"bash", "zsh", "fish"}) {
        const std::array words = {"wend", "completions", shell};
        const auto explained =
            std::get<Explain>(read_command_line(static_cast<int>(words.size()), words.data()));
        CHECK(explained.status == 0);
        CHECK(has(explained.text, "resolve"));
        CHECK_FALSE(has(explained.text, "wend control"));
    }
}
