#include "dns/name.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "dns/label_starts.h"

namespace wend::dns {
namespace {

// fold_octet on eight octets at once. In each octet the top bit of a sum of seven bits tells
// whether the octet is at least 'A', or past 'Z'.
std::uint64_t fold_word(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    const std::uint64_t low_bits = word & ones * 0x7f;
    const std::uint64_t from_a = low_bits + ones * (0x80 - 'A');
    const std::uint64_t past_z = low_bits + ones * (0x7f - 'Z');
    const std::uint64_t upper = from_a & ~past_z & ~word & ones * 0x80;
    return word | upper >> 2;
}

bool equal_folded(Octets a, Octets b) {
    constexpr std::size_t word_size = sizeof(std::uint64_t);
    if (a.size() != b.size()) {
        return false;
    }
    const auto same_word = [&](std::size_t at) {
        std::uint64_t x = 0;
        std::uint64_t y = 0;
        std::memcpy(&x, a.data() + at, word_size);
        std::memcpy(&y, b.data() + at, word_size);
        return x == y || fold_word(x) == fold_word(y);
    };
    if (a.size() < word_size) {
        return std::ranges::equal(a, b, {}, fold_octet, fold_octet);
    }
    for (std::size_t at = 0; at + word_size < a.size(); at += word_size) {
        if (!same_word(at)) {
            return false;
        }
    }
    return same_word(a.size() - word_size);  // the last may overlap the one before
}

Octets label_at(Octets wire, std::size_t at) {
    return wire.subspan(at + 1, wire[at]);
}

std::strong_ordering label_order(Octets a, Octets b) {
    return std::lexicographical_compare_three_way(
        a.begin(), a.end(), b.begin(), b.end(),
        [](std::uint8_t x, std::uint8_t y) { return fold_octet(x) <=> fold_octet(y); });
}

}  // namespace

std::expected<NameView, FormError> NameView::read(Octets octets) {
    std::size_t at = 0;
    while (true) {  // ends: each label moves forward, and 255 octets is the limit
        if (at >= octets.size()) {
            return std::unexpected(FormError::truncated);
        }
        const std::uint8_t length = octets[at];
        if (length > label_octets_max) {
            return std::unexpected(FormError::bad_label_type);
        }
        at += 1U + length;
        if (at > name_octets_max) {
            return std::unexpected(FormError::name_too_long);
        }
        if (length == 0) {
            return NameView(octets.first(at));
        }
    }
}

std::size_t NameView::label_count() const {
    std::size_t count = 0;
    for (std::size_t at = 0; wire_[at] != 0; at += 1U + wire_[at]) {
        ++count;
    }
    return count;
}

NameView NameView::suffix(std::size_t labels) const {
    const std::size_t count = label_count();
    check(labels <= count, "a suffix has no more labels than its name");
    NameView name = *this;
    for (std::size_t skip = count - labels; skip > 0; --skip) {
        name = name.parent();
    }
    return name;
}

bool NameView::is_subdomain_of(NameView ancestor) const {
    if (ancestor.size() > size()) {
        return false;
    }
    const std::size_t start = size() - ancestor.size();
    std::size_t at = 0;
    while (at < start) {
        at += 1U + wire_[at];
    }
    return at == start && equal_folded(wire_.subspan(start), ancestor.wire_);
}

std::size_t NameView::common_labels(NameView other) const {
    const LabelStarts a(*this);
    const LabelStarts b(other);
    std::size_t shared = 0;
    while (shared < a.count && shared < b.count &&
           equal_folded(label_at(wire_, a.starts[a.count - 1 - shared]),
                        label_at(other.wire_, b.starts[b.count - 1 - shared]))) {
        ++shared;
    }
    return shared;
}

bool operator==(NameView a, NameView b) {
    return equal_folded(a.wire(), b.wire());
}

bool equal_with_case(NameView a, NameView b) {
    return std::ranges::equal(a.wire(), b.wire());
}

std::strong_ordering canonical_order(NameView a, NameView b) {
    const LabelStarts x(a);
    const LabelStarts y(b);
    for (std::size_t i = 1; i <= std::min(x.count, y.count); ++i) {
        const auto order = label_order(label_at(a.wire(), x.starts[x.count - i]),
                                       label_at(b.wire(), y.starts[y.count - i]));
        if (order != 0) {
            return order;
        }
    }
    return x.count <=> y.count;
}

std::uint64_t hash(const HashKey& key, NameView name, std::uint64_t tweak) {
    return siphash(key, name.wire(), tweak, true);
}

Name::Name(NameView view) : size_(static_cast<std::uint8_t>(view.size())) {
    std::ranges::copy(view.wire(), octets_.begin());
}

std::optional<Name> Name::with_label(Octets label) const {
    check(!label.empty() && label.size() <= label_octets_max, "a label has 1 to 63 octets");
    if (size_ + label.size() + 1 > name_octets_max) {
        return std::nullopt;
    }
    Name longer;
    longer.octets_[0] = static_cast<std::uint8_t>(label.size());
    auto end = std::ranges::copy(label, longer.octets_.begin() + 1).out;
    std::ranges::copy(wire(), end);
    longer.size_ = static_cast<std::uint8_t>(size_ + label.size() + 1);
    return longer;
}

std::optional<Name> Name::wildcard_child() const {
    constexpr std::array<std::uint8_t, 1> asterisk = {'*'};
    return with_label(asterisk);
}

std::optional<Name> Name::with_suffix_replaced(NameView from, NameView to) const {
    check(view().is_subdomain_of(from), "only a suffix can be replaced");
    const std::size_t kept = size_ - from.size();
    if (kept + to.size() > name_octets_max) {
        return std::nullopt;
    }
    Name renamed;
    auto end = std::ranges::copy(wire().first(kept), renamed.octets_.begin()).out;
    std::ranges::copy(to.wire(), end);
    renamed.size_ = static_cast<std::uint8_t>(kept + to.size());
    return renamed;
}

Name Name::lower_case() const {
    Name lower = *this;
    std::ranges::transform(wire(), lower.octets_.begin(), fold_octet);  // lengths are below 'A'
    return lower;
}

}  // namespace wend::dns
