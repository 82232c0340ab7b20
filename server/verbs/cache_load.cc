// cache load: what a dump held comes back, as data that nobody has checked.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "dns/zone_file.h"
#include "server/verbs/arguments.h"
#include "server/verbs/entry_text.h"
#include "server/verbs/handlers.h"
#include "server/verbs/json_page.h"

namespace wend {
namespace {

struct Line {
    std::uint64_t number = 0;
    dns::ZoneRecord record;
    RecordNote note;
};

struct Counts {
    std::size_t kept = 0;     // RRsets
    std::size_t known = 0;    // of which the cache has fresh data, or a denial
    std::size_t expired = 0;  // meanwhile
    std::size_t cut = 0;      // without all of their records
};

bool is_comment(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    return first == std::string_view::npos || text[first] == ';';
}

// Where the comment begins: no semicolon of the record's own stands alone between blanks.
std::size_t comment_of(std::string_view text) {
    return text.rfind(" ; ");
}

Argument<Line> line_from(std::string_view text, std::uint64_t number) {
    const auto wrong = [&](std::string_view why) {
        return std::unexpected(fmt::format("line {}: {}", number, why));
    };
    const std::size_t comment = comment_of(text);
    if (comment == std::string_view::npos) {
        return wrong("the record has no comment as a dump of the cache writes it");
    }
    const auto note = note_from_text(text.substr(comment + 3));
    if (!note) {
        return wrong("the comment is not \"1/2 answer secure\" and the like");
    }
    auto record = dns::parse_record(text.substr(0, comment), {.mode = dns::TextMode::lenient});
    if (!record) {
        return wrong(in_quotes(record.error().message, 300));
    }
    if (record->rclass != dns::Class::in || dns::is_meta(record->type)) {
        return wrong("the record is no data of class IN");
    }
    if (!dns::is_valid_rdata(record->type, record->rdata)) {
        return wrong(fmt::format("the data is not valid for its type {}", to_text(record->type)));
    }
    return Line{number, std::move(*record), *note};
}

bool is_whole(std::span<const Line> set) {
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (set[i].note.number != i + 1 || set[i].note.of != set.size() ||
            !(set[i].record.owner == set.front().record.owner)) {
            return false;
        }
    }
    return set.front().record.type != dns::Type::rrsig;
}

// Of a signature, the type that it covers is the first field.
bool covers(const dns::ZoneRecord& signature, dns::Type type) {
    return load_u16(signature.rdata, 0) == static_cast<std::uint16_t>(type);
}

void keep(std::span<const Line> set, std::uint64_t age, VerbWorld& world, Counts& counts) {
    const dns::ZoneRecord& first = set.front().record;
    dns::RRsetBuilder builder(first.owner, first.type);
    std::uint64_t ttl = first.ttl;
    bool fits = is_whole(set);
    for (const Line& line : set) {
        ttl = std::min<std::uint64_t>(ttl, line.record.ttl);
        if (line.record.type == first.type) {
            builder.add(line.record.rdata);
        } else if (line.record.type == dns::Type::rrsig && covers(line.record, first.type)) {
            builder.add_signature(line.record.rdata);
        } else {
            fits = false;
        }
    }
    if (!fits) {
        ++counts.cut;
        return;
    }
    if (ttl <= age) {
        ++counts.expired;
        return;
    }
    const cache::Cache::Known known = world.cache.known_at(first.owner, first.type, world.now);
    if (known.denied || world.cache.find(first.owner, first.type, world.now, cache::Rank::hint)) {
        ++counts.known;
        return;
    }
    const cache::Rank rank = std::min(set.front().note.rank, cache::Rank::answer);
    const auto left = static_cast<std::uint32_t>(ttl - age);
    counts.kept += world.cache.store(builder.finish(left), rank, world.now) ? 1U : 0U;
}

// Each set begins with the record that says it is the first.
void keep_all(std::span<const Line> lines, std::uint64_t age, VerbWorld& world, Counts& counts) {
    for (std::size_t at = 0; at < lines.size();) {  // ends: each turn takes a line or more
        std::size_t end = at + 1;
        while (end < lines.size() && lines[end].note.number != 1) {
            ++end;
        }
        keep(lines.subspan(at, end - at), age, world, counts);
        at = end;
    }
}

Argument<std::vector<Line>> lines_from(std::span<const std::string> texts, std::uint64_t number) {
    std::vector<Line> lines;
    for (std::string_view text : texts) {
        while (!text.empty()) {  // ends: each turn takes a line off
            const std::size_t end = std::min(text.find('\n'), text.size());
            const std::string_view line = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (!is_comment(line)) {
                auto read = line_from(line, number);
                if (!read) {
                    return std::unexpected(std::move(read.error()));
                }
                lines.push_back(std::move(*read));
            }
            ++number;
            if (lines.size() > verb_entries_max) {
                return std::unexpected(
                    fmt::format("a part of a dump has at most {} records", verb_entries_max));
            }
        }
    }
    return lines;
}

}  // namespace

// All of a part or nothing of it, so that who corrects a line may send the part again.
LinkReply load_cache(const LinkRequest& request, VerbWorld& world) {
    const std::span<const std::string> arguments = request.arguments;
    if (arguments.size() < 3) {
        return refused(
            "cache load wants when the dump was written, the number of the first line, "
            "and lines of the dump: cache load TIME LINE TEXT...");
    }
    const auto written = number_from(arguments[0]);
    const auto first = number_from(arguments[1]);
    const auto wall = static_cast<std::uint64_t>(
        std::max<std::int64_t>(world.wall_now.time_since_epoch().count(), 0));
    if (!written || !first || *first > 1'000'000'000'000) {
        return refused(
            fmt::format("{} and {} are not the second of Unix time when the dump was "
                        "written and the number of a line",
                        in_quotes(arguments[0]), in_quotes(arguments[1])));
    }
    if (*written > wall) {
        return refused("the dump was written in the future: this machine's clock was set back");
    }
    const auto lines = lines_from(arguments.subspan(2), *first);
    if (!lines) {
        return refused(lines.error());
    }
    Counts counts;
    keep_all(*lines, wall - *written, world, counts);
    return done(json_text({{"kept", counts.kept},
                           {"known", counts.known},
                           {"expired", counts.expired},
                           {"cut", counts.cut}}));
}

}  // namespace wend
