#include "control/verbs.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/edit_distance.h"
#include "control/time_text.h"
#include "control/verb_text.h"

namespace wend {
namespace {

using enum DoorScope;
using enum VerbPaging;

constexpr VerbPlace control = VerbPlace::control;
constexpr VerbPlace server = VerbPlace::server;
constexpr bool asks = false;
constexpr bool changes = true;

constexpr std::array table = {
    VerbSpec{"cache dump", "[--zone ZONE]", read_names, asks, server, list,
             "All that is kept, as lines of a zone file", text_of_lines},
    VerbSpec{"cache load", "FILE", operate, changes, server, none,
             "Take data of a dump back into the cache", text_of_load},
    VerbSpec{"cache show", "NAME [TYPE]", read_names, asks, server, list,
             "What is kept at one name", text_of_entries},
    VerbSpec{"config adopt", "", admin, changes, server, none,
             "Forget changes that the configuration's file says by itself by now", text_of_reload},
    VerbSpec{"config drop", "", admin, changes, server, none,
             "Forget all changes, so that the file holds again", text_of_reload},
    VerbSpec{"config set", "KEY VALUE", admin, changes, server, none,
             "Change a key, over the file, and put it in force", text_of_reload},
    VerbSpec{"config show", "[-p KEY]", admin, asks, server, list,
             "The configuration in force, and where each value stands", text_of_keys},
    VerbSpec{"config unset", "KEY", admin, changes, server, none,
             "Take a change back, so that the file's value holds again", text_of_reload},
    VerbSpec{"confirm", "", operate, changes, server, none,
             "Keep what `reload --confirm` put in force", text_of_reload},
    VerbSpec{"delegation", "NAME", read_names, asks, server, none,
             "Whom the deepest known delegation of a name leads to", text_of_delegation},
    VerbSpec{"flush",
             "NAME [TYPE] | --zone ZONE | --bogus | --negative | --failures | "
             "--servers ADDRESS|all | --all",
             operate, changes, server, last, "Forget; says how many entries went", text_of_flush},
    VerbSpec{"forward add", "ZONE ADDRESS... [--first]", operate, changes, server, none,
             "Ask recursive servers for a zone", text_of_reload},
    VerbSpec{"forward list", "", read_names, asks, server, list,
             "Zones that are asked of recursive servers", text_of_zones},
    VerbSpec{"forward remove", "ZONE", operate, changes, server, none,
             "Resolve a zone from the root again", text_of_reload},
    VerbSpec{"health", "", metrics, asks, control, none, "Whether every worker turns",
             text_of_members},
    VerbSpec{"insecure add", "ZONE --until TIME", operate, changes, server, none,
             "Do not validate a zone until that day (RFC 7646)", text_of_reload},
    VerbSpec{"insecure list", "", read_names, asks, server, list,
             "Zones that are not validated (RFC 7646)", text_of_anchors},
    VerbSpec{"insecure remove", "ZONE", operate, changes, server, none, "Validate a zone again",
             text_of_reload},
    VerbSpec{"log level", "debug|info|warning|error|off", operate, changes, server, none,
             "What is logged, until the process ends or the configuration says otherwise",
             text_of_members},
    VerbSpec{"ping", "", metrics, asks, control, none, "Whether the server answers its doors",
             text_of_members},
    VerbSpec{"plan", "", admin, asks, control, none, "What a reload would change, and forget",
             text_of_lines},
    VerbSpec{"queries", "", read_names, asks, server, list, "What is being resolved at this moment",
             text_of_queries},
    VerbSpec{"ready", "", metrics, asks, control, none, "Whether names can be answered well",
             text_of_members},
    VerbSpec{"reload", "[--confirm TIME]", operate, changes, server, none,
             "Read the configuration again and put it in force", text_of_reload},
    VerbSpec{"servers", "[ZONE]", read_names, asks, server, list,
             "Whom we ask, and how they do: round trip, silence, EDNS", text_of_servers},
    VerbSpec{"stats", "", read, asks, control, none, "All counters, which only grow",
             text_of_stats},
    VerbSpec{"status", "", read, asks, control, none, "Which server this is and how it does",
             text_of_members},
    VerbSpec{"stop", "", operate, changes, server, none, "End the server", text_of_members},
    VerbSpec{"stub add", "ZONE ADDRESS... [--first]", operate, changes, server, none,
             "Ask a zone's authoritative servers at these addresses", text_of_reload},
    VerbSpec{"stub list", "", read_names, asks, server, list,
             "Zones that are asked of authoritative servers", text_of_zones},
    VerbSpec{"stub remove", "ZONE", operate, changes, server, none,
             "Find a zone's servers from the root again", text_of_reload},
    VerbSpec{"token list", "", admin, asks, control, none, "Who may use the HTTP door",
             text_of_tokens},
    VerbSpec{"token new", "NAME [--scope SCOPE] [--network PREFIX] [--expires TIME]", admin,
             changes, control, none, "Make a token for the HTTP door; it is shown this once",
             text_of_new_token},
    VerbSpec{"token revoke", "NAME", admin, changes, control, none, "Take a token back",
             text_of_members},
    VerbSpec{"undo", "", operate, changes, server, none,
             "Put the configuration before the present one in force", text_of_reload},
    VerbSpec{"uptime", "", read, asks, control, none, "For how long the server has run",
             text_of_members},
    VerbSpec{"version", "", read, asks, control, none, "Which program the server is",
             text_of_members},
};

static_assert(std::ranges::is_sorted(table, {}, &VerbSpec::name));

constexpr unsigned patience_usual = 15;
constexpr unsigned patience_of_reload = 60;

}  // namespace

std::span<const VerbSpec> verbs() {
    return table;
}

const VerbSpec* find_verb_spec(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &VerbSpec::name);
    return found == table.end() ? nullptr : found;
}

