#include "dnssec/keys.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "dns/name.h"

namespace wend::dnssec {
namespace {

using dns::Reason;

// Further keys of this tag and algorithm would not be tried: they are not parsed either.
bool has_enough(const KeySet& set, const Dnskey& record) {
    const auto alike = std::ranges::count_if(set.keys, [&](const ZoneKey& key) {
        return key.tag == record.tag &&
               static_cast<std::uint8_t>(key.key.algorithm()) == record.algorithm;
    });
    return alike >= keys_per_tag_max;
}

// Signs with one key that is vouched for; the rest of the set follows from it. `entry_rdata` is the
// record of that key, which is not parsed again.
std::expected<KeySet, Reason> accept_set(const dns::PackedRRset& dnskeys, const ZoneKey& entry,
                                         Octets entry_rdata, const AlgorithmPolicy& policy,
                                         WallTime now, Meter& meter) {
    const auto verified = verify(dnskeys, dnskeys.owner(), std::span(&entry, 1), now, meter);
    if (!verified) {
        return std::unexpected(verified.error());
    }
    if (verified->wildcard) {  // a wildcard gives no zone its keys
        return std::unexpected(Reason::bogus_signature);
    }
    KeySet set{
        .zone = dnskeys.owner(), .keys = {}, .ttl_max = verified->ttl_max, .entry_tag = entry.tag};
    std::size_t parsed = 0;
    for (const Octets rdata : dnskeys.rdatas()) {
        const Dnskey record = Dnskey::read(rdata);
        if (!record.is_zone_key() || record.is_revoked() || !policy.accepts(record.algorithm) ||
            has_enough(set, record)) {
            continue;
        }
        if (++parsed > zone_keys_max) {
            break;
        }
        if (rdata.data() == entry_rdata.data()) {
            set.keys.push_back(entry);
            continue;
        }
        auto key = PublicKey::parse(record.algorithm, record.key);
        if (key) {
            set.keys.push_back({record.tag, std::move(*key)});
        }
    }
    return set;
}

// Tries each key of the set for which `vouched` holds, until one signs the set.
std::expected<KeySet, Reason> establish_if(
    const dns::PackedRRset& dnskeys, const AlgorithmPolicy& policy, WallTime now, Meter& meter,
    const std::function<bool(const Dnskey&, Octets)>& vouched) {
    Reason worst = Reason::bogus_no_key;
    int tried = 0;
    int unreadable = 0;
    for (const Octets rdata : dnskeys.rdatas()) {
        const Dnskey record = Dnskey::read(rdata);
        if (!record.is_zone_key() || record.is_revoked() || !policy.accepts(record.algorithm) ||
            !vouched(record, rdata)) {
            continue;
        }
        if (++tried > signatures_per_rrset_max) {
            break;
        }
        auto key = PublicKey::parse(record.algorithm, record.key);
        if (!key) {
            // A key that cannot be read costs as much as one that fails (CVE-2025-8677).
            if (!meter.spend_failure()) {
                return std::unexpected(Reason::budget_signatures);
            }
            if (++unreadable == failures_per_rrset_max) {
                break;
            }
            continue;
        }
        const ZoneKey entry{record.tag, std::move(*key)};
        auto set = accept_set(dnskeys, entry, rdata, policy, now, meter);
        if (set || set.error() == Reason::budget_signatures) {
            return set;
        }
        worst = set.error();
    }
    return std::unexpected(worst);
}

}  // namespace

std::vector<Ds> usable(const dns::PackedRRset& ds_set, const AlgorithmPolicy& policy) {
    std::vector<Ds> all;
    for (const Octets rdata : ds_set.rdatas()) {
        const Ds ds = Ds::read(rdata);
        if (all.size() < usable_ds_max && policy.accepts(ds.algorithm) &&
            policy.accepts_digest(ds.digest_type)) {
            all.push_back(ds);
        }
    }
    constexpr auto sha1 = static_cast<std::uint8_t>(DigestType::sha1);
    std::vector<Ds> kept;
    for (const Ds& ds : all) {
        const bool outdone = ds.digest_type == sha1 && std::ranges::any_of(all, [&](const Ds& o) {
                                 return o.algorithm == ds.algorithm && o.digest_type != sha1;
                             });
        if (!outdone) {
            kept.push_back(ds);
        }
    }
    return kept;
}

bool names_key(const Ds& ds, dns::NameView zone, Octets dnskey_rdata) {
    const Dnskey record = Dnskey::read(dnskey_rdata);
    if (record.tag != ds.key_tag || record.algorithm != ds.algorithm) {
        return false;
    }
    const dns::Name owner = dns::Name(zone).lower_case();
    std::vector<std::uint8_t> data(owner.wire().begin(), owner.wire().end());
    data.insert(data.end(), dnskey_rdata.begin(), dnskey_rdata.end());
    const auto computed = digest(static_cast<DigestType>(ds.digest_type), data);
    return computed && std::ranges::equal(*computed, ds.digest);
}

std::expected<KeySet, Reason> establish(const dns::PackedRRset& dnskeys, std::span<const Ds> ds,
                                        const AlgorithmPolicy& policy, WallTime now, Meter& meter) {
    std::size_t digests = 0;
    return establish_if(dnskeys, policy, now, meter, [&](const Dnskey& record, Octets rdata) {
        return std::ranges::any_of(ds, [&](const Ds& one) {
            return one.key_tag == record.tag && one.algorithm == record.algorithm &&
                   policy.accepts_digest(one.digest_type) && ++digests <= digests_max &&
                   names_key(one, dnskeys.owner(), rdata);
        });
    });
}

std::expected<KeySet, Reason> establish_from_keys(const dns::PackedRRset& dnskeys,
                                                  std::span<const Octets> anchors,
                                                  const AlgorithmPolicy& policy, WallTime now,
                                                  Meter& meter) {
    return establish_if(dnskeys, policy, now, meter, [&](const Dnskey&, Octets rdata) {
        return std::ranges::any_of(
            anchors, [&](Octets anchor) { return std::ranges::equal(anchor, rdata); });
    });
}

}  // namespace wend::dnssec
