#include "cache/index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace wend::cache {
namespace {

// What a question looks for at each name on its way; a dozen things at the most.
bool lies_with_its_name(Kind kind, dns::Type type) {
    switch (kind) {
        case Kind::name_error:
        case Kind::delegation:
            return true;
        case Kind::rrset:
        case Kind::nodata:
            return type == dns::Type::a || type == dns::Type::aaaa || type == dns::Type::https ||
                   type == dns::Type::cname || type == dns::Type::dname;
        default:
            return false;
    }
}

bool matches(Entry entry, const Key& key) {
    const Header header = entry.header();
    const dns::NameView owner = entry.owner();
    return header.type == static_cast<std::uint16_t>(key.type) &&
           header.kind == static_cast<std::uint8_t>(key.kind) &&
           header.owner_size == key.owner.size() &&
           (std::memcmp(owner.wire().data(), key.owner.wire().data(), owner.size()) == 0 ||
            owner == key.owner);
}

void store_ref(std::uint8_t* to, Ref ref) {
    std::memcpy(to, &ref, sizeof ref);
}

// The first bit last.
std::uint64_t reversed(std::uint64_t bits) {
    constexpr std::uint64_t ones = 0x5555'5555'5555'5555;
    constexpr std::uint64_t pairs = 0x3333'3333'3333'3333;
    constexpr std::uint64_t fours = 0x0f0f'0f0f'0f0f'0f0f;
    bits = ((bits >> 1) & ones) | ((bits & ones) << 1);
    bits = ((bits >> 2) & pairs) | ((bits & pairs) << 2);
    bits = ((bits >> 4) & fours) | ((bits & fours) << 4);
    return std::byteswap(bits);
}

// Where entry.next stands.
std::uint8_t* next_of(Entry entry) {
    static_assert(offsetof(Header, next) == 0);
    return entry.octets();
}

}  // namespace

Index::Index(std::uint8_t* lines, std::uint32_t lines_max, std::uint8_t* entries,
             std::size_t entries_size, const HashKey& key)
    : memory_(lines),
      entries_(entries),
      key_(key),
      lines_(lines_max),
      ref_mask_(static_cast<std::uint32_t>(std::bit_ceil(entries_size + 1)) - 1),
      more_bit_(ref_mask_ + 1),
      tag_mask_(~(ref_mask_ | more_bit_)) {
    check(entries_size < std::size_t{1} << 31, "a place has 31 bits for an offset");
}

Index::Spot Index::spot_of(std::uint64_t name_hash, Kind kind, dns::Type type) const {
    const std::uint64_t own = entry_hash(name_hash, kind, type);
    return {.line = lines_.of(lies_with_its_name(kind, type) ? name_hash : own),
            .home = static_cast<unsigned>(own >> 60),
            .tag = static_cast<std::uint32_t>(own >> 28) & tag_mask_};
}

Index::Spot Index::spot_of(Entry entry) const {
    return spot_of(name_hash_of(entry), entry.kind(), entry.type());
}

std::uint8_t* Index::place(std::uint32_t line_number, unsigned number) const {
    return line(line_number) + number * sizeof(Ref);
}

std::optional<Entry> Index::find(const Key& key) const {
    const Spot spot = spot_of(key.name_hash, key.kind, key.type);
    const Line here = load(spot.line);
    const auto has_tag = [&](Ref place) { return ((place ^ spot.tag) & tag_mask_) == 0; };
    std::uint32_t any = 0;
    for (const Ref place : here) {  // without a branch: a few instructions for all of them
        any |= has_tag(place) ? 1U : 0U;
    }
    for (unsigned i = 0; any != 0 && i < places; ++i) {
        const Ref ref = here[i] & ref_mask_;
        if (ref != 0 && has_tag(here[i]) && matches(at(ref), key)) {
            return at(ref);
        }
    }
    const Ref home = here[spot.home];
    return (home & more_bit_) == 0 ? std::nullopt : find_behind(home, key);
}

std::optional<Entry> Index::find_behind(Ref place, const Key& key) const {
    Ref ref = at(place & ref_mask_).header().next;
    while (ref != 0) {  // ends: a chain has no loop, and few entries (key_ is secret)
        const Entry entry = at(ref);
        if (matches(entry, key)) {
            return entry;
        }
        ref = entry.header().next;
    }
    return std::nullopt;
}

void Index::link(Entry entry, std::uint64_t name_hash) {
    put(entry, spot_of(name_hash, entry.kind(), entry.type()));
    ++size_;
    if (size_ > lines_.count() * index_line_entries && lines_.can_grow()) {
        grow();
    }
}

void Index::put(Entry entry, const Spot& spot) {
    const Line here = load(spot.line);
    const Ref ref = ref_of(entry);
    const auto* const empty = std::ranges::find(here, Ref{0});
    if (empty != here.end()) {
        store_ref(next_of(entry), 0);
        store_ref(place(spot.line, static_cast<unsigned>(empty - here.begin())), ref | spot.tag);
        return;
    }
    const Ref home = here[spot.home];
    const Entry head = at(home & ref_mask_);
    store_ref(next_of(entry), head.header().next);
    store_ref(next_of(head), ref);
    store_ref(place(spot.line, spot.home), home | more_bit_);
}

