#include "policy/build/sets.h"

#include <algorithm>
#include <cstring>

namespace wend::policy::build {

using book::SetRule;

std::span<const SetRule> Sets::set(std::uint32_t number) const {
    const std::size_t from = number == 0 ? 0 : ends_[number - 1];
    return std::span(rules_).subspan(from, ends_[number] - from);
}

std::uint32_t Sets::number_of(std::span<const SetRule> rules) {
    const Octets octets(reinterpret_cast<const std::uint8_t*>(rules.data()), rules.size_bytes());
    const std::uint64_t hash = book::checksum_of(octets);
    // Records are each rule's own: such a set comes once.
    const bool comes_once = std::ranges::any_of(
        rules, [](const SetRule& rule) { return rule.records != book::no_records; });
    if (!comes_once) {
        const auto [from, to] = by_hash_.equal_range(hash);
        for (auto at = from; at != to; ++at) {
            if (std::ranges::equal(set(at->second), rules)) {
                return at->second;
            }
        }
    }
    const auto number = static_cast<std::uint32_t>(ends_.size());
    rules_.insert(rules_.end(), rules.begin(), rules.end());
    ends_.push_back(static_cast<std::uint32_t>(rules_.size()));
    if (!comes_once) {
        by_hash_.emplace(hash, number);
    }
    return number;
}

std::uint32_t Sets::keep_records(Octets records) {
    const auto at = static_cast<std::uint32_t>(records_.size());
    const auto size = static_cast<std::uint32_t>(records.size());
    records_.resize(at + sizeof size);
    std::memcpy(records_.data() + at, &size, sizeof size);
    records_.insert(records_.end(), records.begin(), records.end());
    return at;
}

std::vector<std::uint32_t> Sets::offsets() const {
    std::vector<std::uint32_t> offsets = {0};
    for (const std::uint32_t end : ends_) {
        offsets.push_back(static_cast<std::uint32_t>(end * sizeof(SetRule)));
    }
    return offsets;
}

}  // namespace wend::policy::build
