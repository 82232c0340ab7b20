#include "resolver/minimise.h"

#include <algorithm>
#include <array>

namespace wend {

namespace {

constexpr std::size_t address_labels = 32;
// In labels of four bits, from the zone that the address stands in.
constexpr std::array<std::size_t, 5> address_stops = {4, 8, 12, 14, 16};

constexpr bool is_hex_digit(std::uint8_t octet) {
    const auto lower = static_cast<std::uint8_t>(octet | 0x20U);
    return (octet >= '0' && octet <= '9') || (lower >= 'a' && lower <= 'f');
}

}  // namespace

std::size_t labels_to_show(std::size_t shown, std::size_t total) {
    std::size_t stop = 0;
    for (std::size_t step = 0; step < minimised_steps_max && stop <= shown; ++step) {
        const std::size_t steps_left = minimised_steps_max - step;
        const std::size_t even = step < one_label_steps_max ? 1 : (total - stop) / steps_left;
        stop = std::min(total, stop + std::max<std::size_t>(1, even));
    }
    return stop > shown ? stop : total;
}

std::size_t labels_of_address_to_show(std::size_t shown, std::size_t total) {
    const std::size_t above = total - address_labels;
    if (shown < above) {
        return labels_to_show(shown, above);
    }
    const auto* const stop = std::ranges::find_if(
        address_stops, [&](std::size_t labels) { return above + labels > shown; });
    return stop == address_stops.end() ? total : above + *stop;
}

bool begins_with_ipv6_address(dns::NameView name) {
    const Octets wire = name.wire();
    if (wire.size() <= 2 * address_labels) {
        return false;
    }
    for (std::size_t at = 0; at < 2 * address_labels; at += 2) {
        if (wire[at] != 1 || !is_hex_digit(wire[at + 1])) {
            return false;
        }
    }
    return true;
}

Minimiser::Minimiser(const dns::Question& question, std::size_t zone_labels, bool enabled,
                     dns::Type type)
    : question_(question),
      total_(question.qname.view().label_count()),
      shown_(zone_labels),
      type_(type),
      enabled_(enabled),
      is_address_(begins_with_ipv6_address(question.qname)) {
    plan();
}

dns::Question Minimiser::next() const {
    if (is_full()) {
        return question_;
    }
    return {.qname = question_.qname.view().suffix(next_labels_), .qtype = type_};
}

void Minimiser::count_query() {
    ++steps_;
    const bool in_address = is_address_ && next_labels_ > total_ - address_labels;
    if (in_address) {
        ++address_steps_;
    }
}

void Minimiser::show_more() {
    shown_ = next_labels_;
    plan();
}

void Minimiser::enter(std::size_t zone_labels) {
    shown_ = zone_labels;
    address_steps_ = 0;
    plan();
}

std::size_t Minimiser::labels_to_show_next() const {
    if (!enabled_ || steps_ >= minimised_steps_max ||
        address_steps_ >= address_steps_per_zone_max) {
        return total_;
    }
    return is_address_ ? labels_of_address_to_show(shown_, total_) : labels_to_show(shown_, total_);
}

void Minimiser::plan() {
    next_labels_ = labels_to_show_next();
    if (next_labels_ >= total_) {
        return;
    }
    // Labels with an underscore hold services, hardly ever zone cuts (RFC 9156 2.3).
    const Octets label = question_.qname.view().suffix(next_labels_).first_label();
    if (label[0] == '_') {
        next_labels_ = total_;
    }
}

}  // namespace wend
