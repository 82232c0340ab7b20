#include "tests/properties/denial/signature_search.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "dns/name.h"
#include "dnssec/signature.h"

namespace wend::search {
namespace {

constexpr std::size_t depth_max = 6;
constexpr std::uint32_t now = 1'700'000'000;

// A name as its labels from the left: what the oracle looks at.
struct Plain {
    std::vector<char> labels;
    dns::Name name;

    bool is_wildcard() const { return !labels.empty() && labels.front() == '*'; }

    // RFC 4034 3.1.3: neither the root nor a leading asterisk.
    std::size_t counted() const { return labels.size() - (is_wildcard() ? 1 : 0); }
};

std::vector<Plain> all_names() {
    std::vector<Plain> all = {{}};
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (all[at].labels.size() == depth_max) {
            continue;
        }
        for (const char label : {'*', 'a'}) {
            Plain longer{{label}, {}};
            longer.labels.insert(longer.labels.end(), all[at].labels.begin(), all[at].labels.end());
            std::string text;
            for (const char one : longer.labels) {
                text += std::string(1, one) + ".";
            }
            longer.name = dns::name_of(text);
            all.push_back(longer);
        }
    }
    return all;
}

bool is_at_or_below(const Plain& name, const Plain& above, std::size_t labels_more) {
    return name.labels.size() >= above.labels.size() + labels_more &&
           std::equal(above.labels.rbegin(), above.labels.rend(), name.labels.rbegin());
}

// What the zone `signer` signed at `source` may be given for `owner`. Fewer labels than the
// signer's would mint a wildcard above the zone; so the apex of a zone that is itself named by an
// asterisk cannot be signed (CVE-2026-44690).
bool gives(const Plain& signer, const Plain& source, std::size_t labels, const Plain& owner) {
    if (!is_at_or_below(source, signer, 0) || source.counted() != labels ||
        labels < signer.labels.size()) {
        return false;
    }
    if (source.labels == owner.labels) {
        return true;
    }
    Plain parent;
    if (source.is_wildcard()) {
        parent.labels.assign(source.labels.begin() + 1, source.labels.end());
    }
    return source.is_wildcard() && is_at_or_below(owner, parent, 1);
}

}  // namespace

SignatureTally search_signatures() {
    const std::vector<Plain> all = all_names();
    SignatureTally tally;
    dnssec::Rrsig signature;
    signature.covered = dns::Type::a;
    signature.inception = now - 1000;
    signature.expiration = now + 1000;
    const WallTime wall{std::chrono::seconds(now)};
    for (const Plain& signer : all) {
        signature.signer = signer.name;
        for (std::size_t labels = 0; labels <= depth_max + 1; ++labels) {
            signature.labels = static_cast<std::uint8_t>(labels);
            for (const Plain& owner : all) {
                const bool applies = dnssec::applies(signature, owner.name, dns::Type::a,
                                                     signer.name, wall) == dns::Reason::none;
                const dns::Name signed_owner =
                    applies ? dnssec::signed_owner(signature, owner.name) : dns::Name();
                for (const Plain& source : all) {
                    const bool taken = applies && signed_owner == source.name;
                    const bool expanded =
                        taken && dnssec::is_wildcard_expansion(signature, owner.name);
                    const bool right = taken == gives(signer, source, labels, owner) &&
                                       expanded == (taken && source.labels != owner.labels);
                    ++tally.cases;
                    tally.faults += right ? 0 : 1;
                }
            }
        }
    }
    return tally;
}

}  // namespace wend::search
