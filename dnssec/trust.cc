#include "dnssec/trust.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace wend::dnssec {
namespace {

// What was just established is not established again at once, whatever its TTL: one chain asks for
// a zone's keys at several steps.
constexpr std::chrono::seconds kept_min{1};

std::string key_of(dns::NameView zone) {
    const dns::Name lower = dns::Name(zone).lower_case();
    return {reinterpret_cast<const char*>(lower.wire().data()), lower.wire().size()};
}

}  // namespace

std::optional<Trust> TrustMemory::find(dns::NameView zone, Instant now) {
    const auto found = zones_.find(key_of(zone));
    if (found == zones_.end()) {
        return std::nullopt;
    }
    if (now >= found->second.expires_at) {
        uses_.erase(found->second.use);
        zones_.erase(found);
        return std::nullopt;
    }
    uses_.splice(uses_.begin(), uses_, found->second.use);
    return found->second.trust;
}

void TrustMemory::store(const dns::Name& zone, const Trust& trust, Instant now) {
    std::string key = key_of(zone);
    if (const auto found = zones_.find(key); found != zones_.end()) {
        uses_.erase(found->second.use);
        zones_.erase(found);
    } else if (zones_.size() >= zones_max_) {
        zones_.erase(uses_.back());
        uses_.pop_back();
    }
    uses_.push_front(key);
    zones_.emplace(
        std::move(key),
        Entry{trust, now + std::max(std::chrono::seconds(trust.ttl), kept_min), uses_.begin()});
}

void TrustMemory::clear() {
    zones_.clear();
    uses_.clear();
}

}  // namespace wend::dnssec
