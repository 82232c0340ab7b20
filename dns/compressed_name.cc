#include "dns/compressed_name.h"

#include <algorithm>
#include <array>
#include <optional>

#include "dns/name.h"

namespace wend::dns {
namespace {

constexpr std::size_t message_header_octets = 12;
constexpr std::uint8_t pointer_bits = 0xc0;

// A walk over labels and pointers that collects the uncompressed name.
struct NameWalk {
    NameWalk(Octets all, std::size_t start, std::size_t limit)
        : message(all), at(start), end(limit), segment_start(start) {}

    Octets message;
    std::size_t at;   // of the next length octet or pointer
    std::size_t end;  // the labels being read end here at the latest
    FormError past_end = FormError::truncated;
    std::size_t segment_start;         // a pointer must go before it
    std::optional<std::size_t> after;  // the first pointer
    std::array<std::uint8_t, name_octets_max>
        wire;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::size_t size = 0;

    std::expected<void, FormError> add_label(std::uint8_t length) {
        if (at + 1 + length > end) {
            return std::unexpected(past_end);
        }
        if (size + 1 + length > name_octets_max) {
            return std::unexpected(FormError::name_too_long);
        }
        std::ranges::copy(message.subspan(at, 1U + length),
                          wire.begin() + static_cast<std::ptrdiff_t>(size));
        size += 1U + length;
        at += 1U + length;
        return {};
    }

    std::expected<void, FormError> follow_pointer() {
        if (at + 2 > end) {
            return std::unexpected(past_end);
        }
        const std::size_t target = load_u16(message, at) & 0x3fffU;
        if (target < message_header_octets || target >= segment_start) {
            return std::unexpected(FormError::bad_pointer);
        }
        if (!after) {
            after = at + 2;
        }
        end = segment_start;
        past_end = FormError::bad_pointer;
        segment_start = target;
        at = target;
        return {};
    }
};

}  // namespace

std::expected<std::size_t, FormError> append_name(Octets message, std::size_t at, std::size_t end,
                                                  std::size_t& steps_left,
                                                  std::vector<std::uint8_t>& out) {
    NameWalk walk(message, at, end);
    while (true) {  // ends: every turn takes a step
        if (walk.at >= walk.end) {
            return std::unexpected(walk.past_end);
        }
        if (steps_left == 0) {
            return std::unexpected(FormError::too_much_work);
        }
        --steps_left;
        const std::uint8_t length = message[walk.at];
        const bool is_pointer = (length & pointer_bits) == pointer_bits;
        if (!is_pointer && length > label_octets_max) {
            return std::unexpected(FormError::bad_label_type);
        }
        const auto moved = is_pointer ? walk.follow_pointer() : walk.add_label(length);
        if (!moved) {
            return std::unexpected(moved.error());
        }
        if (length == 0) {
            out.insert(out.end(), walk.wire.begin(),
                       walk.wire.begin() + static_cast<std::ptrdiff_t>(walk.size));
            return walk.after.value_or(walk.at);
        }
    }
}

}  // namespace wend::dns
