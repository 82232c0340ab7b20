#include "dnssec/trust_anchors.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/encoding.h"
#include "dnssec/records.h"

namespace wend::dnssec {
namespace {

// The DS records that IANA publishes for the root's key signing keys (data.iana.org/root-anchors).
struct RootAnchor {
    std::uint16_t tag;
    const char* sha256;
};

constexpr std::array root_anchors = {
    RootAnchor{20326, "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"},
    RootAnchor{38696, "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"},
};

constexpr std::uint8_t rsasha256 = 8;
constexpr std::uint8_t sha256_digest = 2;

}  // namespace

bool is_usable(const TrustAnchor& anchor, const AlgorithmPolicy& policy) {
    const auto is_usable_ds = [&policy](const auto& rdata) {
        const Ds ds = Ds::read(rdata);
        return policy.accepts(ds.algorithm) && policy.accepts_digest(ds.digest_type);
    };
    const auto is_usable_key = [&policy](const auto& rdata) {
        return policy.accepts(Dnskey::read(rdata).algorithm);
    };
    return std::ranges::any_of(anchor.ds, is_usable_ds) ||
           std::ranges::any_of(anchor.dnskeys, is_usable_key);
}

TrustAnchors TrustAnchors::built_in() {
    TrustAnchors anchors;
    for (const RootAnchor& anchor : root_anchors) {
        std::vector<std::uint8_t> rdata = {static_cast<std::uint8_t>(anchor.tag >> 8),
                                           static_cast<std::uint8_t>(anchor.tag), rsasha256,
                                           sha256_digest};
        check(append_hex(anchor.sha256, Decoding::strict, rdata), "a built-in digest is hex");
        anchors.add(dns::NameView(), dns::Type::ds, rdata);
    }
    return anchors;
}

bool TrustAnchors::add(dns::NameView zone, dns::Type type, Octets rdata) {
    if (type != dns::Type::ds && type != dns::Type::dnskey) {
        return false;
    }
    auto found = std::ranges::find_if(anchors_, [&](const auto& a) { return a.zone == zone; });
    if (found == anchors_.end()) {
        found = anchors_.insert(anchors_.end(), TrustAnchor{zone, {}, {}});
    }
    auto& list = type == dns::Type::ds ? found->ds : found->dnskeys;
    list.emplace_back(rdata.begin(), rdata.end());
    return true;
}

void TrustAnchors::add_negative(dns::NameView zone) {
    negative_.emplace_back(zone);
}

const TrustAnchor* TrustAnchors::closest_positive(dns::NameView name) const {
    const TrustAnchor* best = nullptr;
    for (const auto& anchor : anchors_) {
        if (name.is_subdomain_of(anchor.zone) &&
            (best == nullptr || anchor.zone.view().is_subdomain_of(best->zone))) {
            best = &anchor;
        }
    }
    return best;
}

const TrustAnchor* TrustAnchors::closest(dns::NameView name) const {
    return closest_negative(name) != nullptr ? nullptr : closest_positive(name);
}

const dns::Name* TrustAnchors::closest_negative(dns::NameView name) const {
    const TrustAnchor* const positive = closest_positive(name);
    const dns::Name* best = nullptr;
    for (const dns::Name& zone : negative_) {
        const bool denies = positive != nullptr && name.is_subdomain_of(zone) &&
                            zone.view().is_subdomain_of(positive->zone);
        if (denies && (best == nullptr || zone.view().is_subdomain_of(*best))) {
            best = &zone;
        }
    }
    return best;
}

std::shared_ptr<const TrustAnchors> CurrentAnchors::get() const {
    const MutexLock lock(mutex_);
    return anchors_;
}

void CurrentAnchors::replace(std::shared_ptr<const TrustAnchors> anchors) {
    const MutexLock lock(mutex_);
    anchors_.swap(anchors);
}

}  // namespace wend::dnssec
