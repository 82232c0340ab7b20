// `wend ctl`: asks a running server, or tells it something.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "command/commands.h"
#include "command/ctl_connection.h"
#include "command/standard_streams.h"
#include "config/files.h"
#include "config/read.h"
#include "control/ctl_words.h"
#include "control/list_joiner.h"
#include "control/routes.h"
#include "control/verb_text.h"

namespace wend {
namespace {

constexpr int exit_refused = 1;
constexpr int exit_usage = 2;
constexpr int exit_nobody_there = 3;
constexpr int exit_not_allowed = 4;

constexpr std::size_t dump_octets_max = std::size_t{1} << 30;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, CloseFile>;

int say(int status, std::string_view sentence) {
    put(stderr, fmt::format("wend ctl: {}\n", sentence));
    return status;
}

int say(const CtlFault& fault) {
    return say(fault.kind == CtlFault::Kind::nobody_there  ? exit_nobody_there
               : fault.kind == CtlFault::Kind::not_allowed ? exit_not_allowed
                                                           : exit_refused,
               fault.sentence);
}

// Where the answer goes: standard output, or a file that closes at the end.
class Output {
  public:
    // The error is a sentence.
    static std::expected<Output, std::string> open(const std::optional<std::string>& path) {
        Output output;
        if (path && *path != "-") {
            output.file_.reset(std::fopen(path->c_str(), "we"));
            if (output.file_ == nullptr) {
                return std::unexpected(
                    fmt::format("{} cannot be written: {}", *path, strerror(errno)));
            }
            output.path_ = *path;
        }
        return output;
    }

    // False: it takes no more.
    bool write(std::string_view text) {
        std::FILE* const to = file_ ? file_.get() : stdout;
        put(to, text);
        return std::ferror(to) == 0;
    }

    // Empty if all has arrived; of standard output main() tells.
    std::string finish() {
        if (!file_) {
            return {};
        }
        errno = 0;
        const bool is_whole = std::ferror(file_.get()) == 0 && std::fflush(file_.get()) == 0;
        return is_whole ? std::string()
                        : fmt::format("{} could not be written: {}", path_,
                                      strerror(errno == 0 ? EIO : errno));
    }

  private:
    File file_;
    std::string path_;
};

// Lines of a server, which may hold what came from the network.
std::string printable_lines(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        for (std::size_t tab = line.find('\t'); tab != std::string_view::npos;
             tab = line.find('\t')) {
            shown += for_terminal(line.substr(0, tab)) + "\t";
            line.remove_prefix(tab + 1);
        }
        shown += for_terminal(line) + "\n";
    }
    return shown;
}

std::string error_in(const Http1Answer& answer) {
    const auto json = nlohmann::json::parse(answer.body_text(), nullptr, false);
    if (json.is_object() && json.contains("error") && json["error"].is_string()) {
        return for_terminal(json["error"].get_ref<const std::string&>());
    }
    const std::string_view text = answer.body_text();
    return for_terminal(text.substr(0, text.find('\n')));
}

// health and ready say "no" by their status too, and that is an answer.
bool is_error(const Http1Answer& answer) {
    if (answer.status != 503) {
        return answer.status != 200;
    }
    const auto json = nlohmann::json::parse(answer.body_text(), nullptr, false);
    return !json.is_object() || json.contains("error");
}

// One run of `wend ctl`.
class Ctl {
  public:
    Ctl(CtlWords words, CtlTarget target, Output output)
        : words_(std::move(words)), connection_(std::move(target)), output_(std::move(output)) {}

    int run() {
        for (const CtlTask& task : words_.tasks) {
            const int status = task.verb->name == "cache load" ? load(task) : ask(task);
            if (status != 0) {
                return status;
            }
        }
        const std::string why_not = output_.finish();
        return why_not.empty() ? 0 : say(exit_refused, why_not);
    }

