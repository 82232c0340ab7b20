// flush: a step at a time through each store that the form names.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/verbs/arguments.h"
#include "server/verbs/handlers.h"
#include "server/verbs/json_page.h"

namespace wend {
namespace {

using cache::Cursor;
using cache::Selection;
using cache::Step;

constexpr std::string_view usage =
    "flush wants what to forget: flush NAME [TYPE], --zone ZONE, --bogus, --negative, --failures, "
    "--servers ADDRESS or --servers all, or --all";

// Steps of a turn that find little, of at most 256 places of a table each.
constexpr std::size_t steps_max = 8;

// What goes, of each store; nothing of the others.
struct Wanted {
    std::optional<Selection> apex{};  // with what denies all of a zone from above it
    std::optional<Selection> cache{};
    std::optional<Selection> spans{};
    std::optional<Selection> failures{};
    std::optional<Endpoint> server{};
    bool servers = false;  // all of them
};

Argument<Wanted> servers_wanted(const std::string& text, const VerbWorld& world) {
    if (text == "all") {
        return Wanted{.servers = true};
    }
    const auto server = Endpoint::from_text(text, world.config.upstream.port);
    if (!server) {
        return std::unexpected(
            fmt::format("{} is no server: wanted an address, with a port perhaps, or \"all\"",
                        in_quotes(text)));
    }
    return Wanted{.server = *server};
}

Argument<Wanted> name_wanted(const std::vector<std::string>& arguments) {
    auto name = name_argument(arguments[0]);
    if (!name) {
        return std::unexpected(std::move(name.error()));
    }
    std::optional<dns::Type> type;
    if (arguments.size() == 2) {
        auto read = type_argument(arguments[1]);
        if (!read) {
            return std::unexpected(std::move(read.error()));
        }
        type = *read;
    }
    const Selection selection = cache::at_name(*name, type);
    return Wanted{.cache = selection, .spans = selection, .failures = selection};
}

Argument<Wanted> alone(std::string_view form) {
    const Selection all;
    const Selection bogus{.what = Selection::What::bogus};
    const Selection negative{.what = Selection::What::negative};
    if (form == "--bogus") {
        return Wanted{.cache = bogus, .failures = bogus};
    }
    if (form == "--negative") {
        return Wanted{.cache = negative, .spans = all};
    }
    if (form == "--failures") {
        return Wanted{.failures = all};
    }
    if (form == "--all") {
        return Wanted{.cache = all, .spans = all, .failures = all, .servers = true};
    }
    return std::unexpected(std::string(usage));
}

Argument<Wanted> wanted_by(const std::vector<std::string>& arguments, const VerbWorld& world) {
    const bool is_form = !arguments.empty() && arguments[0].starts_with("--");
    if (!is_form && (arguments.size() == 1 || arguments.size() == 2)) {
        return name_wanted(arguments);
    }
    if (is_form && arguments.size() == 1) {
        return alone(arguments[0]);
    }
    if (arguments.size() == 2 && arguments[0] == "--servers") {
        return servers_wanted(arguments[1], world);
    }
    if (arguments.size() == 2 && arguments[0] == "--zone") {
        auto zone = name_argument(arguments[1]);
        if (!zone) {
            return std::unexpected(std::move(zone.error()));
        }
        const Selection selection = cache::at_or_below(*zone);
        return Wanted{.apex = cache::at_name(*zone),
                      .cache = selection,
                      .spans = selection,
                      .failures = selection};
    }
    return std::unexpected(std::string(usage));
}

// The stores in order: what is learned of servers last, as the others lead to it.
enum Store : std::uint64_t {
    apex_entries,
    all_entries,
    apex_spans,
    all_spans,
    all_failures,
    all_servers,
    store_count
};

Step step_of(std::uint64_t store, const Wanted& wanted, Cursor from, VerbWorld& world) {
    if (store == apex_entries && wanted.apex) {
        return world.cache.flush(*wanted.apex, from);
    }
    if (store == all_entries && wanted.cache) {
        return world.cache.flush(*wanted.cache, from);
    }
    if (store == apex_spans && wanted.apex) {
        return world.spans.flush_above(wanted.apex->name, from);
    }
    if (store == all_spans && wanted.spans) {
        return world.spans.flush(*wanted.spans, from);
    }
    if (store == all_failures && wanted.failures) {
        return world.failures.flush(*wanted.failures, from);
    }
    if (store == all_servers && wanted.server) {
        return world.servers.flush(*wanted.server, from);
    }
    return store == all_servers && wanted.servers ? world.servers.flush_every(from) : Step{};
}

}  // namespace

LinkReply flush(const LinkRequest& request, VerbWorld& world) {
    const auto wanted = wanted_by(request.arguments, world);
    if (!wanted) {
        return refused(wanted.error());
    }
    // The store, where in it, and how many went so far.
    const auto numbers = cursor_from<4>(request.cursor);
    if (!numbers || (*numbers)[0] >= store_count || (*numbers)[1] > 0xffff'ffff) {
        return bad_cursor();
    }
    auto [store, part, place, gone] = *numbers;
    std::size_t looked_at = 0;
    for (std::size_t i = 0; i < steps_max && looked_at < verb_entries_max && store < store_count;
         ++i) {
        const Step step = step_of(store, *wanted, {static_cast<std::uint32_t>(part), place}, world);
        looked_at += step.looked_at;
        gone += step.taken;
        store += step.next ? 0U : 1U;
        part = step.next ? step.next->part : 0;
        place = step.next ? step.next->place : 0;
    }
    std::string json = json_text({{"flushed", gone}});
    return store == store_count
               ? done(std::move(json))
               : page(std::move(json), std::array<std::uint64_t, 4>{store, part, place, gone});
}

}  // namespace wend
