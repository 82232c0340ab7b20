// What holds for any octets taken as rdata of any type, for mutation tests and the fuzz target.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "dns/rdata.h"
#include "dns/zone_file_lexer.h"

namespace wend::dns {

// The octets that the text stands for; nothing if it is refused.
inline std::optional<std::vector<std::uint8_t>> rdata_octets(Type type, std::string_view text,
                                                             TextMode mode) {
    ZoneLexer lexer(text);
    ZoneEntry entry;
    const auto found = lexer.next(entry);
    std::vector<std::uint8_t> octets;
    if (!found || !rdata_from_text(type, entry.tokens, NameView(), octets, mode)) {
        return std::nullopt;
    }
    return octets;
}

// Empty if all holds, else what does not.
inline std::string broken_property_of_valid(Type type, Octets rdata) {
    const std::vector<std::uint8_t> octets(rdata.begin(), rdata.end());
    const std::string text = rdata_to_text(type, rdata);
    if (text.empty() || text.find('\n') != std::string::npos) {
        return "text is one line and not empty";
    }
    if (rdata_octets(type, text, TextMode::strict) != octets) {
        return "text reads back as the same octets: " + text;
    }
    std::vector<std::uint8_t> canonical;
    append_canonical_rdata(type, rdata, canonical);
    std::vector<std::uint8_t> again;
    append_canonical_rdata(type, canonical, again);
    if (canonical != again || canonical.size() != rdata.size() ||
        !is_valid_rdata(type, canonical)) {
        return "canonical form is valid, as long, and canonical";
    }
    std::array<RdataName, 2> names{};
    const std::size_t count = compressible_names(type, rdata, names);
    for (std::size_t i = 0; i < count; ++i) {
        const auto name = NameView::read(rdata.subspan(names[i].offset));
        if (!name || name->size() != names[i].size) {
            return "compressible names are names";
        }
    }
    std::vector<std::uint8_t> read;
    std::size_t steps = 4 * rdata.size();
    if (!read_rdata(rdata, 0, rdata.size(), type, steps, read) || read != octets) {
        return "uncompressed rdata is read as it is";
    }
    return "";
}

inline std::string broken_property(Type type, Octets rdata) {
    if (is_valid_rdata(type, rdata)) {
        return broken_property_of_valid(type, rdata);
    }
    const std::vector<std::uint8_t> octets(rdata.begin(), rdata.end());
    if (rdata_octets(type, rdata_to_text(type, rdata), TextMode::lenient) != octets) {
        return "what is not valid reads back leniently";
    }
    return "";
}

// Rdata inside a message, pointers and all: what is read is valid, and takes no more steps than it
// was given.
inline std::string broken_property_in_message(Type type, Octets message, std::size_t at) {
    std::size_t steps = 64;
    std::vector<std::uint8_t> out;
    const auto read = read_rdata(message, at, message.size() - at, type, steps, out);
    if (steps > 64) {
        return "steps only go down";
    }
    if (!read) {
        return out.empty() ? "" : "a refusal leaves nothing behind";
    }
    return is_valid_rdata(type, out) ? broken_property_of_valid(type, out)
                                     : "what was read is valid";
}

// Any text: what is accepted is valid and survives another turn.
inline std::string broken_property_of_text(Type type, std::string_view text) {
    const auto octets = rdata_octets(type, text, TextMode::strict);
    if (octets && !is_valid_rdata(type, *octets)) {
        return "text makes valid rdata";
    }
    const auto lenient = rdata_octets(type, text, TextMode::lenient);
    if (octets && lenient != octets) {
        return "lenient reads what strict does";
    }
    return octets ? broken_property_of_valid(type, *octets) : "";
}

}  // namespace wend::dns
