// cache show, cache dump: pages of what is kept.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/verbs/arguments.h"
#include "server/verbs/entry_text.h"
#include "server/verbs/handlers.h"
#include "server/verbs/json_page.h"

namespace wend {
namespace {

using Json = nlohmann::ordered_json;

// JSON octets of the lines of entries that cannot be paged apart. Where they are more the longest
// are not shown, but said to be too long.
constexpr std::size_t together_octets_max = 40'000;

// To write an entry as text takes some microseconds: so many of a turn are as long as many more
// that are only looked at.
constexpr std::size_t shown_entries_max = 64;

// Steps of a turn that find little: a step goes through no more than one shard.
constexpr std::size_t steps_max = 8;

// A step of fewer entries is not worth its lock.
constexpr std::size_t step_rest_min = 16;

using Lines = std::vector<std::string>;

// Of their JSON, at most: a quotation mark and a backslash take two.
std::size_t octets_of(const Lines& lines) {
    std::size_t octets = 0;
    for (const std::string& line : lines) {
        octets += 3 + line.size() +
                  static_cast<std::size_t>(
                      std::ranges::count_if(line, [](char c) { return c == '"' || c == '\\'; }));
    }
    return octets;
}

std::vector<Lines> lines_of(std::span<const cache::KeptEntry> together) {
    std::vector<Lines> all;
    std::vector<std::size_t> octets;
    std::size_t sum = 0;
    for (const cache::KeptEntry& entry : together) {
        all.push_back(dump_lines(entry));
        octets.push_back(octets_of(all.back()));
        sum += octets.back();
    }
    for (std::size_t i = 0; i < all.size() && sum > together_octets_max; ++i) {
        const auto longest = std::ranges::max_element(octets);
        const auto which = static_cast<std::size_t>(longest - octets.begin());
        const cache::KeptEntry& entry = together[which];
        all[which] = {fmt::format("; {} {} {} has {} octets, too many to be shown",
                                  to_text(entry.kind()), to_text(entry.owner()),
                                  to_text(entry.type()), entry.octets())};
        sum -= *longest;
        *longest = 0;
    }
    return all;
}

Json json_of(const cache::KeptEntry& entry, Lines lines) {
    Json json = {{"kind", to_text(entry.kind())}, {"name", to_text(entry.owner())}};
    if (entry.type() != dns::Type{}) {
        json["type"] = to_text(entry.type());
    }
    json["ttl"] = entry.ttl();
    json["octets"] = entry.octets();
    if (entry.kind() != cache::Kind::delegation) {
        json["security"] = to_text(entry.security());
    }
    if (entry.kind() == cache::Kind::rrset || entry.kind() == cache::Kind::proof) {
        json["rank"] = to_text(entry.rank());
    }
    json["lines"] = std::move(lines);
    return json;
}

// Fills a page with what `to_json` makes of entries; the number of them is nobody's concern.
template <class ToJson>
LinkReply page_of(const cache::Selection& selection, const LinkRequest& request, VerbWorld& world,
                  std::string_view key, std::size_t most, ToJson to_json) {
    const auto numbers = cursor_from<2>(request.cursor);
    if (!numbers || (*numbers)[0] > 0xffff) {
        return bad_cursor();
    }
    JsonPage items;
    std::optional<cache::Cursor> at =
        cache::Cursor{static_cast<std::uint32_t>((*numbers)[0]), (*numbers)[1]};
    std::size_t looked_at = 0;
    bool is_full = false;
    for (std::size_t step = 0; at && !is_full && step < steps_max; ++step) {
        if (looked_at + step_rest_min > most) {
            break;
        }
        const cache::Step walked = world.cache.walk(
            selection, *at, world.now,
            [&](std::span<const cache::KeptEntry> together) {
                std::vector<Json> made;
                std::vector<Lines> lines = lines_of(together);
                for (std::size_t i = 0; i < together.size(); ++i) {
                    to_json(together[i], std::move(lines[i]), made);
                }
                is_full = !items.add(std::move(made));
                return !is_full;
            },
            most - looked_at);
        looked_at += walked.looked_at;
        at = walked.next;
    }
    if (!at) {
        return done(items.text(key));
    }
    return page(items.text(key), std::array<std::uint64_t, 2>{at->part, at->place});
}

}  // namespace

LinkReply show_cache(const LinkRequest& request, VerbWorld& world) {
    if (request.arguments.empty() || request.arguments.size() > 2) {
        return refused("cache show wants a name and perhaps a type: cache show NAME [TYPE]");
    }
    const auto name = name_argument(request.arguments[0]);
    if (!name) {
        return refused(name.error());
    }
    std::optional<dns::Type> type;
    if (request.arguments.size() == 2) {
        const auto wanted = type_argument(request.arguments[1]);
        if (!wanted) {
            return refused(wanted.error());
        }
        type = *wanted;
    }
    return page_of(cache::at_name(*name, type), request, world, "entries", verb_entries_max,
                   [](const cache::KeptEntry& entry, Lines lines, std::vector<Json>& to) {
                       to.push_back(json_of(entry, std::move(lines)));
                   });
}

LinkReply dump_cache(const LinkRequest& request, VerbWorld& world) {
    cache::Selection selection;
    if (request.arguments.size() == 2 && request.arguments[0] == "--zone") {
        const auto zone = name_argument(request.arguments[1]);
        if (!zone) {
            return refused(zone.error());
        }
        selection = cache::at_or_below(*zone);
    } else if (!request.arguments.empty()) {
        return refused("cache dump wants nothing or a zone: cache dump [--zone ZONE]");
    }
    return page_of(selection, request, world, "lines", shown_entries_max,
                   [](const cache::KeptEntry&, Lines lines, std::vector<Json>& to) {
                       for (std::string& line : lines) {
                           to.emplace_back(std::move(line));
                       }
                   });
}

}  // namespace wend
