#include "policy/access.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"

namespace wend::policy {

// The last one has none after it, and is its own: whatever comes is inside its range.
AccessList::Number AccessList::after(Number number) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    if (number.lower != most) {
        return {.upper = number.upper, .lower = number.lower + 1};
    }
    return number.upper == most ? number : Number{.upper = number.upper + 1, .lower = 0};
}

AccessList::AccessList(std::span<const Prefix> allowed) {
    for (const Prefix& prefix : allowed) {
        ranges_.push_back({number_of(prefix.first()), number_of(prefix.last())});
    }
    std::ranges::sort(ranges_);
    std::vector<Range> merged;
    for (const Range& range : ranges_) {
        if (!merged.empty() && range.first <= after(merged.back().last)) {
            merged.back().last = std::max(merged.back().last, range.last);
        } else {
            merged.push_back(range);
        }
    }
    ranges_ = std::move(merged);
}

bool AccessList::allows(const IpAddress& address) const {
    return range_of(number_of(address)) != nullptr;
}

bool AccessList::covers(const Prefix& block) const {
    const Range* const range = range_of(number_of(block.first()));
    return range != nullptr && number_of(block.last()) <= range->last;
}

const AccessList::Range* AccessList::range_of(Number number) const {
    const auto after = std::ranges::upper_bound(ranges_, number, {}, &Range::first);
    const bool is_inside = after != ranges_.begin() && number <= std::prev(after)->last;
    return is_inside ? &*std::prev(after) : nullptr;
}

AccessList::Number AccessList::number_of(const IpAddress& address) {
    return {.upper = load_u64(address.mapped(), 0), .lower = load_u64(address.mapped(), 8)};
}

std::vector<Prefix> default_allowed() {
    constexpr std::array texts = {
        "127.0.0.0/8",    "::1/128",       "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",   "fe80::/10",
    };
    std::vector<Prefix> prefixes;
    for (const char* text : texts) {
        const auto prefix = Prefix::from_text(text);
        check(prefix.has_value(), "a built-in netblock is well formed");
        prefixes.push_back(*prefix);
    }
    return prefixes;
}

std::vector<Prefix> with_loopback(std::vector<Prefix> networks) {
    for (const char* loopback : {"127.0.0.0/8", "::1/128"}) {
        networks.push_back(*Prefix::from_text(loopback));
    }
    return networks;
}

}  // namespace wend::policy
