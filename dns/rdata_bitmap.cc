// Type bitmaps of NSEC, NSEC3 and CSYNC (RFC 4034 4.1.2).
#include <algorithm>
#include <array>

#include "dns/rdata_fields.h"
#include "dns/rdata_text.h"

namespace wend::dns {
namespace {

constexpr std::size_t window_header = 2;
constexpr std::size_t window_octets_max = 32;

// The types of one window, in rising order.
void append_types(std::uint8_t window, Octets bits, std::string& text) {
    for (std::size_t bit = 0; bit < bits.size() * 8; ++bit) {
        if ((bits[bit / 8] & (0x80U >> (bit % 8))) != 0) {
            text += text.empty() ? "" : " ";
            text += to_text(static_cast<Type>(window * 256U + bit));
        }
    }
}

}  // namespace

// Windows in rising order, each of 1 to 32 octets. No window at all is what an NSEC3 of an empty
// non-terminal has (RFC 5155 7.1).
bool is_valid_type_bitmap(Octets bitmap) {
    int last_window = -1;
    while (!bitmap.empty()) {
        if (bitmap.size() < window_header) {
            return false;
        }
        const int window = bitmap[0];
        const std::size_t length = bitmap[1];
        if (window <= last_window || length == 0 || length > window_octets_max ||
            bitmap.size() < window_header + length) {
            return false;
        }
        last_window = window;
        bitmap = bitmap.subspan(window_header + length);
    }
    return true;
}

void append_type_bitmap(std::span<const Type> types, OctetBuffer& out) {
    std::array<std::array<std::uint8_t, window_octets_max>, 256> windows{};
    std::array<std::size_t, 256> lengths{};
    for (const Type type : types) {
        const auto number = static_cast<std::size_t>(type);
        const std::size_t octet = number % 256 / 8;
        auto& bits = windows[number / 256][octet];
        bits = static_cast<std::uint8_t>(bits | (0x80U >> (number % 8)));
        lengths[number / 256] = std::max(lengths[number / 256], octet + 1);
    }
    for (std::size_t window = 0; window < windows.size(); ++window) {
        if (lengths[window] == 0) {
            continue;
        }
        out.push_back(static_cast<std::uint8_t>(window));
        out.push_back(static_cast<std::uint8_t>(lengths[window]));
        const Octets bits = Octets(windows[window]).first(lengths[window]);
        out.insert(out.end(), bits.begin(), bits.end());
    }
}

std::optional<std::string> type_bitmap_to_text(Octets bitmap) {
    std::string text;
    while (!bitmap.empty()) {
        const Octets bits = bitmap.subspan(window_header, bitmap[1]);
        if (bits.back() == 0) {
            return std::nullopt;  // a zero at the end, which mnemonics do not show
        }
        append_types(bitmap[0], bits, text);
        bitmap = bitmap.subspan(window_header + bits.size());
    }
    return text;
}

}  // namespace wend::dns
