#include "resolver/zone_quota.h"

#include <algorithm>

#include "base/check.h"

namespace wend {

std::optional<ZoneQuota::Place> ZoneQuota::enter(dns::NameView zone) {
    const std::uint64_t number = mark(zone);
    Zone& found = zones_[number];
    if (found.under_way >= found.limit) {
        return std::nullopt;
    }
    ++found.under_way;
    return Place(this, number);
}

void ZoneQuota::leave(std::uint64_t zone) noexcept {
    const auto found = zones_.find(zone);
    check(found != zones_.end(), "a zone with queries under way is known");
    if (--found->second.under_way == 0) {
        zones_.erase(found);
    }
}

void ZoneQuota::Place::note_reply() {
    Zone& zone = quota_->zones_.at(zone_);
    zone.limit = std::min(zone.limit + 1, zone_queries_max);
}

void ZoneQuota::Place::note_timeout() {
    Zone& zone = quota_->zones_.at(zone_);
    zone.limit = std::max(zone.limit - (zone.limit + 15) / 16, zone_queries_min);
}

std::size_t ZoneQuota::under_way(dns::NameView zone) const {
    const auto found = zones_.find(mark(zone));
    return found == zones_.end() ? 0 : found->second.under_way;
}

std::size_t ZoneQuota::limit(dns::NameView zone) const {
    const auto found = zones_.find(mark(zone));
    return found == zones_.end() ? zone_queries_max : found->second.limit;
}

}  // namespace wend
