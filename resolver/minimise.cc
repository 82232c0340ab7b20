#include "resolver/minimise.h"

#include <algorithm>

namespace wend {

std::size_t labels_to_show(std::size_t shown, std::size_t total, std::size_t steps) {
    if (steps >= minimised_steps_max || shown >= total) {
        return total;
    }
    if (steps < one_label_steps_max) {
        return shown + 1;
    }
    const std::size_t steps_left = minimised_steps_max - steps;
    return shown + std::max<std::size_t>(1, (total - shown) / steps_left);
}

Minimiser::Minimiser(const dns::Question& question, std::size_t zone_labels, bool enabled,
                     dns::Type type)
    : question_(question),
      total_(question.qname.view().label_count()),
      shown_(zone_labels),
      type_(type),
      enabled_(enabled) {
    plan();
}

dns::Question Minimiser::next() const {
    if (is_full()) {
        return question_;
    }
    return {.qname = question_.qname.view().suffix(next_labels_), .qtype = type_};
}

void Minimiser::show_more() {
    shown_ = next_labels_;
    plan();
}

void Minimiser::enter(std::size_t zone_labels) {
    shown_ = zone_labels;
    plan();
}

void Minimiser::plan() {
    next_labels_ = enabled_ ? labels_to_show(shown_, total_, steps_) : total_;
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
