// The sets of rules that names and prefixes refer to, equal ones once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "policy/book/book_file.h"

namespace wend::policy::build {

class Sets {
  public:
    // Its number, counted in the order of their first use.
    std::uint32_t number_of(std::span<const book::SetRule> rules);

    // Where the records of a rule lie, in the order in which they come.
    std::uint32_t keep_records(Octets records);

    const std::vector<book::SetRule>& rules() const { return rules_; }

    // In octets, one more than there are sets.
    std::vector<std::uint32_t> offsets() const;

    const std::vector<std::uint8_t>& records() const { return records_; }

    // Whether offsets of 32 bits reach all of it.
    bool fits() const {
        constexpr std::size_t reach = 0xffff'ffff;
        return records_.size() < reach && rules_.size() < reach / sizeof(book::SetRule);
    }

  private:
    std::span<const book::SetRule> set(std::uint32_t number) const;

    std::vector<book::SetRule> rules_;
    std::vector<std::uint32_t> ends_;                                // of each set, in rules
    std::unordered_multimap<std::uint64_t, std::uint32_t> by_hash_;  // of those without records
    std::vector<std::uint8_t> records_;
};

}  // namespace wend::policy::build
