#include "command/words_of_ctl.h"

#include <algorithm>
#include <string>

#include "control/verbs.h"

namespace wend {
namespace {

// A word of a verb's name below `command`.
WordsOfCommand& below(WordsOfCommand& command, std::string_view word) {
    const auto found = std::ranges::find(command.commands, word, &WordsOfCommand::name);
    return found != command.commands.end() ? *found
                                           : command.commands.emplace_back(WordsOfCommand{
                                                 .name = std::string(word), .help = ""});
}

// Calls `take` for each part of `text` between `separator`s.
template <class Take>
void split(std::string_view text, char separator, Take take) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        take(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// "[--zone ZONE] | --all" has two options; "debug|info" are values.
void add_usage(std::string_view usage, WordsOfCommand& verb) {
    if (!usage.empty() &&
        std::ranges::all_of(usage, [](char c) { return c == '|' || (c >= 'a' && c <= 'z'); })) {
        split(usage, '|', [&](std::string_view value) { verb.values.emplace_back(value); });
        return;
    }
    split(usage, ' ', [&](std::string_view word) {
        word.remove_prefix(word.starts_with('[') ? 1 : 0);
        const std::string name(word.substr(0, std::min(word.find(']'), word.size())));
        if (name.starts_with('-')) {
            verb.options.push_back({.names = {name}, .help = verb.help});
        }
    });
}

}  // namespace

// The options are those of ctl_help(); a test compares them.
WordsOfCommand words_of_ctl(std::string_view help) {
    WordsOfCommand ctl{
        .name = "ctl",
        .help = std::string(help),
        .options = {
            {.names = {"-h", "--help"}, .help = "The verbs and options"},
            {.names = {"--json"}, .help = "The answer as JSON"},
            {.names = {"-o", "--output"}, .help = "Write the answer there", .takes_value = true},
            {.names = {"-c", "--config"},
             .help = "Take control.socket from this configuration",
             .takes_value = true},
            {.names = {"--socket"}, .help = "The control socket", .takes_value = true},
            {.names = {"-s", "--server"}, .help = "A door over TCP", .takes_value = true},
            {.names = {"--token-file"}, .help = "The token for that door", .takes_value = true},
            {.names = {"--as"},
             .help = "Take, and answer, the words of unbound-control or rec_control",
             .takes_value = true}}};
    for (const VerbSpec& verb : verbs()) {
        WordsOfCommand* at = &ctl;
        split(verb.name, ' ', [&at](std::string_view word) { at = &below(*at, word); });
        at->help = verb.help;
        add_usage(verb.usage, *at);
    }
    return ctl;
}

}  // namespace wend
