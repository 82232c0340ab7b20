// Prefixes, which lie inside one another or apart, become intervals with the rules that hold there.
#pragma once
#include <cstdint>
#include <vector>

#include "base/address.h"
#include "policy/book/book_file.h"

namespace wend::policy::build {

struct PrefixRule {
    Prefix prefix{IpAddress(), 128};
    book::SetRule rule{};
};

struct Interval {
    IpAddress start{};
    std::vector<book::SetRule> rules{};  // by source, of each the longest prefix first
};

// How many leading bits all addresses of the block share, over the mapped form.
unsigned bits_of(const Prefix& prefix);

// In order of their starts; the first may begin anywhere. Sets `rule.bits`.
std::vector<Interval> intervals_of(std::vector<PrefixRule> rules);

}  // namespace wend::policy::build
