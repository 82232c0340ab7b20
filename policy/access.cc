#include "policy/access.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace wend::policy {

AccessList::AccessList(std::span<const Prefix> allowed) {
    for (const Prefix& prefix : allowed) {
        ranges_.emplace_back(prefix.first(), prefix.last());
    }
    std::ranges::sort(ranges_);
    std::vector<std::pair<IpAddress, IpAddress>> merged;
    for (const auto& range : ranges_) {
        if (!merged.empty() && range.first <= merged.back().second) {
            merged.back().second = std::max(merged.back().second, range.second);
        } else {
            merged.push_back(range);
        }
    }
    ranges_ = std::move(merged);
}

bool AccessList::allows(const IpAddress& address) const {
    const auto after =
        std::ranges::upper_bound(ranges_, address, {}, &std::pair<IpAddress, IpAddress>::first);
    return after != ranges_.begin() && address <= std::prev(after)->second;
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

}  // namespace wend::policy
