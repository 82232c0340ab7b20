#include "base/date.h"

#include <cstddef>
#include <string_view>

#include <fmt/format.h>

namespace wend {
namespace {

using namespace std::chrono;

// Where a digit stands there is a 0; everything else must be as here.
constexpr std::string_view day_form = "0000-00-00";
constexpr std::string_view full_form = "0000-00-00T00:00:00Z";

bool has_form(std::string_view text, std::string_view form) {
    if (text.size() != form.size()) {
        return false;
    }
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !digit : text[i] != form[i]) {
            return false;
        }
    }
    return true;
}

unsigned number_at(std::string_view text, std::size_t at, std::size_t size) {
    unsigned number = 0;
    for (const char digit : text.substr(at, size)) {
        number = number * 10 + static_cast<unsigned>(digit - '0');
    }
    return number;
}

}  // namespace

std::optional<WallTime> wall_time_from_text(std::string_view text) {
    const bool full = has_form(text, full_form);
    if (!full && !has_form(text, day_form)) {
        return std::nullopt;
    }
    const year_month_day date(year(static_cast<int>(number_at(text, 0, 4))),
                              month(number_at(text, 5, 2)), day(number_at(text, 8, 2)));
    if (!date.ok() || date.year() < year(1970)) {
        return std::nullopt;
    }
    const WallTime midnight = sys_days(date);
    if (!full) {
        return midnight;
    }
    const unsigned hour = number_at(text, 11, 2);
    const unsigned minute = number_at(text, 14, 2);
    const unsigned second = number_at(text, 17, 2);
    if (hour > 23 || minute > 59 || second > 59) {
        return std::nullopt;
    }
    return midnight + hours(hour) + minutes(minute) + seconds(second);
}

std::string to_text(WallTime time) {
    const sys_days day_of = floor<days>(time);
    const year_month_day date(day_of);
    const hh_mm_ss clock(time - day_of);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace wend
