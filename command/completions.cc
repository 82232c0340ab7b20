#include "command/completions.h"

#include <functional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wend {
namespace {

// `quote` as a shell has it within '...'.
std::string quoted(std::string_view text, std::string_view quote) {
    std::string result = "'";
    for (const char c : text) {
        c == '\'' ? result += quote : result += c;
    }
    return result + "'";
}

std::string quoted(std::string_view text) {
    return quoted(text, "'\\''");
}

using Visit = std::function<void(const std::string& path, const WordsOfCommand& command)>;

// Each command with the words that lead to it, "wend serve".
void for_each(const WordsOfCommand& command, const std::string& path, const Visit& visit) {
    visit(path, command);
    for (const WordsOfCommand& below : command.commands) {
        for_each(below, path + " " + below.name, visit);
    }
}

// The patterns of all commands but the first.
std::string paths_below(const WordsOfCommand& program, std::string_view between) {
    std::vector<std::string> paths;
    for_each(program, program.name, [&](const std::string& path, const WordsOfCommand&) {
        if (path != program.name) {
            paths.push_back(quoted(path));
        }
    });
    return fmt::format("{}", fmt::join(paths, between));
}

std::vector<std::string> plain_words(const WordsOfCommand& command) {
    std::vector<std::string> words = command.values;
    for (const WordsOfCommand& below : command.commands) {
        words.push_back(below.name);
    }
    return words;
}

std::string for_bash(const WordsOfCommand& program) {
    std::string cases;
    for_each(program, program.name, [&](const std::string& path, const WordsOfCommand& command) {
        std::vector<std::string> options;
        std::vector<std::string> with_value;
        for (const WordsOfOption& option : command.options) {
            options.insert(options.end(), option.names.begin(), option.names.end());
            if (option.takes_value) {
                with_value.insert(with_value.end(), option.names.begin(), option.names.end());
            }
        }
        cases += fmt::format("        {}) options='{}' with_value=' {} ' plain='{}' ;;\n",
                             quoted(path), fmt::join(options, " "), fmt::join(with_value, " "),
                             fmt::join(plain_words(command), " "));
    });
    return fmt::format(R"(# bash completion for {0}; made by `{0} completions bash`.
_{0}() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    local at={0} word i options with_value plain
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        case "$at $word" in
            {1}) at="$at $word" ;;
        esac
    done
    case "$at" in
{2}    esac
    COMPREPLY=()
    [[ $with_value == *" $before "* ]] && return # a file
    [[ $current == -* ]] && plain=$options
    mapfile -t COMPREPLY < <(compgen -W "$plain" -- "$current")
}}
complete -o default -F _{0} {0}
)",
                       program.name, paths_below(program, " | "), cases);
}

// name:help, as _describe of zsh wants it.
std::string described(std::string_view name, std::string_view help) {
    std::string safe_help;
    for (const char c : help) {
        safe_help += c == ':' ? std::string("\\:") : std::string(1, c);
    }
    return quoted(fmt::format("{}:{}", name, safe_help));
}

std::string for_zsh(const WordsOfCommand& program) {
    std::string cases;
    for_each(program, program.name, [&](const std::string& path, const WordsOfCommand& command) {
        std::vector<std::string> plain;
        std::vector<std::string> options;
        std::vector<std::string> with_value;
        for (const WordsOfCommand& below : command.commands) {
            plain.push_back(described(below.name, below.help));
        }
        for (const std::string& value : command.values) {
            plain.push_back(quoted(value));
        }
        for (const WordsOfOption& option : command.options) {
            for (const std::string& name : option.names) {
                options.push_back(described(name, option.help));
                if (option.takes_value) {
                    with_value.push_back(name);
                }
            }
        }
        cases += fmt::format(
            "        {})\n            plain=({})\n            options=({})\n"
            "            with_value=({})\n            ;;\n",
            quoted(path), fmt::join(plain, " "), fmt::join(options, " "),
            fmt::join(with_value, " "));
    });
    return fmt::format(R"(#compdef {0}
# zsh completion for {0}; made by `{0} completions zsh`.
_{0}() {{
    local at={0} word
    local -a plain options with_value
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$at $word" in
            ({1}) at="$at $word" ;;
        esac
    done
    case "$at" in
{2}    esac
    if (( ${{with_value[(Ie)${{words[CURRENT-1]}}]}} )); then
        _files
    elif [[ $PREFIX == -* ]]; then
        _describe -o option options
    elif (( $#plain )); then
        _describe word plain
    else
        _files
    fi
}}
_{0} "$@"
)",
                       program.name, paths_below(program, " | "), cases);
}

std::string for_fish(const WordsOfCommand& program) {
    std::string lines;
    for_each(program, program.name, [&](const std::string& path, const WordsOfCommand& command) {
        const std::string start =
            fmt::format("complete -c {0} -n '__{0}_at {1}'", program.name, path);
        for (const WordsOfCommand& below : command.commands) {
            lines +=
                fmt::format("{} -f -a {} -d {}\n", start, below.name, quoted(below.help, "\\'"));
        }
        for (const std::string& value : command.values) {
            lines += fmt::format("{} -f -a {}\n", start, value);
        }
        for (const WordsOfOption& option : command.options) {
            std::string names;
            for (const std::string& name : option.names) {
                const bool is_long = name.starts_with("--");
                names += fmt::format(" {} {}", is_long ? "-l" : "-s", name.substr(is_long ? 2 : 1));
            }
            lines += fmt::format("{}{}{} -d {}\n", start, names, option.takes_value ? " -r -F" : "",
                                 quoted(option.help, "\\'"));
        }
    });
    return fmt::format(R"(# fish completion for {0}; made by `{0} completions fish`.
function __{0}_at
    set -l at {0}
    for word in (commandline -opc)[2..]
        switch "$at $word"
            case {1}
                set at "$at $word"
        end
    end
    test "$at" = "$argv"
end
{2})",
                       program.name, paths_below(program, " "), lines);
}

}  // namespace

std::string completions(const WordsOfCommand& program, Shell shell) {
    switch (shell) {
        case Shell::bash:
            return for_bash(program);
        case Shell::zsh:
            return for_zsh(program);
        case Shell::fish:
            return for_fish(program);
    }
    return {};
}

}  // namespace wend
