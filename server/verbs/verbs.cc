#include "server/verbs/verbs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/edit_distance.h"
#include "server/verbs/arguments.h"
#include "server/verbs/handlers.h"

namespace wend {
namespace {

using enum Verb::Place;

constexpr std::array verbs = {
    Verb{"cache dump", "[--zone ZONE]", false, anywhere, dump_cache},
    Verb{"cache load", "TIME LINE TEXT...", true, anywhere, load_cache},
    Verb{"cache show", "NAME [TYPE]", false, anywhere, show_cache},
    Verb{"config adopt", "", true, main_worker},
    Verb{"config drop", "", true, main_worker},
    Verb{"config set", "KEY VALUE", true, main_worker},
    Verb{"config show", "[-p KEY]", false, main_worker, show_config},
    Verb{"config unset", "KEY", true, main_worker},
    Verb{"confirm", "", true, main_worker},
    Verb{"delegation", "NAME", false, anywhere, show_delegation},
    Verb{"flush",
         "NAME [TYPE] | --zone ZONE | --bogus | --negative | --failures | "
         "--servers ADDRESS|all | --all",
         true, anywhere, flush},
    Verb{"forward add", "ZONE ADDRESS... [--first]", true, main_worker},
    Verb{"forward list", "", false, anywhere, list_forwards},
    Verb{"forward remove", "ZONE", true, main_worker},
    Verb{"insecure add", "ZONE --until TIME", true, main_worker},
    Verb{"insecure list", "", false, anywhere, list_insecure},
    Verb{"insecure remove", "ZONE", true, main_worker},
    Verb{"log level", "debug|info|warning|error|off", true, main_worker},
    Verb{"queries", "", false, each_worker, list_queries},
    Verb{"reload", "[--confirm SECONDS]", true, main_worker},
    Verb{"servers", "[ZONE]", false, anywhere, list_servers},
    Verb{"stats", "", false, anywhere, show_stats},
    Verb{"stop", "", true, main_worker},
    Verb{"stub add", "ZONE ADDRESS... [--first]", true, main_worker},
    Verb{"stub list", "", false, anywhere, list_stubs},
    Verb{"stub remove", "ZONE", true, main_worker},
    Verb{"undo", "", true, main_worker},
};

// After this a reload is confirmed or the former generation is back, at the latest.
constexpr std::uint64_t confirm_seconds_max = 86'400;

std::string described(const LinkRequest& request) {
    std::string text(request.verb);
    constexpr std::size_t arguments_shown = 3;
    for (std::size_t i = 0; i < std::min(request.arguments.size(), arguments_shown); ++i) {
        text += " " + in_quotes(request.arguments[i]);
    }
    return text;
}

// One line for each change: the last step of it says what it came to.
void log_change(const LinkRequest& request, const LinkReply& reply) {
    if (!reply.more) {
        spdlog::info("{} by {}: {}", described(request), in_quotes(request.who),
                     reply.status == LinkReply::Status::done
                         ? in_quotes(reply.json)
                         : "not done, " + in_quotes(reply.json));
    }
}

Argument<std::optional<Duration>> confirmation(const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        return std::optional<Duration>();
    }
    const auto seconds = arguments.size() == 2 && arguments[0] == "--confirm"
                             ? number_from(arguments[1])
                             : std::nullopt;
    if (!seconds || *seconds == 0 || *seconds > confirm_seconds_max) {
        return std::unexpected(fmt::format(
            "reload wants nothing or a time in which it is confirmed: reload --confirm SECONDS, "
            "from 1 to {}",
            confirm_seconds_max));
    }
    return std::optional<Duration>(std::chrono::seconds(*seconds));
}

std::optional<LogLevel> level_from(const std::vector<std::string>& arguments) {
    constexpr std::array<std::pair<std::string_view, LogLevel>, 5> levels = {
        {{"debug", LogLevel::debug},
         {"info", LogLevel::info},
         {"warning", LogLevel::warning},
         {"error", LogLevel::error},
         {"off", LogLevel::off}}};
    const auto* const found = std::ranges::find_if(levels, [&](const auto& level) {
        return arguments.size() == 1 && arguments[0] == level.first;
    });
    return found == levels.end() ? std::nullopt : std::optional(found->second);
}

bool is_change_of_config(std::string_view verb) {
    return verb.starts_with("config ") || verb.ends_with(" add") || verb.ends_with(" remove");
}

// Nothing: it was begun, and `told` hears. Else the reply.
std::optional<LinkReply> operate(const LinkRequest& request, VerbWorld& world,
                                 Operations::Told told) {
    if (world.operations == nullptr) {
        return refused(fmt::format("{} is not possible in this process", request.verb));
    }
    if (request.verb == "reload") {
        const auto confirm_within = confirmation(request.arguments);
        if (!confirm_within) {
            return refused(confirm_within.error());
        }
        world.operations->reload(*confirm_within, std::move(told));
        return std::nullopt;
    }
    if (request.verb == "log level") {
        const auto level = level_from(request.arguments);
        if (!level) {
            return refused("log level wants one of debug, info, warning, error and off");
        }
        world.operations->set_log_level(*level, std::move(told));
        return std::nullopt;
    }
    if (is_change_of_config(request.verb)) {
        world.operations->change_config(request, std::move(told));
        return std::nullopt;
    }
    if (!request.arguments.empty()) {
        return refused(fmt::format("{} wants no argument", request.verb));
    }
    if (request.verb == "undo") {
        world.operations->undo(std::move(told));
    } else if (request.verb == "confirm") {
        world.operations->confirm(std::move(told));
    } else {
        world.operations->stop(std::move(told));
    }
    return std::nullopt;
}

std::string no_such_verb(std::string_view name) {
    const Verb* nearest = nullptr;
    std::size_t least = 3;
    for (const Verb& verb : verbs) {
        const std::size_t distance = edit_distance(name.substr(0, 32), verb.name);
        if (distance < least) {
            least = distance;
            nearest = &verb;
        }
    }
    return nearest == nullptr ? fmt::format("{} is no verb of this server", in_quotes(name))
                              : fmt::format("{} is no verb of this server; \"{}\" is",
                                            in_quotes(name), nearest->name);
}

}  // namespace

std::span<const Verb> server_verbs() {
    return verbs;
}

const Verb* find_verb(std::string_view name) {
    const auto* const found = std::ranges::find(verbs, name, &Verb::name);
    return found == verbs.end() ? nullptr : found;
}

std::size_t worker_of(const LinkRequest& request, std::size_t workers) {
    const auto numbers = cursor_from<2>(request.cursor);
    return numbers && (*numbers)[0] < workers ? static_cast<std::size_t>((*numbers)[0]) : 0;
}

void run_verb(const LinkRequest& request, VerbWorld& world,
              const std::function<void(LinkReply)>& reply) {
    const Verb* verb = find_verb(request.verb);
    const auto say = [request, reply, changes = verb != nullptr && verb->changes](LinkReply said) {
        said.id = request.id;
        if (changes) {
            log_change(request, said);
        }
        reply(std::move(said));
    };
    if (verb == nullptr) {
        say(refused(no_such_verb(request.verb)));
    } else if (verb->handler != nullptr) {
        say(verb->handler(request, world));
    } else if (auto at_once =
                   operate(request, world, [say](LinkReply::Status status, std::string text) {
                       say({.status = status, .json = std::move(text)});
                   })) {
        say(std::move(*at_once));
    }
}

}  // namespace wend
