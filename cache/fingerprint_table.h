// A bounded table for small facts that may be forgotten: each is filed under a 64-bit keyed hash
// and the thing itself is not kept. That two things share a hash is one chance in 2^64 for each
// pair, and nobody outside can make it happen without the key.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/thread_annotations.h"
#include "cache/region.h"
#include "cache/selection.h"

namespace wend::cache {

// Callable from any thread. Record's default is all zero octets. A record lives in one of eight
// neighbouring places; where all are taken, the least recently used of them goes.
template <class Record>
class FingerprintTable {
    static_assert(std::is_trivially_copyable_v<Record>);

  public:
    explicit FingerprintTable(std::size_t entries_max) {
        const std::size_t entries = std::max<std::size_t>(entries_max, 1);
        const std::size_t stripes = entries < stripes_max * 64 ? 1 : stripes_max;
        for (std::size_t i = 0; i < stripes; ++i) {
            stripes_.emplace_back(entries / stripes);
        }
    }

    // What a record belongs to beside its own hash, to be erased together. 32 bits of a keyed hash:
    // another's may be the same, and then goes too.
    using Group = std::uint32_t;

    std::optional<Record> find(std::uint64_t hash) {
        Stripe& stripe = stripe_of(hash);
        const MutexLock lock(stripe.mutex);
        Slot* slot = stripe.find(mark(hash));
        if (slot == nullptr) {
            return std::nullopt;
        }
        slot->used_at = ++stripe.uses;
        return slot->record;
    }

    // `change` gets the record, or Record{} if there is none. It runs under a lock: arithmetic
    // only. A record that is new belongs to `group`.
    template <class Change>
    void update(std::uint64_t hash, Change change, Group group = 0) {
        Stripe& stripe = stripe_of(hash);
        const MutexLock lock(stripe.mutex);
        Slot* slot = stripe.find(mark(hash));
        if (slot == nullptr) {
            slot = stripe.oldest(mark(hash));
            *slot = Slot{.mark = mark(hash), .group = group};
        }
        slot->used_at = ++stripe.uses;
        change(slot->record);
    }

    // The same if there is a record; else nothing is filed.
    template <class Change>
    void update_known(std::uint64_t hash, Change change) {
        Stripe& stripe = stripe_of(hash);
        const MutexLock lock(stripe.mutex);
        if (Slot* slot = stripe.find(mark(hash))) {
            slot->used_at = ++stripe.uses;
            change(slot->record);
        }
    }

    // Whether there was one.
    bool erase(std::uint64_t hash) {
        Stripe& stripe = stripe_of(hash);
        const MutexLock lock(stripe.mutex);
        Slot* slot = stripe.find(mark(hash));
        if (slot != nullptr) {
            *slot = Slot{};
        }
        return slot != nullptr;
    }

    // One step of erasing what `goes(group, record)` says, under one short lock.
    template <class Goes>
    Step erase_if(Cursor from, Goes goes) {
        if (from.part >= stripes_.size()) {
            return {};
        }
        Stripe& stripe = stripes_[from.part];
        const MutexLock lock(stripe.mutex);
        const std::size_t begin = std::min<std::size_t>(from.place, stripe.count);
        const std::size_t end = std::min(begin + step_entries_max, stripe.count);
        Step done{.looked_at = end - begin};
        for (std::size_t i = begin; i < end; ++i) {
            Slot& slot = reinterpret_cast<Slot*>(stripe.region.data())[i];
            if (slot.mark != 0 && goes(slot.group, std::as_const(slot.record))) {
                slot = Slot{};
                ++done.taken;
            }
        }
        if (end < stripe.count) {
            done.next = Cursor{from.part, end};
        } else if (from.part + 1 < stripes_.size()) {
            done.next = Cursor{from.part + 1, 0};
        }
        return done;
    }

    void clear() {
        for (Stripe& stripe : stripes_) {
            const MutexLock lock(stripe.mutex);
            stripe.region.reset();
        }
    }

  private:
    static constexpr std::size_t stripes_max = 16;
    static constexpr std::size_t ways = 8;

    struct Slot {
        std::uint64_t mark = 0;  // 0: empty
        std::uint32_t used_at = 0;
        Group group = 0;
        Record record{};
    };

    struct Stripe {
        explicit Stripe(std::size_t entries) : count(entries), region(entries * sizeof(Slot)) {}

        Slot* slot(std::uint64_t slot_mark, std::size_t way) const WEND_REQUIRES(mutex) {
            const std::size_t first = ((slot_mark >> 32) * count) >> 32;
            return reinterpret_cast<Slot*>(region.data()) + (first + way) % count;
        }

        Slot* find(std::uint64_t wanted) const WEND_REQUIRES(mutex) {
            for (std::size_t way = 0; way < ways; ++way) {
                if (slot(wanted, way)->mark == wanted) {
                    return slot(wanted, way);
                }
            }
            return nullptr;
        }

        // An empty one, or the least recently used.
        Slot* oldest(std::uint64_t wanted) const WEND_REQUIRES(mutex) {
            Slot* found = slot(wanted, 0);
            for (std::size_t way = 0; way < ways && found->mark != 0; ++way) {
                Slot* other = slot(wanted, way);
                if (other->mark == 0 || uses - other->used_at > uses - found->used_at) {
                    found = other;
                }
            }
            return found;
        }

        Mutex mutex;
        std::size_t count;
        std::uint32_t uses WEND_GUARDED_BY(mutex) = 0;  // wraps: only differences count
        Region region WEND_GUARDED_BY(mutex);
    };

    static std::uint64_t mark(std::uint64_t hash) { return hash == 0 ? 1 : hash; }

    Stripe& stripe_of(std::uint64_t hash) { return stripes_[hash % stripes_.size()]; }

    std::deque<Stripe> stripes_;
};

}  // namespace wend::cache
