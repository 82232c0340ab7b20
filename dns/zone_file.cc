#include "dns/zone_file.h"

#include <fmt/core.h>

#include "dns/rdata_text.h"
#include "dns/zone_file_lexer.h"

namespace wend::dns {
namespace {

class ZoneFileReader {
  public:
    explicit ZoneFileReader(const ZoneFileOptions& options)
        : origin_(options.origin), ttl_(options.default_ttl), mode_(options.mode) {}

    static bool is_directive(const ZoneEntry& entry) {
        return !entry.tokens[0].quoted && entry.tokens[0].text.starts_with('$');
    }

    std::expected<void, ZoneFileError> directive(const ZoneEntry& entry);

    // `owner_given`: the first token is the owner, not that of the record before.
    std::expected<ZoneRecord, ZoneFileError> record(const ZoneEntry& entry, bool owner_given);

  private:
    using Done = std::expected<void, ZoneFileError>;

    Done read_owner(const ZoneEntry& entry);
    Done read_type(const ZoneEntry& entry, std::size_t& at, ZoneRecord& record);

    Name origin_;
    std::optional<Name> owner_;
    std::uint32_t ttl_;
    bool ttl_is_fixed_ = false;  // by $TTL (RFC 2308 4)
    Class class_ = Class::in;
    TextMode mode_;
};

std::unexpected<ZoneFileError> fault(const ZoneEntry& entry, std::size_t token,
                                     std::string message) {
    const ZonePlace place = entry.place(token);
    return std::unexpected(
        ZoneFileError{.line = place.line, .column = place.column, .message = std::move(message)});
}

std::unexpected<ZoneFileError> not_wanted(const ZoneEntry& entry, std::size_t token,
                                          std::string_view wanted_words) {
    return fault(entry, token,
                 fmt::format("wanted {}, not {}", wanted_words,
                             token < entry.tokens.size() ? shown(entry.tokens[token].text)
                                                         : "the end of the line"));
}

std::expected<Name, ZoneFileError> name_at(const ZoneEntry& entry, std::size_t token,
                                           NameView origin) {
    if (token >= entry.tokens.size()) {
        return not_wanted(entry, token, "a domain name");
    }
    const auto name = Name::from_text(entry.tokens[token].text, origin);
    if (!name) {
        return fault(entry, token,
                     fmt::format("wanted a domain name, not {}: {}",
                                 shown(entry.tokens[token].text), describe(name.error())));
    }
    return *name;
}

std::expected<void, ZoneFileError> ZoneFileReader::directive(const ZoneEntry& entry) {
    const std::string_view keyword = entry.tokens[0].text;
    if (keyword != "$ORIGIN" && keyword != "$TTL") {
        return not_wanted(entry, 0, "a record, $ORIGIN or $TTL");
    }
    if (entry.tokens.size() > 2) {
        return not_wanted(entry, 2, "the end of the line");
    }
    if (keyword == "$ORIGIN") {
        const auto origin = name_at(entry, 1, origin_);
        if (!origin) {
            return std::unexpected(origin.error());
        }
        origin_ = *origin;
        return {};
    }
    const auto ttl =
        entry.tokens.size() == 2 ? time_span_from_text(entry.tokens[1].text) : std::nullopt;
    if (!ttl) {
        return not_wanted(entry, 1, "a TTL in seconds, or like 1h30m");
    }
    ttl_ = *ttl;
    ttl_is_fixed_ = true;
    return {};
}

std::expected<void, ZoneFileError> ZoneFileReader::read_owner(const ZoneEntry& entry) {
    const auto owner = name_at(entry, 0, origin_);
    if (!owner) {
        return std::unexpected(owner.error());
    }
    owner_ = *owner;
    return {};
}

// The type, and the TTL and the class that may come before it in either order.
std::expected<void, ZoneFileError> ZoneFileReader::read_type(const ZoneEntry& entry,
                                                             std::size_t& at, ZoneRecord& record) {
    bool has_ttl = false;
    bool has_class = false;
    for (; at < entry.tokens.size(); ++at) {  // ends: each of the two is taken once
        const std::string_view text = entry.tokens[at].text;
        const auto ttl = has_ttl ? std::nullopt : time_span_from_text(text);
        const auto rclass = has_class ? std::nullopt : class_from_text(text);
        if (ttl) {
            record.ttl = *ttl;
            has_ttl = true;
            continue;
        }
        if (rclass) {
            record.rclass = *rclass;
            has_class = true;
            continue;
        }
        const auto type = type_from_text(text);
        if (!type || (is_meta(*type) && mode_ == TextMode::strict)) {
            break;
        }
        ++at;
        record.type = *type;
        ttl_ = has_ttl && !ttl_is_fixed_ ? record.ttl : ttl_;
        class_ = record.rclass;
        return {};
    }
    return not_wanted(entry, at,
                      has_ttl && has_class ? "a record type" : "a TTL, a class or a record type");
}

std::expected<ZoneRecord, ZoneFileError> ZoneFileReader::record(const ZoneEntry& entry,
                                                                bool owner_given) {
    if (owner_given) {
        if (const auto read = read_owner(entry); !read) {
            return std::unexpected(read.error());
        }
    }
    if (!owner_) {
        return fault(entry, 0,
                     "a record that begins with a blank has the owner of the one before it, and "
                     "there is none: wanted an owner at the start of the line");
    }
    ZoneRecord record{.owner = *owner_,
                      .type = {},
                      .rclass = class_,
                      .ttl = ttl_,
                      .rdata = {},
                      .line = entry.place(0).line};
    std::size_t at = owner_given ? 1 : 0;
    if (const auto read = read_type(entry, at, record); !read) {
        return std::unexpected(read.error());
    }
    const auto rdata_tokens = std::span<const TextToken>(entry.tokens).subspan(at);
    const auto read = rdata_from_text(record.type, rdata_tokens, origin_, record.rdata, mode_);
    if (!read) {
        return fault(entry, at + read.error().token, read.error().message);
    }
    return record;
}

}  // namespace

std::expected<std::vector<ZoneRecord>, ZoneFileError> parse_zone_file(
    std::string_view text, const ZoneFileOptions& options) {
    ZoneLexer lexer(text);
    ZoneFileReader reader(options);
    ZoneEntry entry;
    std::vector<ZoneRecord> records;
    while (true) {  // ends with the text
        const auto found = lexer.next(entry);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (!*found) {
            return records;
        }
        if (!entry.begins_blank && ZoneFileReader::is_directive(entry)) {
            if (const auto done = reader.directive(entry); !done) {
                return std::unexpected(done.error());
            }
            continue;
        }
        auto record = reader.record(entry, !entry.begins_blank);
        if (!record) {
            return std::unexpected(record.error());
        }
        records.push_back(std::move(*record));
    }
}

std::expected<ZoneRecord, ZoneFileError> parse_record(std::string_view text,
                                                      const ZoneFileOptions& options) {
    ZoneLexer lexer(text);
    ZoneEntry entry;
    const auto found = lexer.next(entry);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (!*found || ZoneFileReader::is_directive(entry)) {
        return not_wanted(entry, 0, "a record");
    }
    ZoneFileReader reader(options);
    auto record = reader.record(entry, true);
    if (!record) {
        return record;
    }
    ZoneEntry another;
    const auto more = lexer.next(another);
    if (!more) {
        return std::unexpected(more.error());
    }
    if (*more) {
        return not_wanted(another, 0, "one record and no more");
    }
    return record;
}

}  // namespace wend::dns
