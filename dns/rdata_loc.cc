// Places on the earth: "42 21 54 N 71 06 18 W -24m 30m" (RFC 1876).
#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

constexpr std::size_t location_octets = 16;
constexpr std::uint32_t equator = 1U << 31;   // also the prime meridian
constexpr std::uint32_t angle_second = 1000;  // angles are in thousandths of a second of arc
constexpr std::uint32_t angle_minute = 60 * angle_second;
constexpr std::uint32_t degree = 60 * angle_minute;
constexpr std::int64_t altitude_zero_cm = 10'000'000;  // altitudes count from 100 km below
constexpr std::int64_t altitude_max_cm = 0xffffffff - altitude_zero_cm;
constexpr std::int64_t size_max_cm = 9'000'000'000;

bool is_angle(std::uint32_t angle, std::uint32_t degrees_max) {
    return angle >= equator - degrees_max * degree && angle <= equator + degrees_max * degree;
}

// Two digits: a factor and a power of ten, in centimetres.
bool is_size(std::uint8_t octet) {
    return (octet >> 4) <= 9 && (octet & 15) <= 9;
}

std::string angle_to_text(std::uint32_t angle, char positive, char negative) {
    const std::uint32_t size = angle >= equator ? angle - equator : equator - angle;
    return fmt::format("{} {:02} {:02}.{:03} {}", size / degree, size / angle_minute % 60,
                       size / angle_second % 60, size % angle_second,
                       angle >= equator ? positive : negative);
}

std::string metres_to_text(std::int64_t cm) {
    const std::int64_t size = cm < 0 ? -cm : cm;
    return fmt::format("{}{}.{:02}m", cm < 0 ? "-" : "", size / 100, size % 100);
}

std::int64_t size_in_cm(std::uint8_t octet) {
    std::int64_t cm = octet >> 4;
    for (int power = octet & 15; power > 0; --power) {
        cm *= 10;
    }
    return cm;
}

// The first digit counts and the rest is dropped: that is all the wire can hold.
std::uint8_t size_octet(std::int64_t cm) {
    unsigned power = 0;
    while (cm > 9) {
        cm /= 10;
        ++power;
    }
    return static_cast<std::uint8_t>((static_cast<unsigned>(cm) << 4) | power);
}

// A decimal number in units of 10^-places.
std::optional<std::int64_t> decimal_from_text(std::string_view text, std::size_t places) {
    const bool negative = text.starts_with('-');
    text.remove_prefix(negative ? 1 : 0);
    const std::size_t dot = std::min(text.find('.'), text.size());
    std::string number(text.substr(0, dot));
    const std::string_view fraction = dot < text.size() ? text.substr(dot + 1) : "";
    if (number.empty() || fraction.size() > places || (dot < text.size() && fraction.empty())) {
        return std::nullopt;
    }
    number += fraction;
    number.append(places - fraction.size(), '0');
    const auto value = number_from_text(number, 1'000'000'000'000);
    if (!value) {
        return std::nullopt;
    }
    return negative ? -static_cast<std::int64_t>(*value) : static_cast<std::int64_t>(*value);
}

std::optional<std::int64_t> metres_from_text(std::string_view text) {
    if (text.ends_with('m') || text.ends_with('M')) {
        text.remove_suffix(1);
    }
    return decimal_from_text(text, 2);
}

// Takes tokens from the front.
class LocationReader {
  public:
    explicit LocationReader(std::span<const TextToken> tokens) : tokens_(tokens) {}

    bool done() const { return tokens_.empty(); }