void Index::unlink(Entry entry) {
    const Spot spot = spot_of(entry);
    const Line here = load(spot.line);
    const Ref ref = ref_of(entry);
    --size_;
    for (unsigned i = 0; i < places; ++i) {
        if ((here[i] & ref_mask_) == ref) {
            take_head(place(spot.line, i), entry);
            return;
        }
    }
    const Entry head = at(here[spot.home] & ref_mask_);
    std::uint8_t* link = next_of(head);
    while (load_host<Ref>(link) !=
           ref) {  // ends: a linked entry is a head or hangs in its home place
        check(load_host<Ref>(link) != 0, "a live entry is in the index");
        link = next_of(at(load_host<Ref>(link)));
    }
    store_ref(link, entry.header().next);
    if (head.header().next == 0) {
        store_ref(place(spot.line, spot.home), here[spot.home] & ~more_bit_);
    }
}

// The first of those that hang behind a head takes its place.
void Index::take_head(std::uint8_t* place, Entry head) {
    const Ref next = head.header().next;
    if (next == 0) {
        store_ref(place, 0);
        return;
    }
    const Entry heir = at(next);
    const Ref more = heir.header().next != 0 ? more_bit_ : 0U;
    store_ref(place, next | more | spot_of(heir).tag);
}

void Index::grow() {
    const Buckets::Split split = lines_.grow();
    const Line old = load(split.from);
    std::memset(line(split.from), 0, index_line_octets);
    std::memset(line(split.to), 0, index_line_octets);
    for (const Ref head : old) {
        Ref ref = head & ref_mask_;
        while (ref != 0) {  // one chain
            const Entry entry = at(ref);
            ref = entry.header().next;
            put(entry, spot_of(entry));
        }
    }
}

std::uint64_t Index::place_of(Entry entry, std::uint64_t name_hash) {
    const bool with_name = lies_with_its_name(entry.kind(), entry.type());
    return reversed(with_name ? name_hash : entry_hash(name_hash, entry.kind(), entry.type()));
}

void Index::append_line(std::uint32_t number, std::vector<Ref>& page) const {
    for (const Ref head : load(number)) {
        for (Ref ref = head & ref_mask_; ref != 0; ref = at(ref).header().next) {
            page.push_back(ref);
        }
    }
}

Index::Page Index::collect(std::uint64_t from, std::size_t entries_max, std::size_t octets_max,
                           std::vector<Ref>& page) const {
    page.clear();
    std::size_t octets = 0;
    for (std::size_t looked = 0; looked < page_lines_max; ++looked) {
        const std::uint32_t number = lines_.of(reversed(from));
        const unsigned bits = lines_.bits_of(number);
        const std::uint64_t within = bits == 0 ? ~std::uint64_t{0} : ~std::uint64_t{0} >> bits;
        const std::size_t before = page.size();
        append_line(number, page);
        if ((from & within) != 0) {  // some of the line was given before it was what it is
            std::erase_if(page, [&](Ref ref) {
                const Entry entry = at(ref);
                return place_of(entry, name_hash_of(entry)) < from;
            });
        }
        for (std::size_t i = before; i < page.size(); ++i) {
            octets += at(page[i]).header().size;
        }
        if (before > 0 && (page.size() > entries_max || octets > octets_max)) {
            page.resize(before);
            return {.next = from};
        }
        if (page.size() > entries_max) {
            return cut(entries_max, page);
        }
        from = (from | within) + 1;
        if (from == 0) {
            return {.is_last = true};
        }
    }
    return {.next = from};
}

// Of one line with more than a page may have, the first: as many as share no place with the next,
// but at least those of one place, which are few.
Index::Page Index::cut(std::size_t entries_max, std::vector<Ref>& page) const {
    std::vector<std::pair<std::uint64_t, Ref>> placed;
    placed.reserve(page.size());
    for (const Ref ref : page) {
        placed.emplace_back(place_of(at(ref), name_hash_of(at(ref))), ref);
    }
    std::ranges::sort(placed);
    std::size_t end = entries_max;
    while (end > 0 && placed[end - 1].first == placed[end].first) {
        --end;
    }
    while (end == 0 || (end < placed.size() && placed[end - 1].first == placed[end].first)) {
        ++end;
    }
    page.clear();
    for (std::size_t i = 0; i < end; ++i) {
        page.push_back(placed[i].second);
    }
    return end < placed.size() ? Page{.next = placed[end].first}
                               : Page{.next = placed.back().first + 1,
                                      .is_last = placed.back().first == ~std::uint64_t{0}};
}

std::size_t Index::longest_chain() const {
    std::size_t longest = 0;
    for (std::uint32_t number = 0; number < lines_.count(); ++number) {
        for (const Ref head : load(number)) {
            std::size_t length = 0;
            for (Ref ref = head & ref_mask_; ref != 0; ref = at(ref).header().next) {
                ++length;
            }
            longest = std::max(longest, length);
        }
    }
    return longest;
}

}  // namespace wend::cache
