// The NSEC or NSEC3 records of one zone in canonical order of their owners, for cache/spans.cc. No
// lock.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include "base/octets.h"
#include "dns/name.h"
#include "dns/rrset.h"

namespace wend::cache {

inline constexpr std::size_t hand_steps_max = 32;  // of one search for what gives way
inline constexpr std::size_t stale_steps_max = 4;  // expired records passed over by one look

// About what the allocator and the containers add to a record.
inline constexpr std::size_t span_overhead = 160;

// A packed RRset with an owner for its octets.
struct StoredSpan {
    std::unique_ptr<std::uint8_t[]> octets;  // NOLINT(modernize-avoid-c-arrays): sized at run time
    std::size_t size = 0;
    std::uint32_t expires = 0;
    mutable bool used = false;

    static StoredSpan copy_of(const dns::RRset& rrset, std::uint32_t expires) {
        const Octets packed = rrset.packed().octets();
        StoredSpan stored{std::make_unique<std::uint8_t[]>(packed.size()),  // NOLINT
                          packed.size(), expires, false};
        std::ranges::copy(packed, stored.octets.get());
        return stored;
    }

    dns::NameView owner() const { return dns::PackedRRset::trusted({octets.get(), size}).owner(); }

    std::size_t cost() const { return size + span_overhead; }
};

// The records of one type in canonical order of their owners. A key is the owner inside its value.
class SpanChain {
  public:
    SpanChain() = default;
    SpanChain(const SpanChain&) = delete;  // the hand points into it
    SpanChain& operator=(const SpanChain&) = delete;
    SpanChain(SpanChain&&) = delete;
    SpanChain& operator=(SpanChain&&) = delete;
    ~SpanChain() = default;

    using Map = std::map<dns::NameView, StoredSpan, dns::CanonicalLess>;

    bool empty() const { return map_.empty(); }

    std::size_t size() const { return map_.size(); }

    // Octets gained less octets lost.
    std::ptrdiff_t insert(StoredSpan stored) {
        const std::ptrdiff_t lost = erase(map_.find(stored.owner()));
        const auto gained = static_cast<std::ptrdiff_t>(stored.cost());
        const dns::NameView owner = stored.owner();
        map_.emplace(owner, std::move(stored));
        octets_ += gained;
        return gained - lost;
    }

    // What was not used since the hand came by, or after as many steps as there may be whatever it
    // meets. Returns the octets freed.
    std::ptrdiff_t evict_one() {
        for (std::size_t step = 0; step < hand_steps_max && !map_.empty(); ++step) {
            if (hand_ == map_.end()) {
                hand_ = map_.begin();
            }
            if (!hand_->second.used) {
                break;
            }
            hand_->second.used = false;
            ++hand_;
        }
        return map_.empty() ? 0 : erase(hand_ == map_.end() ? map_.begin() : hand_);
    }

    // Fresh, at `owner` or before it; else, if they wrap, the last. Null: none.
    const StoredSpan* at_or_before(dns::NameView owner, bool wraps, std::uint32_t now) const {
        auto at = map_.upper_bound(owner);
        for (std::size_t step = 0; step < stale_steps_max; ++step) {
            if (at == map_.begin()) {
                if (!wraps || map_.empty()) {
                    return nullptr;
                }
                at = map_.end();
                wraps = false;
            }
            --at;
            if (now < at->second.expires) {
                at->second.used = true;
                return &at->second;
            }
        }
        return nullptr;
    }

    // What is kept for `owner` or the last before it, fresh or not: where `owner` does not exist,
    // it says so. The octets freed; 0: there is none.
    std::ptrdiff_t erase_at_or_before(dns::NameView owner) {
        const auto after = map_.upper_bound(owner);
        return after == map_.begin() ? 0 : erase(std::prev(after));
    }

    // At most so many of the owners at or below `zone`, and once these are gone the one before,
    // into the caller's map, as take() does; the octets.
    std::ptrdiff_t take_around(dns::NameView zone, std::size_t most, Map& to) {
        std::ptrdiff_t lost = 0;
        auto at = map_.lower_bound(zone);
        while (to.size() < most && at != map_.end() && at->first.is_subdomain_of(zone)) {
            lost += take_one(at++, to);
        }
        if (to.size() < most && at != map_.begin()) {
            lost += take_one(std::prev(at), to);
        }
        return lost;
    }

    std::ptrdiff_t clear() {
        Map dropped;
        return take(dropped);
    }

    // All of it into the caller's map, which is empty and may be destroyed later; the octets.
    std::ptrdiff_t take(Map& to) {
        map_.swap(to);
        hand_ = map_.end();
        return std::exchange(octets_, 0);
    }

  private:
    std::ptrdiff_t erase(Map::iterator at) {
        if (at == map_.end()) {
            return 0;
        }
        Map gone;
        return take_one(at, gone);
    }

    std::ptrdiff_t take_one(Map::iterator at, Map& to) {
        const auto freed = static_cast<std::ptrdiff_t>(at->second.cost());
        hand_ = hand_ == at ? std::next(at) : hand_;
        to.insert(map_.extract(at));
        octets_ -= freed;
        return freed;
    }

    Map map_;
    std::ptrdiff_t octets_ = 0;  // what all of them cost
    Map::iterator hand_ = map_.end();
};

}  // namespace wend::cache
