// What is configured, and what was counted.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "dns/reason.h"
#include "server/verbs/arguments.h"
#include "server/verbs/handlers.h"
#include "server/verbs/json_page.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

std::string nothing_wanted(const LinkRequest& request) {
    return fmt::format("{} wants no argument", in_quotes(request.verb));
}

// A page is `verb_entries_max` of `all`; the cursor is the number of the next.
template <class All, class ToJson>
LinkReply page_of_list(const LinkRequest& request, const All& all, std::string_view key,
                       ToJson to_json) {
    if (!request.arguments.empty()) {
        return refused(nothing_wanted(request));
    }
    const auto numbers = cursor_from<1>(request.cursor);
    if (!numbers || (*numbers)[0] > all.size()) {
        return bad_cursor();
    }
    JsonPage items;
    std::size_t at = (*numbers)[0];
    const std::size_t end = std::min(at + verb_entries_max, all.size());
    while (at < end && items.add({to_json(all[at])})) {
        ++at;
    }
    return at == all.size() ? done(items.text(key))
                            : page(items.text(key), std::array<std::uint64_t, 1>{at});
}

Json json_of(const Config::Zone& zone) {
    constexpr std::size_t shown_max = 256;
    Json addresses = Json::array();
    for (const Endpoint& address : zone.addresses) {
        if (addresses.size() == shown_max) {
            break;
        }
        addresses.push_back(address.to_text());
    }
    return {{"zone", to_text(zone.zone.view())},
            {"addresses", std::move(addresses)},
            {"first", zone.first}};
}

template <class Key, class Text>
void count_all(std::span<const Stats* const> workers, std::size_t count, Text text, Json& to) {
    for (std::size_t i = 0; i < count; ++i) {
        const Key key{static_cast<std::underlying_type_t<Key>>(i)};
        std::uint64_t sum = 0;
        for (const Stats* worker : workers) {
            sum += worker->get(key);
        }
        to[std::string(text(key))] = sum;
    }
}

Json rcodes_of(std::span<const Stats* const> workers) {
    Json rcodes = Json::object();
    for (std::size_t i = 0; i < Stats::rcode_count; ++i) {
        const dns::Rcode rcode{static_cast<std::uint16_t>(i)};
        std::uint64_t sum = 0;
        for (const Stats* worker : workers) {
            sum += worker->get(rcode);
        }
        if (sum > 0) {
            rcodes[i + 1 == Stats::rcode_count ? "other" : to_text(rcode)] = sum;
        }
    }
    return rcodes;
}

}  // namespace

LinkReply list_forwards(const LinkRequest& request, VerbWorld& world) {
    return page_of_list(request, world.config.forward, "forward",
                        [](const Config::Zone& zone) { return json_of(zone); });
}

LinkReply list_stubs(const LinkRequest& request, VerbWorld& world) {
    return page_of_list(request, world.config.stub, "stub",
                        [](const Config::Zone& zone) { return json_of(zone); });
}

LinkReply list_insecure(const LinkRequest& request, VerbWorld& world) {
    return page_of_list(request, world.config.dnssec.negative_anchors, "insecure",
                        [&](const Config::NegativeAnchor& anchor) {
                            Json json = {{"zone", to_text(anchor.zone.view())}};
                            if (anchor.until) {
                                json["until"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", *anchor.until);
                                json["ended"] = world.wall_now >= *anchor.until;
                            }
                            return json;
                        });
}

// A key a line, or the one that is asked for: name or JSON pointer.
LinkReply show_config(const LinkRequest& request, VerbWorld& world) {
    std::vector<std::string> words = request.arguments;
    std::erase(words, "-p");
    std::erase(words, "--origin");
    const auto key = words.size() == 1 ? key_path_of(words[0])
                                       : std::expected<std::string_view, std::string>("");
    if (!key || words.size() > 1) {
        return refused(key ? "config show wants nothing or one key" : in_quotes(key.error()));
    }
    std::vector<Origin> shown;
    std::ranges::copy_if(world.origins, std::back_inserter(shown), [&key](const Origin& origin) {
        return key->empty() || origin.path == *key;
    });
    LinkRequest rest = request;
    rest.arguments.clear();
    return page_of_list(rest, shown, "keys", [](const Origin& origin) {
        return Json{{"key", origin.path}, {"value", origin.value}, {"origin", origin.origin}};
    });
}

LinkReply show_stats(const LinkRequest& request, VerbWorld& world) {
    if (!request.arguments.empty()) {
        return refused(nothing_wanted(request));
    }
    Json counters = Json::object();
    count_all<Counter>(
        world.stats, static_cast<std::size_t>(Counter::count),
        [](Counter counter) { return to_text(counter); }, counters);
    Json reasons = Json::object();
    count_all<dns::Reason>(
        world.stats, dns::reason_count, [](dns::Reason reason) { return dns::to_text(reason); },
        reasons);
    const cache::Statistics kept = world.cache.statistics();
    const cache::SpanStatistics spans = world.spans.statistics();
    return done(json_text(
        {{"counters", std::move(counters)},
         {"rcodes", rcodes_of(world.stats)},
         {"reasons", std::move(reasons)},
         {"cache",
          {{"octets", kept.bytes}, {"entries", kept.entries}, {"evictions", kept.evictions}}},
         {"spans", {{"octets", spans.bytes}, {"spans", spans.spans}, {"zones", spans.zones}}}}));
}

}  // namespace wend
