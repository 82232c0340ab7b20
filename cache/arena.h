// The memory of one shard: entries found by key, in a fixed number of octets. No lock, no DNS
// rules.
//
// Why two rings. Entries are appended to a ring and leave at its other end, so there is nothing to
// fragment: what is lost is only what was replaced or removed and has not reached the end yet. New
// entries go to a small ring, probation; at its end those that were used meanwhile move on to the
// large one, and the rest is thrown away. At the end of the large ring what was used since is
// appended once more, and the rest is thrown away. So a flood of names that are asked for once
// passes through probation and displaces nothing that people use, at the price of one bit per use
// and no list to keep in order (compare S3-FIFO, Yang et al., SOSP 2023). What was thrown away
// leaves a mark of two octets; if it is stored again soon it goes to the large ring at once. As
// long as the large ring has room that nobody would miss, unused entries move on too.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "cache/entry.h"
#include "cache/ghosts.h"
#include "cache/index.h"
#include "cache/region.h"
#include "cache/ring.h"

namespace wend::cache {

// An arena of fewer octets than this is given this many.
inline constexpr std::size_t arena_octets_min = std::size_t{64} << 10;

class Arena {
  public:
    // Never holds more than `octets_max` (at most 2 GiB), index and all.
    Arena(std::size_t octets_max, const HashKey& key);

    // Fresh or not.
    std::optional<Entry> find(const Key& key) const;

    // For evictions: that somebody found this of use.
    static void note_use(Entry entry);

    // An entry for that key with `body_size` octets of body or more, in place of the one that was
    // there; its owner is copied and its header filled from `fields` (next, size, type, owner_size,
    // kind and uses are the arena's own). Nothing if it is larger than an entry may be: then what
    // was there is gone too. `now` is in seconds.
    std::optional<Entry> insert(const Key& key, std::size_t body_size, const Header& fields,
                                std::uint32_t now);

    void erase(const Key& key);
    void clear();

    // A page of a walk (cache/index.h). What it holds is found by at() and may be erased one by one
    // until the arena next inserts or clears.
    Index::Page collect(std::uint64_t from, std::size_t entries_max, std::size_t octets_max,
                        std::vector<Ref>& page) const {
        return index_.collect(from, entries_max, octets_max, page);
    }

    Entry at(Ref ref) const { return index_.at(ref); }

    void erase(Entry entry) { drop(entry); }

    std::size_t entries() const { return index_.size(); }

    // Memory that was ever written to, in whole pages.
    std::size_t octets() const;

    // Fresh entries that had to go.
    std::uint64_t evictions() const { return evictions_; }

    // Of the index; walks all of it.
    std::size_t longest_chain() const { return index_.longest_chain(); }

  private:
    // Where the parts of the region start, and their sizes in octets. In this order.
    struct Layout {
        explicit Layout(std::size_t octets_max);
        std::size_t index = 0;
        std::size_t ghosts = 0;
        std::size_t probation = 0;
        std::size_t main = 0;
    };

    Arena(const Layout& layout, const HashKey& key);

    Index new_index() const;

    bool is_proven(Entry entry) const { return index_.ref_of(entry) > layout_.probation; }

    void link(Entry entry, std::uint64_t name_hash);
    void unlink(Entry entry);

    // What making room in the large ring may cost: nothing that is fresh, or what was not used.
    enum class Cost : std::uint8_t { nothing, unused };

    Entry place_in_probation(std::uint32_t size, std::uint32_t now);
    std::optional<Entry> place_in_main(std::uint32_t size, std::uint32_t now, Cost cost);
    void leave_probation(std::uint32_t now);
    bool make_room_in_main(std::uint32_t size, std::uint32_t now, Cost cost);
    bool move_to_main(Entry entry, std::uint32_t now, Cost cost);
    void readmit(Entry entry);
    void evict(Entry entry, bool fresh);
    void drop(Entry entry);

    HashKey key_;
    Layout layout_;
    Region region_;
    Index index_;
    Ghosts ghosts_;
    Ring probation_;
    Ring main_;
    std::size_t main_live_ = 0;  // octets of the large ring that are found
    std::uint64_t evictions_ = 0;
    bool ghosts_used_ = false;
};

}  // namespace wend::cache
