// Where trust begins: keys that the configuration or the build vouches for, and the names at which
// it ends on purpose (RFC 4033 2, RFC 7646).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/octets.h"
#include "base/thread_annotations.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dnssec/algorithm_policy.h"

namespace wend::dnssec {

struct TrustAnchor {
    dns::Name zone;
    std::vector<std::vector<std::uint8_t>> ds;       // rdata
    std::vector<std::vector<std::uint8_t>> dnskeys;  // rdata

    bool operator==(const TrustAnchor&) const = default;
};

// Whether a record of the anchor can be checked at all. One that names only what the policy does
// not accept vouches for nothing, and its zone is insecure, as with such a DS set (RFC 4035 5.2).
bool is_usable(const TrustAnchor& anchor, const AlgorithmPolicy& policy);

// Immutable once built; may be shared by threads.
class TrustAnchors {
  public:
    // The root's keys 20326 and 38696.
    static TrustAnchors built_in();

    // DS or DNSKEY; further types are not accepted (false).
    bool add(dns::NameView zone, dns::Type type, Octets rdata);
    // Everything at and below is insecure until an anchor below says otherwise.
    void add_negative(dns::NameView zone);

    // Of all that is validated from these anchors down.
    void set_policy(const AlgorithmPolicy& policy) { policy_ = policy; }

    const AlgorithmPolicy& policy() const { return policy_; }

    // The deepest anchor at or above the name. Null: nothing vouches for it, or a negative anchor
    // lies at or below the anchor and at or above the name.
    const TrustAnchor* closest(dns::NameView name) const;

    // The deepest negative anchor at or above the name, where closest() is null for it. Null:
    // something vouches for the name, or nothing ever did.
    const dns::Name* closest_negative(dns::NameView name) const;

    bool empty() const { return anchors_.empty(); }

    // Positive ones, in the order in which their zones were added.
    const std::vector<TrustAnchor>& all() const { return anchors_; }

  private:
    const TrustAnchor* closest_positive(dns::NameView name) const;

    std::vector<TrustAnchor> anchors_;
    std::vector<dns::Name> negative_;
    AlgorithmPolicy policy_;
};

// The anchors that hold now. Any thread: a client query reads them once and keeps what it read;
// whoever follows the keys replaces them whole.
class CurrentAnchors {
  public:
    // Null: nothing is validated.
    explicit CurrentAnchors(std::shared_ptr<const TrustAnchors> anchors)
        : anchors_(std::move(anchors)) {}

    std::shared_ptr<const TrustAnchors> get() const;
    void replace(std::shared_ptr<const TrustAnchors> anchors);

  private:
    mutable Mutex mutex_;
    std::shared_ptr<const TrustAnchors> anchors_ WEND_GUARDED_BY(mutex_);
};

}  // namespace wend::dnssec
