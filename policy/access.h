// Who may ask. Closed to strangers: what no netblock allows is refused.
#pragma once
#include <span>
#include <utility>
#include <vector>

#include "base/address.h"

namespace wend::policy {

// Immutable; may be shared by threads. A look-up is a binary search over merged ranges.
class AccessList {
  public:
    explicit AccessList(std::span<const Prefix> allowed);
    bool allows(const IpAddress& address) const;

  private:
    std::vector<std::pair<IpAddress, IpAddress>> ranges_;  // first and last, disjoint, ascending
};

// Loopback, private and link-local networks (RFC 1918, 3927, 4193, 4291, 6598).
std::vector<Prefix> default_allowed();

}  // namespace wend::policy