  private:
    int refusal(const VerbSpec& verb, const Http1Answer& answer) const {
        const std::string sentence = error_in(answer);
        switch (answer.status) {
            case 401:
            case 403:
            case 421:
            case 429:
                return say(exit_not_allowed, sentence);
            case 404:
            case 405:
            case 501:
                return say(
                    exit_refused,
                    fmt::format("the server at {} is wend {}, which does not know `{}`; "
                                "this is wend {}",
                                connection_.name(), version_of(answer), verb.name, WEND_VERSION));
            default:
                return say(exit_refused, sentence);
        }
    }

    static std::string version_of(const Http1Answer& answer) {
        return for_terminal(answer.fields.only("X-Wend-Version").value_or("of another version"));
    }

    // `plan` says by it whether something would change, as `wend plan` does.
    static int status_of(const CtlTask& task, const Http1Answer& answer) {
        if (task.verb->name != "plan") {
            return 0;
        }
        const auto json = nlohmann::json::parse(answer.body_text(), nullptr, false);
        return json.is_object() && json.contains("plan") && !json["plan"]["changes"].empty()
                   ? exit_changes
                   : 0;
    }

    // All parts of a list, each printed before the next is asked for.
    int ask(const CtlTask& task) {
        const bool is_list = task.verb->paging == VerbPaging::list;
        std::optional<std::string> cursor = is_list ? std::optional<std::string>("") : std::nullopt;
        ListJoiner joiner;
        if (task.verb->name == "cache dump" && !words_.json) {
            can_write_ = output_.write(dump_start(std::time(nullptr)));
        }
        // Ends with the list, however long the server makes it, or with whoever reads ours.
        while (true) {
            const auto answer =
                connection_.ask(path_of(*task.verb), body_of(task.arguments, cursor));
            if (!answer) {
                return say(answer.error());
            }
            if (is_error(*answer)) {
                return refusal(*task.verb, *answer);
            }
            if (!print(task, *answer, is_list ? &joiner : nullptr)) {
                return say(exit_refused,
                           fmt::format("the answer of {} cannot be read; the server "
                                       "is wend {}, this is wend {}",
                                       connection_.name(), version_of(*answer), WEND_VERSION));
            }
            const auto next = answer->fields.only("X-Wend-Cursor");
            if (!next || !can_write_) {
                if (is_list && words_.json) {
                    output_.write(ListJoiner::finish());
                }
                return answer->status != 200 ? exit_refused : status_of(task, *answer);
            }
            cursor = std::string(*next);
        }
    }

    // False: it is no answer of this verb.
    bool print(const CtlTask& task, const Http1Answer& answer, ListJoiner* joiner) {
        const auto text = text_of(task, answer, joiner);
        if (text) {
            can_write_ = output_.write(*text);
        }
        return text.has_value();
    }

    std::optional<std::string> text_of(const CtlTask& task, const Http1Answer& answer,
                                       ListJoiner* joiner) const {
        std::string_view body = answer.body_text();
        const auto media = answer.fields.only("Content-Type");
        if (media && media->starts_with("text/plain")) {
            return printable_lines(body);
        }
        if (words_.json) {
            const auto json = printable_json(body);
            return !json               ? std::nullopt
                   : joiner != nullptr ? joiner->add(*json)
                                       : std::optional(*json + "\n");
        }
        if (auto text = text_in(words_.dialect, task.verb->name, body)) {
            return text;
        }
        return task.verb->text(body);
    }

