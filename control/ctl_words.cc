#include "control/ctl_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "control/verb_text.h"

namespace wend {
namespace {

using Words = std::vector<std::string>;

struct Option {
    std::string_view brief;
    std::string_view name;
    std::optional<std::string> CtlWords::* to;
};

constexpr std::array<Option, 5> options = {{{"-o", "--output", &CtlWords::output},
                                            {"-s", "--server", &CtlWords::server},
                                            {"-c", "--config", &CtlWords::config},
                                            {"", "--socket", &CtlWords::socket},
                                            {"", "--token-file", &CtlWords::token_file}}};

std::expected<void, std::string> take_dialect(std::string_view text, CtlWords& to) {
    const auto dialect = dialect_from_text(text);
    if (!dialect) {
        return std::unexpected("--as wants unbound or pdns");
    }
    to.dialect = *dialect;
    return {};
}

const Option* option_of(std::string_view word) {
    const auto* const found = std::ranges::find_if(options, [&](const Option& option) {
        return word == option.name || (!option.brief.empty() && word == option.brief);
    });
    return found == options.end() ? nullptr : found;
}

// Takes our own options out of the words; what is left is the verb's.
std::expected<Words, std::string> take_options(std::span<const std::string> words, CtlWords& to,
                                               bool& is_help) {
    Words rest;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const Option* const option = option_of(word);
        if (word == "--") {
            rest.insert(rest.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                        words.end());
            break;
        }
        if ((option != nullptr || word == "--as") && i + 1 == words.size()) {
            return std::unexpected(fmt::format("{} wants a value behind it", word));
        }
        if (option != nullptr) {
            to.*(option->to) = words[++i];
        } else if (word == "--as") {
            if (auto taken = take_dialect(words[++i], to); !taken) {
                return std::unexpected(std::move(taken.error()));
            }
        } else if (word == "--json") {
            to.json = true;
        } else if (word == "-h" || word == "--help") {
            is_help = true;
        } else if (word == "-q" && to.dialect == Dialect::unbound) {
            // unbound-control says less with it; there is nothing to leave out here.
        } else {
            rest.push_back(word);
        }
    }
    return rest;
}

constexpr std::string_view dump_form = "; wend cache 1 ";

// A line that the part before need not know of: a comment, or the first record of a set.
bool begins_set(std::string_view line) {
    const std::size_t note = line.rfind(" ; ");
    return line.starts_with(';') || note == std::string_view::npos ||
           line.substr(note + 3).starts_with("1/");
}

}  // namespace

std::expected<CtlWords, std::string> read_ctl_words(std::span<const std::string> words,
                                                    Dialect dialect) {
    CtlWords read;
    read.dialect = dialect;
    bool is_help = false;
    const auto rest = take_options(words, read, is_help);
    if (!rest) {
        return std::unexpected(rest.error());
    }
    // Tools that call unbound-control name its own configuration, which is none of ours.
    if (dialect == Dialect::unbound && read.config && !read.config->ends_with(".json")) {
        read.config.reset();
    }
    if (is_help) {
        return CtlWords{};
    }
    if (rest->empty()) {
        return std::unexpected("a verb is wanted, such as status; `wend ctl --help` lists them");
    }
    auto tasks = translate(*rest, read.dialect);
    if (!tasks) {
        return std::unexpected(std::move(tasks.error()));
    }
    read.never_resets = read.dialect == Dialect::unbound && rest->front() == "stats";
    for (Words& task : *tasks) {
        const auto found = verb_at(task);
        if (!found) {
            return std::unexpected(fmt::format("{} has no meaning here", for_terminal(task[0])));
        }
        task.erase(task.begin(), task.begin() + static_cast<std::ptrdiff_t>(found->words));
        if (found->verb->name == "stats" && task.empty() && read.dialect == Dialect::pdns) {
            task = {"--as", "pdns"};
        }
        if (auto wanted = arguments_for(*found->verb, task); !wanted) {
            return std::unexpected(std::move(wanted.error()));
        }
        read.tasks.push_back({found->verb, std::move(task)});
    }
    return read;
}

std::string ctl_help() {
    return fmt::format(
        "Ask a running server, or tell it something.\n"
        "Usage: wend ctl [OPTIONS] VERB [ARGUMENTS]\n\n"
        "Verbs:\n{}\n"
        "Options:\n"
        "  --json                          The answer as JSON\n"
        "  -o, --output FILE               Write the answer there; - is standard output\n"
        "  -c, --config FILE               Take control.socket from this configuration\n"
        "  --socket PATH                   The control socket\n"
        "  -s, --server URL                A door over TCP: http://127.0.0.1:8053\n"
        "  --token-file FILE               Whose first line is the token for that door\n"
        "  --as unbound|pdns               Take, and answer, the words of unbound-control or\n"
        "                                  rec_control\n"
        "  -h, --help                      This\n\n"
        "Words of unbound-control, rec_control, rndc and kresctl are understood where they are "
        "not\n"
        "verbs here: flush_zone, wipe-cache, flushname, cache clear ...\n\n"
        "Exit status: 0 done; 1 refused or failed; 2 wrong words; 3 no server there; 4 not "
        "allowed.\n",
        verbs_help());
}

std::string dump_start(std::int64_t written) {
    return fmt::format("{}{}\n", dump_form, written);
}

std::expected<Dump, std::string> parts_of_dump(std::string_view text) {
    constexpr std::size_t part_octets_max = 40'000;
    constexpr std::size_t part_lines_max = 200;
    if (!text.starts_with(dump_form)) {
        return std::unexpected(
            "it is no dump of wend's cache, whose first line is "
            "\"; wend cache 1 TIME\"");
    }
    Dump dump;
    const std::string_view first = text.substr(0, text.find('\n'));
    dump.written = first.substr(first.rfind(' ') + 1);
    LoadPart part;
    std::size_t lines = 0;
    std::size_t number = 1;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        const std::string_view line = text.substr(0, end);
        const bool is_full = lines >= part_lines_max || part.text.size() + end > part_octets_max;
        if (is_full && !part.text.empty() && begins_set(line)) {
            dump.parts.push_back(std::exchange(part, {}));
            lines = 0;
        }
        if (part.text.empty()) {
            part.first_line = number;
        }
        part.text += line;
        ++lines;
        ++number;
        text.remove_prefix(end);
    }
    dump.parts.push_back(std::move(part));
    return dump;
}

}  // namespace wend
