#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "config/read.h"
#include "dns/zone_file.h"
#include "fuzz/server_properties.h"
#include "replay/scenario/scenario.h"

namespace wend::fuzz {
namespace {

std::string_view text_of(Octets input) {
    return {reinterpret_cast<const char*>(input.data()), input.size()};
}

std::size_t lines_in(std::string_view text) {
    return 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

bool is_same(const dns::ZoneRecord& a, const dns::ZoneRecord& b) {
    return equal_with_case(a.owner, b.owner) && a.type == b.type && a.rclass == b.rclass &&
           a.ttl == b.ttl && a.rdata == b.rdata;
}

}  // namespace

std::string complaint_about_zone(Octets input) {
    const std::string_view text = text_of(input);
    const auto records = dns::parse_zone_file(text, {});
    if (!records) {
        const dns::ZoneFileError& error = records.error();
        // At the end of the text the place is just behind it.
        const bool inside = error.line >= 1 && error.line <= lines_in(text) + 1 &&
                            error.column >= 1 && error.column <= text.size() + 1;
        return inside && !error.message.empty() ? "" : "a fault has no place in the zone file";
    }
    std::string again;
    for (const dns::ZoneRecord& record : *records) {
        again +=
            record_to_text(record.owner, record.ttl, record.rclass, record.type, record.rdata) +
            "\n";
    }
    const auto read_again = dns::parse_zone_file(again, {});
    if (!read_again || !std::ranges::equal(*records, *read_again, is_same)) {
        return "the records of a zone file do not read back as they print";
    }
    return "";
}

std::string complaint_about_configuration(Octets input) {
    const std::string_view text = text_of(input);
    const auto config = read_config(text, "/nonexistent");
    if (config) {
        return "";
    }
    if (config.error().empty()) {
        return "a configuration is refused without a mistake";
    }
    for (const Mistake& mistake : config.error()) {
        const bool inside = mistake.place.line >= 1 && mistake.place.line <= lines_in(text) + 1 &&
                            mistake.place.column >= 1 && mistake.place.column <= text.size() + 1;
        if (!inside || mistake.text.empty()) {
            return "a mistake has no place in the configuration";
        }
    }
    return "";
}

std::string complaint_about_scenario(Octets input) {
    const std::string_view text = text_of(input);
    const auto scenario = sim::read_scenario(text);
    if (scenario) {
        return "";
    }
    const sim::ScenarioError& error = scenario.error();
    const bool inside = error.line >= 1 && error.line <= lines_in(text) + 1;
    return inside && !error.message.empty() ? "" : "a fault has no line in the scenario";
}

}  // namespace wend::fuzz