std::optional<FoundVerb> verb_at(std::span<const std::string> words) {
    constexpr std::size_t words_max = 2;
    for (std::size_t count = std::min(words.size(), words_max); count > 0; --count) {
        std::string name = words[0];
        for (std::size_t i = 1; i < count; ++i) {
            name += " " + words[i];
        }
        if (const VerbSpec* const verb = find_verb_spec(name)) {
            return FoundVerb{verb, count};
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> nearest_verb(std::string_view typed) {
    std::array<std::string_view, table.size()> names{};
    std::ranges::transform(table, names.begin(), &VerbSpec::name);
    constexpr std::size_t compared_max = 64;
    typed = typed.substr(0, compared_max);
    const std::string_view nearest = nearest_word(typed, names);
    const bool is_near = edit_distance(typed, nearest) <= 1 + typed.size() / 4;
    return is_near ? std::optional(nearest) : std::nullopt;
}

std::string path_of(const VerbSpec& verb) {
    std::string path = fmt::format("/v1/{}", verb.name);
    std::ranges::replace(path, ' ', '/');
    return path;
}

std::expected<std::vector<std::string>, std::string> arguments_for(
    const VerbSpec& verb, std::vector<std::string> arguments) {
    // stats has a form for each of the programs whose words it knows.
    if (verb.usage.empty() && !arguments.empty() && verb.name != "stats") {
        return std::unexpected(fmt::format("{} wants no argument", verb.name));
    }
    if (verb.name == "reload" && arguments.size() == 2 && arguments[0] == "--confirm") {
        const auto time = time_from_text(arguments[1]);
        if (!time) {
            return std::unexpected("reload --confirm wants a time, such as 5m or 90s");
        }
        arguments[1] = std::to_string(time->count());
    }
    return arguments;
}

unsigned patience_of(const VerbSpec& verb) {
    const bool reloads = verb.place == VerbPlace::server && verb.changes && verb.name != "flush" &&
                         verb.name != "cache load";
    return reloads ? patience_of_reload : patience_usual;
}

std::string verbs_help() {
    constexpr std::size_t column = 34;
    std::string text;
    for (const VerbSpec& verb : table) {
        const std::string left =
            fmt::format("  {}{}{}", verb.name, verb.usage.empty() ? "" : " ", verb.usage);
        text += left.size() < column ? fmt::format("{:{}}{}\n", left, column, verb.help)
                                     : fmt::format("{}\n{:{}}{}\n", left, "", column, verb.help);
    }
    return text;
}

}  // namespace wend
