#include "sim/zone_draft.h"

#include <chrono>
#include <utility>

#include "base/hash.h"

namespace wend::sim {
namespace {

using dns::Name;
using dns::Type;
using dns::ZoneRecord;
using std::chrono::days;

constexpr std::uint32_t ds_ttl = 3600;
// Where the number of the algorithm stands (RFC 4034 2.1, 3.1, 5.1).
constexpr std::size_t algorithm_in_dnskey = 3;
constexpr std::size_t algorithm_in_rrsig = 2;
constexpr std::size_t algorithm_in_ds = 2;

std::uint32_t seconds_of(WallTime time) {
    return static_cast<std::uint32_t>(time.time_since_epoch().count());
}

SigningOptions options_of(const ZoneDraft& draft, WallTime now) {
    SigningOptions options = draft.signing->options;
    options.seed = key_seed(draft.apex);
    WallTime from = now - days(1);
    WallTime to = now + days(365);
    if (draft.signing->period == Period::past) {
        from = now - days(60);
        to = now - days(30);
    } else if (draft.signing->period == Period::future) {
        from = now + days(30);
    }
    options.inception = seconds_of(from);
    options.expiration = seconds_of(to);
    return options;
}

// The deepest of the drafts above the zone; null if there is none.
ZoneDraft* parent_of(std::vector<ZoneDraft>& drafts, const Name& apex) {
    ZoneDraft* best = nullptr;
    for (ZoneDraft& draft : drafts) {
        const bool above = !(draft.apex == apex) && apex.view().is_subdomain_of(draft.apex);
        if (above && (best == nullptr || draft.apex.view().is_subdomain_of(best->apex))) {
            best = &draft;
        }
    }
    return best;
}

void publish_ds(const ZoneDraft& draft, ZoneDraft& parent, WallTime now) {
    const ZoneSigning& signing = *draft.signing;
    auto rdata = ds_rdata(draft.apex, options_of(draft, now));
    if (!rdata || signing.ds_fault == DsFault::missing) {
        return;
    }
    if (signing.ds_fault == DsFault::wrong) {
        rdata->back() ^= 1U;
    }
    if (signing.disguise) {
        (*rdata)[algorithm_in_ds] = *signing.disguise;
    }
    parent.records.push_back({draft.apex, Type::ds, dns::Class::in, ds_ttl, std::move(*rdata), 0});
}

void spoil(ZoneRecord& record, const ZoneSigning& signing) {
    const bool is_signature = record.type == Type::rrsig;
    if (signing.spoiled && is_signature) {
        const bool of_keys = Type{load_u16(record.rdata, 0)} == Type::dnskey;
        record.rdata.back() ^= of_keys ? 0U : 1U;
    }
    if (signing.disguise && (is_signature || record.type == Type::dnskey)) {
        record.rdata[is_signature ? algorithm_in_rrsig : algorithm_in_dnskey] = *signing.disguise;
    }
}

}  // namespace

std::uint64_t key_seed(dns::NameView apex) {
    return siphash(HashKey{}, apex.wire(), 0, true);
}

void sign(std::vector<ZoneDraft>& drafts, WallTime now) {
    for (const ZoneDraft& draft : drafts) {
        ZoneDraft* const parent = parent_of(drafts, draft.apex);
        if (draft.signing && parent != nullptr && parent->signing) {
            publish_ds(draft, *parent, now);
        }
    }
    for (ZoneDraft& draft : drafts) {
        if (!draft.signing) {
            continue;
        }
        auto records = sign_zone(draft.records, draft.apex, options_of(draft, now));
        if (!records) {
            continue;
        }
        draft.records = std::move(*records);
        for (ZoneRecord& record : draft.records) {
            spoil(record, *draft.signing);
        }
    }
}

}  // namespace wend::sim
