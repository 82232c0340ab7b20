#include "fuzz/rdata_property.h"

#include <algorithm>
#include <array>

#include "dns/zone_file.h"
#include "dns/zone_file_lexer.h"
#include "fuzz/properties.h"

namespace wend::fuzz {
namespace {

using namespace wend::dns;
using OctetBuffer = std::vector<std::uint8_t>;

OctetBuffer copy_of(Octets octets) {
    return {octets.begin(), octets.end()};
}

std::string complaint_about_canonical(Type type, Octets rdata) {
    OctetBuffer canonical;
    append_canonical_rdata(type, rdata, canonical);
    OctetBuffer again;
    append_canonical_rdata(type, canonical, again);
    return canonical == again && canonical.size() == rdata.size() && is_valid_rdata(type, canonical)
               ? ""
               : "canonical form is not valid, as long and canonical";
}

std::string complaint_about_names(Type type, Octets rdata) {
    std::array<RdataName, 2> names{};
    const std::size_t count = compressible_names(type, rdata, names);
    for (std::size_t i = 0; i < count; ++i) {
        const auto name = NameView::read(rdata.subspan(names[i].offset));
        if (!name || name->size() != names[i].size) {
            return "a compressible name is no name";
        }
    }
    return "";
}

std::string complaint_about_valid(Type type, Octets rdata) {
    const OctetBuffer octets = copy_of(rdata);
    const std::string text = rdata_to_text(type, rdata);
    if (text.empty() || text.find('\n') != std::string::npos) {
        return "text is not one line";
    }
    if (rdata_octets(type, text, TextMode::strict) != octets) {
        return "text reads back as other octets: " + text;
    }
    OctetBuffer read;
    std::size_t steps = 4 * rdata.size();
    if (!read_rdata(rdata, 0, rdata.size(), type, steps, read) || read != octets) {
        return "rdata without pointers is not read as it is";
    }
    std::string complaint = complaint_about_canonical(type, rdata);
    return complaint.empty() ? complaint_about_names(type, rdata) : complaint;
}

std::string complaint_about_zone_file(std::string_view text) {
    const auto records = parse_zone_file(text, {});
    if (!records) {
        const ZoneFileError& error = records.error();
        const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
        const bool in_text = error.line >= 1 && error.line <= lines && error.column >= 1 &&
                             error.column <= text.size() + 1;
        return in_text && !error.message.empty() ? "" : "a fault without words or place";
    }
    for (const ZoneRecord& record : *records) {
        const auto again = parse_record(
            record_to_text(record.owner, record.ttl, record.rclass, record.type, record.rdata), {});
        if (!again || !equal_with_case(again->owner, record.owner) || again->ttl != record.ttl ||
            again->rclass != record.rclass || again->type != record.type ||
            again->rdata != record.rdata) {
            return "a record's text reads back as another record";
        }
    }
    return "";
}

}  // namespace

std::optional<OctetBuffer> rdata_octets(Type type, std::string_view text, TextMode mode) {
    ZoneLexer lexer(text);
    ZoneEntry entry;
    const auto found = lexer.next(entry);
    OctetBuffer octets;
    if (!found || !rdata_from_text(type, entry.tokens, NameView(), octets, mode)) {
        return std::nullopt;
    }
    return octets;
}

std::string complaint_about_rdata_octets(Type type, Octets rdata) {
    if (is_valid_rdata(type, rdata)) {
        return complaint_about_valid(type, rdata);
    }
    const auto again = rdata_octets(type, rdata_to_text(type, rdata), TextMode::lenient);
    return again == copy_of(rdata) ? "" : "what is not valid reads back as other octets";
}

std::string complaint_about_rdata_in_message(Type type, Octets message, std::size_t at) {
    constexpr std::size_t steps_given = 64;
    std::size_t steps = steps_given;
    OctetBuffer out;
    const auto read = read_rdata(message, at, message.size() - at, type, steps, out);
    if (steps > steps_given) {
        return "steps go up";
    }
    if (!read) {
        return out.empty() ? "" : "a refusal leaves octets behind";
    }
    return is_valid_rdata(type, out) ? complaint_about_valid(type, out)
                                     : "what was read is not valid";
}

std::string complaint_about_rdata_text(Type type, std::string_view text) {
    const auto octets = rdata_octets(type, text, TextMode::strict);
    if (!octets) {
        return "";
    }
    if (!is_valid_rdata(type, *octets)) {
        return "text makes rdata that is not valid";
    }
    if (rdata_octets(type, text, TextMode::lenient) != octets) {
        return "lenient reading differs where strict accepts";
    }
    return complaint_about_valid(type, *octets);
}

std::string complaint_about_rdata(Octets input) {
    if (input.size() < 2) {
        return "";
    }
    const Type type{load_u16(input, 0)};
    const Octets rest = input.subspan(2);
    const std::string text(rest.begin(), rest.end());
    std::string complaint = complaint_about_rdata_octets(type, rest);
    if (complaint.empty()) {
        complaint = complaint_about_rdata_in_message(type, rest, rest.size() / 2);
    }
    if (complaint.empty()) {
        complaint = complaint_about_rdata_text(type, text);
    }
    return complaint.empty() ? complaint_about_zone_file(text) : complaint;
}

}  // namespace wend::fuzz
