// Who may ask. Closed to strangers: what no netblock allows is refused.
#pragma once
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "base/address.h"

namespace wend::policy {

// Immutable; may be shared by threads. A look-up is a binary search over merged ranges.
class AccessList {
  public:
    explicit AccessList(std::span<const Prefix> allowed);
    bool allows(const IpAddress& address) const;
    // Whether it allows every address of the block.
    bool covers(const Prefix& block) const;

  private:
    // The mapped form of an address, its octets as numbers: in the same order.
    struct Number {
        std::uint64_t upper = 0;
        std::uint64_t lower = 0;
        auto operator<=>(const Number&) const = default;
    };

    struct Range {
        Number first;
        Number last;
        auto operator<=>(const Range&) const = default;
    };

    static Number number_of(const IpAddress& address);
    static Number after(Number number);
    // The range that holds it; null if none does.
    const Range* range_of(Number number) const;

    std::vector<Range> ranges_;  // disjoint and not side by side, ascending
};

// Loopback, private and link-local networks (RFC 1918, 3927, 4193, 4291, 6598).
std::vector<Prefix> default_allowed();

// `networks` and loopback: who lists the networks of others does not shut this host out.
std::vector<Prefix> with_loopback(std::vector<Prefix> networks);

}  // namespace wend::policy
