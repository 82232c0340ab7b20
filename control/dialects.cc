#include "control/dialects.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "control/verb_text.h"
#include "control/verbs.h"

namespace wend {
namespace {

using enum Dialect;
using Words = std::vector<std::string>;

constexpr std::array table = {
    Alias{unbound, "cache_lookup", "cache show *"},
    Alias{unbound, "dump_cache", "cache dump"},
    Alias{unbound, "dump_infra", "servers"},
    Alias{unbound, "dump_requestlist", "queries"},
    Alias{unbound, "fast_reload", "reload"},
    Alias{unbound, "flush", "flush *"},
    Alias{unbound, "flush_bogus", "flush --bogus"},
    Alias{unbound, "flush_infra", "flush --servers *"},
    Alias{unbound, "flush_negative", "flush --negative"},
    Alias{unbound, "flush_type", "flush *"},
    Alias{unbound, "flush_zone", "flush --zone *"},
    Alias{unbound, "forward_add", "forward add *"},
    Alias{unbound, "forward_remove", "forward remove *"},
    Alias{unbound, "insecure_remove", "insecure remove *"},
    Alias{unbound, "list_forwards", "forward list"},
    Alias{unbound, "list_insecure", "insecure list"},
    Alias{unbound, "list_stubs", "stub list"},
    Alias{unbound, "load_cache", "cache load -"},
    Alias{unbound, "lookup", "delegation *"},
    Alias{unbound, "reload", "reload"},
    Alias{unbound, "reload_keep_cache", "reload"},
    Alias{unbound, "stats", "stats --as unbound"},
    Alias{unbound, "stats_noreset", "stats --as unbound"},
    Alias{unbound, "status", "status"},
    Alias{unbound, "stop", "stop"},
    Alias{unbound, "stub_add", "stub add *"},
    Alias{unbound, "stub_remove", "stub remove *"},
    Alias{unbound, "verbosity", "log level *"},
    Alias{pdns, "clear-nta", "insecure remove *"},
    Alias{pdns, "current-queries", "queries"},
    Alias{pdns, "dump-cache", "cache dump"},
    Alias{pdns, "dump-nsspeeds", "servers"},
    Alias{pdns, "dump-throttlemap", "servers"},
    Alias{pdns, "get-all", "stats --as pdns"},
    Alias{pdns, "get-ntas", "insecure list"},
    Alias{pdns, "ping", "ping"},
    Alias{pdns, "quit", "stop"},
    Alias{pdns, "quit-nicely", "stop"},
    Alias{pdns, "reload-acls", "reload"},
    Alias{pdns, "reload-yaml", "reload"},
    Alias{pdns, "reload-zones", "reload"},
    Alias{pdns, "uptime", "uptime"},
    Alias{pdns, "version", "version"},
    Alias{pdns, "wipe-cache", "flush *"},
    Alias{bind, "dumpdb", "cache dump"},
    Alias{bind, "flushname", "flush *"},
    Alias{bind, "flushtree", "flush --zone *"},
    Alias{bind, "recursing", "queries"},
    Alias{bind, "reconfig", "reload"},
    Alias{knot, "cache clear", "flush --zone *"},
    Alias{knot, "metrics", "stats"},
};

const Alias* find(std::string_view words, std::optional<Dialect> dialect) {
    const auto* const found = std::ranges::find_if(table, [&](const Alias& alias) {
        return alias.words == words && (!dialect || alias.dialect == *dialect);
    });
    return found == table.end() ? nullptr : found;
}

Words split(std::string_view text) {
    Words words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// Unbound's levels, of which each says more than the one before.
std::expected<std::string, std::string> level_of(std::span<const std::string> arguments) {
    constexpr std::array<std::string_view, 6> levels = {"error", "info",  "debug",
                                                        "debug", "debug", "debug"};
    if (arguments.size() != 1 || arguments[0].size() != 1 || arguments[0][0] < '0' ||
        arguments[0][0] > '5') {
        return std::unexpected("verbosity wants a number from 0 to 5");
    }
    return std::string(levels[static_cast<std::size_t>(arguments[0][0] - '0')]);
}

// "example.com" is one name, "example.com$" all below it too; "$" is everything.
std::vector<Words> wiped(std::span<const std::string> names) {
    std::vector<Words> all;
    for (std::string name : names) {
        if (name == "$" || name == ".$") {
            all.push_back({"flush", "--all"});
        } else if (name.ends_with('$')) {
            name.pop_back();
            all.push_back({"flush", "--zone", name});
        } else {
            all.push_back({"flush", name});
        }
    }
    return all;
}

std::expected<std::vector<Words>, std::string> expand(const Alias& alias,
                                                      std::span<const std::string> arguments) {
    if (alias.words == "wipe-cache") {
        if (arguments.empty()) {
            return std::unexpected("wipe-cache wants names, with a $ behind one for all below it");
        }
        return wiped(arguments);
    }
    if (alias.words == "cache clear" && arguments.empty()) {
        return std::vector<Words>{{"flush", "--all"}};
    }
    Words words = split(alias.meaning);
    if (alias.words == "verbosity") {
        auto level = level_of(arguments);
        if (!level) {
            return std::unexpected(std::move(level.error()));
        }
        words.back() = std::move(*level);
        return std::vector<Words>{std::move(words)};
    }
    if (words.back() == "*") {
        words.pop_back();
        words.insert(words.end(), arguments.begin(), arguments.end());
    } else if (!arguments.empty() && alias.words != "dump_cache" && alias.words != "load_cache") {
        return std::unexpected(fmt::format("{} wants no argument here", alias.words));
    }
    return std::vector<Words>{std::move(words)};
}

// The alias, and how many words it has.
std::optional<std::pair<const Alias*, std::size_t>> alias_at(std::span<const std::string> words,
                                                             std::optional<Dialect> dialect) {
    if (words.size() >= 2) {
        if (const Alias* const two = find(words[0] + " " + words[1], dialect)) {
            return std::pair(two, std::size_t{2});
        }
    }
    const Alias* const one = words.empty() ? nullptr : find(words[0], dialect);
    return one == nullptr ? std::nullopt : std::optional(std::pair(one, std::size_t{1}));
}

std::string unbound_status(std::string_view json) {
    const auto status = nlohmann::json::parse(json, nullptr, false);
    if (!status.is_object()) {
        return {};
    }
    const auto text = [&](const char* key) {
        const auto found = status.find(key);
        return found == status.end() ? std::string("0")
               : found->is_string()  ? for_terminal(found->get_ref<const std::string&>())
                                     : for_terminal(found->dump());
    };
    return fmt::format(
        "version: {}\nverbosity: 1\nthreads: {}\nmodules: 2 [ validator iterator ]\n"
        "uptime: {} seconds\noptions: control\nunbound (pid {}) is running...\n",
        text("version"), text("workers"), text("uptime-seconds"), text("pid"));
}

}  // namespace

std::span<const Alias> aliases() {
    return table;
}

std::optional<Dialect> dialect_from_text(std::string_view text) {
    if (text == "unbound") {
        return unbound;
    }
    return text == "pdns" ? std::optional(pdns) : std::nullopt;
}

std::expected<std::vector<Words>, std::string> translate(std::span<const std::string> words,
                                                         Dialect dialect) {
    if (dialect != wend) {
        if (const auto alias = alias_at(words, dialect)) {
            return expand(*alias->first, words.subspan(alias->second));
        }
    }
    if (verb_at(words)) {
        return std::vector<Words>{Words(words.begin(), words.end())};
    }
    if (const auto alias = alias_at(words, std::nullopt)) {
        return expand(*alias->first, words.subspan(alias->second));
    }
    const std::string typed = words.empty() ? "" : words[0];
    const auto nearest = nearest_verb(typed);
    return std::unexpected(
        fmt::format("\"{}\" is no verb{}; `wend ctl --help` lists them all", for_terminal(typed),
                    nearest ? fmt::format("; did you mean \"{}\"", *nearest) : std::string()));
}

std::optional<std::string> text_in(Dialect dialect, std::string_view verb, std::string_view json) {
    if (dialect != unbound) {
        return std::nullopt;
    }
    if (verb == "status") {
        return unbound_status(json);
    }
    const VerbSpec* const spec = find_verb_spec(verb);
    return spec != nullptr && spec->changes ? std::optional<std::string>("ok\n") : std::nullopt;
}

}  // namespace wend
