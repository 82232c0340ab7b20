// Where the entries of one arena are found: lines of 64 octets, as many as the entries need.
//
// Why lines. What a question looks for at one name (its address, an alias, a denial, a zone cut)
// lies in one line, which is one line of the processor's cache: so names of which nothing is known
// cost one wait for memory and not ten. A line has 16 places, each an entry's offset with a few
// bits of its hash on top; an entry is looked at only if they agree. When all 16 are taken an entry
// hangs behind the one in its home place. The number of lines grows by one at a time
// (cache/buckets.h).
//
// Only so many things of a name lie in its line, and other types are spread over all lines: nobody
// can fill a line with types of one name.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "cache/buckets.h"
#include "cache/entry.h"

namespace wend::cache {

inline constexpr std::size_t index_line_octets = 64;

// Of a line, on the average.
inline constexpr std::size_t index_line_entries = 12;

// A page of a walk looks at no more lines than these, most of which may be empty.
inline constexpr std::size_t page_lines_max = 256;

// One thread at a time.
class Index {
  public:
    // Over somebody else's memory: `lines` has room for `lines_max` lines and is zero (aligned to
    // 64 octets, a line is one of the processor's); entries lie in the `entries_size` octets from
    // `entries` on, below 2 GiB.
    Index(std::uint8_t* lines, std::uint32_t lines_max, std::uint8_t* entries,
          std::size_t entries_size, const HashKey& key);

    std::optional<Entry> find(const Key& key) const;

    // Takes up an entry whose header and owner are written. `name_hash` is that of its owner.
    void link(Entry entry, std::uint64_t name_hash);
    // Requires that the entry was linked.
    void unlink(Entry entry);

    // All entries in pages: those whose place is `from` or after it, until the page is full. What
    // stays from the first page to the last is given once, whatever comes, goes, moves or grows
    // meanwhile: a place is the hash that chooses the line, its bits in reverse, so that the
    // entries of a line lie side by side, and still do in two halves after the line was split.
    struct Page {
        std::uint64_t next = 0;
        bool is_last = false;
    };

    // A page has at most `entries_max` entries (16 or more), and stops at the line that takes it
    // over `octets_max`; one line is never too much. `page` is emptied first.
    Page collect(std::uint64_t from, std::size_t entries_max, std::size_t octets_max,
                 std::vector<Ref>& page) const;

    // `name_hash` is that of the entry's owner.
    static std::uint64_t place_of(Entry entry, std::uint64_t name_hash);

    Entry at(Ref ref) const { return Entry(entries_ + (ref - 1)); }

    Ref ref_of(Entry entry) const { return static_cast<Ref>(entry.octets() - entries_ + 1); }

    std::uint64_t name_hash_of(Entry entry) const { return dns::hash(key_, entry.owner()); }

    std::size_t size() const { return size_; }

    // Of the lines that were ever used.
    std::size_t octets() const { return lines_.count() * index_line_octets; }

    // The most entries that hang behind one another in one place; walks all lines.
    std::size_t longest_chain() const;

  private:
    static constexpr unsigned places = index_line_octets / sizeof(Ref);
    using Line = std::array<Ref, places>;

    // Where a key belongs.
    struct Spot {
        std::uint32_t line = 0;
        unsigned home = 0;
        std::uint32_t tag = 0;  // in its place above the reference
    };

    Spot spot_of(std::uint64_t name_hash, Kind kind, dns::Type type) const;
    Spot spot_of(Entry entry) const;

    std::uint8_t* line(std::uint32_t number) const { return memory_ + number * index_line_octets; }

    Line load(std::uint32_t number) const {
        Line loaded;
        std::memcpy(loaded.data(), line(number), sizeof loaded);
        return loaded;
    }

    std::uint8_t* place(std::uint32_t line_number, unsigned number) const;
    void append_line(std::uint32_t number, std::vector<Ref>& page) const;
    Page cut(std::size_t entries_max, std::vector<Ref>& page) const;
    std::optional<Entry> find_behind(Ref place, const Key& key) const;
    void put(Entry entry, const Spot& spot);
    void take_head(std::uint8_t* place, Entry head);
    void grow();

    std::uint8_t* memory_;
    std::uint8_t* entries_;
    HashKey key_;
    Buckets lines_;
    std::size_t size_ = 0;
    // A place is a reference, a bit that tells whether others hang behind it, and the tag.
    std::uint32_t ref_mask_;
    std::uint32_t more_bit_;
    std::uint32_t tag_mask_;
};

// What a hash of an entry's name becomes with what the entry says: for marks of single entries.
inline std::uint64_t entry_hash(std::uint64_t name_hash, Kind kind, dns::Type type) {
    return mix(name_hash,
               (static_cast<std::uint64_t>(kind) << 16) | static_cast<std::uint64_t>(type));
}

}  // namespace wend::cache
