// Times as text: spans with units, and the dates of signatures.
#include <chrono>

#include <fmt/core.h>

#include "dns/rdata_text.h"
#include "dns/zone_file.h"

namespace wend::dns {
namespace {

constexpr std::uint64_t u32_max = 0xffffffffU;

// 0 for what is no unit.
std::uint64_t seconds_in(char unit) {
    switch (unit | 0x20) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 60 * 60;
        case 'd':
            return 24 * 60 * 60;
        case 'w':
            return 7 * 24 * 60 * 60;
        default:
            return 0;
    }
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    const auto value = number_from_text(text.substr(at, count), 9999);
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::optional<std::uint32_t> date_from_text(std::string_view text) {
    using namespace std::chrono;
    const auto year_number = digits(text, 0, 4);
    const auto month_number = digits(text, 4, 2);
    const auto day_number = digits(text, 6, 2);
    const auto hour = digits(text, 8, 2);
    const auto minute = digits(text, 10, 2);
    const auto second = digits(text, 12, 2);
    if (!year_number || !month_number || !day_number || !hour || !minute || !second) {
        return std::nullopt;
    }
    const year_month_day date(year(*year_number), month(static_cast<unsigned>(*month_number)),
                              day(static_cast<unsigned>(*day_number)));
    if (*year_number < 1970 || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
        return std::nullopt;
    }
    const auto at = sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second);
    return static_cast<std::uint32_t>(at.time_since_epoch().count());  // modulo 2^32: RFC 1982
}

}  // namespace

std::optional<std::uint32_t> time_span_from_text(std::string_view text) {
    std::uint64_t total = 0;
    while (!text.empty()) {
        const std::size_t digit_count = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto value = number_from_text(text.substr(0, digit_count), u32_max);
        const bool has_unit = digit_count < text.size();
        const std::uint64_t factor = has_unit ? seconds_in(text[digit_count]) : 1;
        if (!value || factor == 0 || (total += *value * factor) > u32_max) {
            return std::nullopt;
        }
        text.remove_prefix(digit_count + (has_unit ? 1 : 0));
        if (text.empty()) {
            return static_cast<std::uint32_t>(total);
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> timestamp_from_text(std::string_view text) {
    constexpr std::size_t date_digits = 14;
    if (text.size() == date_digits) {
        return date_from_text(text);
    }
    const auto seconds = number_from_text(text, u32_max);
    return seconds ? std::optional(static_cast<std::uint32_t>(*seconds)) : std::nullopt;
}

std::string timestamp_to_text(std::uint32_t seconds) {
    using namespace std::chrono;
    const sys_seconds at{std::chrono::seconds(seconds)};
    const auto midnight = floor<days>(at);
    const year_month_day date(midnight);
    const hh_mm_ss time(at - midnight);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace wend::dns
