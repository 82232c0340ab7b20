#include "dnssec/trust.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace wend::dnssec {
namespace {

// What was just established is not established again at once, whatever its TTL: one chain asks for
// a zone's keys at several steps.
constexpr std::chrono::seconds kept_min{1};

}  // namespace

Trust Trust::at(Instant now) const {
    Trust trust = *this;
    const auto left = std::chrono::ceil<std::chrono::seconds>(expires_at - now);
    const auto seconds = std::chrono::seconds(ttl);
    trust.ttl =
        static_cast<std::uint32_t>(std::clamp(left, std::chrono::seconds(0), seconds).count());
    return trust;
}

std::uint64_t TrustMemory::hash_of(dns::NameView zone) const {
    return siphash(key_, zone.wire(), 0, true);
}

void TrustMemory::erase(Entries::iterator entry) {
    by_hash_.erase(entry->hash);
    entries_.erase(entry);
}

const Trust* TrustMemory::find(dns::NameView zone, Instant now) {
    const auto found = by_hash_.find(hash_of(zone));
    if (found == by_hash_.end() || found->second->zone != zone) {
        return nullptr;
    }
    const Entries::iterator entry = found->second;
    if (now >= entry->trust.expires_at) {
        erase(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return &entry->trust;
}

void TrustMemory::store(const dns::Name& zone, const Trust& trust, Instant now) {
    const std::uint64_t hash = hash_of(zone);
    if (const auto found = by_hash_.find(hash); found != by_hash_.end()) {
        erase(found->second);
    } else if (entries_.size() >= zones_max_) {
        erase(std::prev(entries_.end()));
    }
    const Instant expires_at = now + std::max(std::chrono::seconds(trust.ttl), kept_min);
    entries_.push_front({hash, zone, trust});
    entries_.front().trust.expires_at = expires_at;
    by_hash_.emplace(hash, entries_.begin());
}

void TrustMemory::clear() {
    by_hash_.clear();
    entries_.clear();
}

}  // namespace wend::dnssec
