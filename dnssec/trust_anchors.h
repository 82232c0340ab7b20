// Where trust begins: keys that the configuration or the build vouches for, and the names at which
// it ends on purpose (RFC 4033 2, RFC 7646).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/octets.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::dnssec {

struct TrustAnchor {
    dns::Name zone;
    std::vector<std::vector<std::uint8_t>> ds;       // rdata
    std::vector<std::vector<std::uint8_t>> dnskeys;  // rdata
};

// Immutable once built; may be shared by threads.
class TrustAnchors {
  public:
    // The root's keys 20326 and 38696.
    static TrustAnchors built_in();

    // DS or DNSKEY; further types are not accepted (false).
    bool add(dns::NameView zone, dns::Type type, Octets rdata);
    // Everything at and below is insecure until an anchor below says otherwise.
    void add_negative(dns::NameView zone);

    // The deepest anchor at or above the name. Null: nothing vouches for it, or a negative anchor
    // lies at or below the anchor and at or above the name.
    const TrustAnchor* closest(dns::NameView name) const;

    bool empty() const { return anchors_.empty(); }

  private:
    std::vector<TrustAnchor> anchors_;
    std::vector<dns::Name> negative_;
};

}  // namespace wend::dnssec
