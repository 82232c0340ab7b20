// Record lines of an entry: "<owner> [<ttl>] [<class>] <type> <rdata>", one record a line.
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "dns/rdata.h"
#include "replay/scenario/lines.h"

namespace wend::sim {

namespace {

using dns::TextToken;

constexpr std::string_view separators = " \t()";

// The end of the token that begins at `at`: quotes and escapes keep separators inside.
std::size_t token_end(std::string_view line, std::size_t at) {
    bool quoted = false;
    for (; at < line.size(); ++at) {
        const char c = line[at];
        if (c == '\\') {
            ++at;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (separators.contains(c) || c == ';')) {
            break;
        }
    }
    return std::min(at, line.size());
}

// ';' outside quotes ends the line; parentheses outside quotes are blanks.
std::vector<TextToken> tokens_of(std::string_view line) {
    std::vector<TextToken> tokens;
    std::size_t at = 0;
    while ((at = line.find_first_not_of(separators, at)) != std::string_view::npos &&
           line[at] != ';') {
        const std::size_t end = token_end(line, at);
        std::string_view text = line.substr(at, end - at);
        const bool quoted = text.front() == '"';
        if (quoted) {
            text.remove_prefix(1);
            text.remove_suffix(text.ends_with('"') ? 1 : 0);
        }
        tokens.push_back({.text = text, .quoted = quoted});
        at = end;
    }
    return tokens;
}

// What stands before the rdata.
struct RecordHead {
    dns::Name owner;
    std::uint32_t ttl = 0;
    dns::Class rclass = dns::Class::in;
    dns::Type type{};
    std::size_t used = 0;  // tokens
};

bool starts_with_digit(const TextToken& token) {
    return !token.text.empty() && token.text.front() >= '0' && token.text.front() <= '9';
}

bool read_head(ScenarioReader& reader, const std::vector<TextToken>& tokens, RecordHead& head) {
    if (tokens.empty()) {
        return reader.fail("a record has no owner");
    }
    auto owner = dns::Name::from_text(tokens[0].text, reader.origin);
    if (!owner) {
        return reader.fail(
            fmt::format("\"{}\" is not a name: {}", tokens[0].text, dns::describe(owner.error())));
    }
    head.owner = *owner;
    head.ttl = reader.default_ttl;
    head.used = 1;
    if (head.used < tokens.size() && starts_with_digit(tokens[head.used])) {
        const auto ttl = dns::time_span_from_text(tokens[head.used].text);
        if (!ttl) {
            return reader.fail(fmt::format("\"{}\" is not a TTL", tokens[head.used].text));
        }
        head.ttl = *ttl;
        ++head.used;
    }
    if (head.used < tokens.size()) {
        // "ANY" is a type too, but not in front of another one.
        const auto rclass = dns::class_from_text(tokens[head.used].text);
        if (rclass && head.used + 1 < tokens.size()) {
            head.rclass = *rclass;
            ++head.used;
        }
    }
    if (head.used == tokens.size()) {
        return reader.fail("a record has no type");
    }
    const auto type = dns::type_from_text(tokens[head.used].text);
    if (!type) {
        return reader.fail(fmt::format("\"{}\" is not a type", tokens[head.used].text));
    }
    head.type = *type;
    ++head.used;
    return true;
}

}  // namespace

bool read_question(ScenarioReader& reader, std::string_view line, dns::Question& question) {
    RecordHead head;
    if (!read_head(reader, tokens_of(line), head)) {
        return false;
    }
    question = {.qname = head.owner, .qtype = head.type, .qclass = head.rclass};
    return true;
}

bool read_record(ScenarioReader& reader, std::string_view line, dns::ZoneRecord& record) {
    const std::vector<TextToken> tokens = tokens_of(line);
    RecordHead head;
    if (!read_head(reader, tokens, head)) {
        return false;
    }
    record.owner = head.owner;
    record.ttl = head.ttl;
    record.rclass = head.rclass;
    record.type = head.type;
    record.line = reader.lines.number();
    record.rdata.clear();
    const auto rdata = std::span(tokens).subspan(head.used);
    const auto read = dns::rdata_from_text(head.type, rdata, reader.origin, record.rdata);
    // The field's scenarios hold a few records that are not strictly well written; their own tool
    // reads them all the same.
    const bool holds =
        read || (!rdata.empty() && dns::rdata_from_text(head.type, rdata, reader.origin,
                                                        record.rdata, dns::TextMode::lenient));
    return holds || reader.fail(read.error().message);
}

}  // namespace wend::sim