    // Degrees, perhaps minutes and seconds, and a direction.
    std::optional<std::uint32_t> angle(std::uint32_t degrees_max, char positive, char negative) {
        constexpr std::array<std::uint32_t, 3> units = {degree, angle_minute, angle_second};
        std::uint64_t size = 0;
        for (std::size_t i = 0; i <= units.size() && !done(); ++i) {
            const std::string_view text = take();
            const char direction = text.size() == 1 ? static_cast<char>(text[0] & ~0x20) : '\0';
            if (i > 0 && (direction == positive || direction == negative)) {
                if (size > std::uint64_t{degrees_max} * degree) {
                    return std::nullopt;
                }
                const auto offset = static_cast<std::uint32_t>(size);
                return direction == positive ? equator + offset : equator - offset;
            }
            if (i == units.size()) {
                return std::nullopt;
            }
            const auto thousandths = decimal_from_text(text, i == 2 ? 3 : 0);
            if (!thousandths || *thousandths < 0 || text.starts_with('-')) {
                return std::nullopt;
            }
            const auto value = static_cast<std::uint64_t>(*thousandths);
            if (value >= (i == 0 ? 181U : i == 1 ? 60U : 60'000U)) {
                return std::nullopt;
            }
            size += i == 2 ? value : value * units[i];
        }
        return std::nullopt;
    }

    std::optional<std::int64_t> metres(std::int64_t min_cm, std::int64_t max_cm) {
        const auto cm = metres_from_text(take());
        return cm && *cm >= min_cm && *cm <= max_cm ? cm : std::nullopt;
    }

  private:
    std::string_view take() {
        const std::string_view text = tokens_.front().text;
        tokens_ = tokens_.subspan(1);
        return text;
    }

    std::span<const TextToken> tokens_;
};

}  // namespace

// A version that is not 0 says nothing about what follows (RFC 1876 2).
bool has_location_size(Octets location) {
    return !location.empty() && (location[0] != 0 || location.size() == location_octets);
}

bool is_valid_location(Octets location) {
    return location[0] != 0 ||
           (std::ranges::all_of(location.subspan(1, 3), is_size) &&
            is_angle(load_u32(location, 4), 90) && is_angle(load_u32(location, 8), 180));
}

std::optional<std::string> location_to_text(Octets location) {
    // A size of zero has one text and ten octets.
    const auto has_text = [](std::uint8_t size) { return size >= 0x10 || size == 0; };
    if (location[0] != 0 || !std::ranges::all_of(location.subspan(1, 3), has_text)) {
        return std::nullopt;
    }
    return fmt::format("{} {} {} {} {} {}", angle_to_text(load_u32(location, 4), 'N', 'S'),
                       angle_to_text(load_u32(location, 8), 'E', 'W'),
                       metres_to_text(std::int64_t{load_u32(location, 12)} - altitude_zero_cm),
                       metres_to_text(size_in_cm(location[1])),
                       metres_to_text(size_in_cm(location[2])),
                       metres_to_text(size_in_cm(location[3])));
}

bool append_location(std::span<const TextToken> tokens, OctetBuffer& out) {
    LocationReader reader(tokens);
    const auto latitude = reader.angle(90, 'N', 'S');
    if (!latitude) {
        return false;
    }
    const auto longitude = reader.angle(180, 'E', 'W');
    if (!longitude || reader.done()) {
        return false;
    }
    const auto altitude = reader.metres(-altitude_zero_cm, altitude_max_cm);
    if (!altitude) {
        return false;
    }
    // A sphere of 1 m, known to 10 km across and 10 m up and down (RFC 1876 3).
    std::array<std::int64_t, 3> sizes_cm = {100, 1'000'000, 1'000};
    for (std::int64_t& size : sizes_cm) {
        if (reader.done()) {
            break;
        }
        const auto given = reader.metres(0, size_max_cm);
        if (!given) {
            return false;
        }
        size = *given;
    }
    out.push_back(0);
    std::ranges::transform(sizes_cm, std::back_inserter(out), size_octet);
    append_u32(*latitude, out);
    append_u32(*longitude, out);
    append_u32(static_cast<std::uint32_t>(*altitude + altitude_zero_cm), out);
    return reader.done();
}

}  // namespace wend::dns