    // The file is read here: the server opens none.
    int load(const CtlTask& task) {
        if (task.arguments.size() != 1) {
            return say(exit_usage,
                       "cache load wants one file: cache load FILE, or - for standard "
                       "input");
        }
        const auto text = read(task.arguments[0]);
        if (!text) {
            return say(exit_refused, text.error());
        }
        const auto dump = parts_of_dump(*text);
        if (!dump) {
            return say(exit_refused, fmt::format("{}: {}", task.arguments[0], dump.error()));
        }
        nlohmann::ordered_json sum = {{"kept", 0}, {"known", 0}, {"expired", 0}, {"cut", 0}};
        for (const LoadPart& part : dump->parts) {
            const auto answer = connection_.ask(
                path_of(*task.verb),
                body_of({dump->written, std::to_string(part.first_line), part.text}, {}));
            if (!answer) {
                return say(answer.error());
            }
            if (is_error(*answer)) {
                return refusal(*task.verb, *answer);
            }
            const auto counts = nlohmann::json::parse(answer->body_text(), nullptr, false);
            for (auto& [key, count] : sum.items()) {
                if (counts.is_object() && counts.contains(key) &&
                    counts[key].is_number_unsigned()) {
                    count = count.get<std::uint64_t>() + counts[key].get<std::uint64_t>();
                }
            }
        }
        const std::string json = sum.dump();
        output_.write(words_.json ? json + "\n" : text_of_load(json).value_or(json));
        return 0;
    }

    static std::expected<std::string, std::string> read(const std::string& path) {
        const bool is_stdin = path == "-";
        const File file(is_stdin ? nullptr : std::fopen(path.c_str(), "re"));
        if (!is_stdin && file == nullptr) {
            return std::unexpected(fmt::format("{} cannot be read: {}", path, strerror(errno)));
        }
        std::FILE* const from = is_stdin ? stdin : file.get();
        std::string text;
        std::string part(65'536, '\0');
        while (const std::size_t count = std::fread(part.data(), 1, part.size(), from)) {
            if (text.size() + count > dump_octets_max) {
                return std::unexpected(fmt::format("{} is over 1 GiB", path));
            }
            text.append(part, 0, count);
        }
        return std::ferror(from) == 0 ? std::expected<std::string, std::string>(std::move(text))
                                      : std::unexpected(fmt::format("{} cannot be read", path));
    }

    CtlWords words_;
    CtlConnection connection_;
    Output output_;
    bool can_write_ = true;
};

std::expected<std::string, std::string> token_in(const std::string& path) {
    const auto text = read_file(path);
    if (!text) {
        return std::unexpected(text.error());
    }
    return std::string(without_blanks(text->substr(0, text->find_first_of("\r\n"))));
}

std::expected<CtlTarget, std::string> target_of(const CtlWords& words) {
    if (words.server) {
        auto target = target_from_url(*words.server);
        if (target && words.token_file) {
            auto token = token_in(*words.token_file);
            if (!token) {
                return std::unexpected(std::move(token.error()));
            }
            target->token = std::move(*token);
        }
        return target;
    }
    if (words.socket) {
        return CtlTarget{.socket = *words.socket};
    }
    const auto config = load_config(words.config);
    if (!config) {
        return std::unexpected(config.error());
    }
    if (config->control.socket.empty()) {
        return std::unexpected(
            "the configuration opens no control socket (control.socket); name another with "
            "--socket PATH, or a door over TCP with -s URL");
    }
    return CtlTarget{.socket = config->control.socket};
}

}  // namespace

int ctl(const CtlArguments& arguments) {
    const Dialect dialect = arguments.as_unbound_control ? Dialect::unbound : Dialect::wend;
    auto words = read_ctl_words(arguments.words, dialect);
    if (!words) {
        return say(exit_usage, words.error());
    }
    if (words->tasks.empty()) {
        put(stdout, ctl_help());
        return 0;
    }
    auto target = target_of(*words);
    if (!target) {
        return say(exit_usage, target.error());
    }
    auto output = Output::open(words->output);
    if (!output) {
        return say(exit_refused, output.error());
    }
    if (words->never_resets) {
        put(stderr,
            "wend ctl: counters are never reset here; stats and stats_noreset are the "
            "same\n");
    }
    const bool is_unbound_status =
        words->dialect == Dialect::unbound && words->tasks[0].verb->name == "status";
    const int status = Ctl(std::move(*words), std::move(*target), std::move(*output)).run();
    if (is_unbound_status && status == exit_nobody_there) {
        put(stdout, "unbound is stopped\n");
    }
    return status;
}

}  // namespace wend
