#include "cache/arena.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace wend::cache {
namespace {

// How many entries are moved to the head of the large ring at most to make room for one, so that no
// insertion holds the lock for long.
constexpr unsigned moves_max = 32;

// Below three quarters of live octets the large ring is cleaned instead of emptied: each octet is
// then moved at most four times for one that is won.
bool is_sparse(std::size_t live, std::size_t capacity) {
    return live <= capacity / 4 * 3;
}

void set_uses(Entry entry, unsigned uses) {
    Header header = entry.header();
    header.uses = static_cast<std::uint8_t>(uses) & uses_max;
    entry.set_header(header);
}

void fill(Entry entry, const Key& key, const Header& fields) {
    entry.set_header(fields);
    std::ranges::copy(key.owner.wire(), entry.octets() + sizeof(Header));
}

}  // namespace

Arena::Layout::Layout(std::size_t octets_max) {
    const std::size_t total = std::max(octets_max, arena_octets_min) / page_size() * page_size();
    constexpr std::size_t entry_octets_expected = 96;
    constexpr std::size_t line_octets_expected = entry_octets_expected * index_line_entries;
    index = whole_pages(total / line_octets_expected * index_line_octets);
    ghosts = whole_pages(total / 128 * sizeof(std::uint16_t));
    probation = whole_pages(total / 6);
    main = total - index - ghosts - probation;
}

Arena::Arena(std::size_t octets_max, const HashKey& key) : Arena(Layout(octets_max), key) {}

Arena::Arena(const Layout& layout, const HashKey& key)
    : key_(key),
      layout_(layout),
      region_(layout.index + layout.ghosts + layout.probation + layout.main),
      index_(new_index()),
      ghosts_({reinterpret_cast<std::uint16_t*>(region_.data() + layout.index),
               layout.ghosts / sizeof(std::uint16_t)}),
      probation_(static_cast<std::uint32_t>(layout.probation)),
      main_(static_cast<std::uint32_t>(layout.main)) {}

Index Arena::new_index() const {
    return {region_.data(), static_cast<std::uint32_t>(layout_.index / index_line_octets),
            region_.data() + layout_.index + layout_.ghosts, layout_.probation + layout_.main,
            key_};
}

std::optional<Entry> Arena::find(const Key& key) const {
    return index_.find(key);
}

void Arena::note_use(Entry entry) {
    Header header = entry.header();
    if (header.uses < uses_max) {
        header.uses = static_cast<std::uint8_t>(header.uses + 1U) & uses_max;
        entry.set_header(header);
    }
}

std::optional<Entry> Arena::insert(const Key& key, std::size_t body_size, const Header& fields,
                                   std::uint32_t now) {
    const std::size_t size = sizeof(Header) + key.owner.size() + body_size;
    Header header = fields;
    header.size = static_cast<std::uint16_t>(size);
    header.type = static_cast<std::uint16_t>(key.type);
    header.owner_size = static_cast<std::uint8_t>(key.owner.size());
    header.kind = static_cast<std::uint8_t>(key.kind) & 7U;
    header.uses = 0;
    bool proven = false;
    if (const auto old = find(key)) {
        const Header before = old->header();
        header.uses = before.uses;
        proven = is_proven(*old);
        if (size <= before.size && size >= before.size / 2U) {
            header.size = before.size;
            header.next = before.next;
            fill(*old, key, header);
            return old;
        }
        drop(*old);
    } else {
        proven = ghosts_used_ && ghosts_.recall(entry_hash(key.name_hash, key.kind, key.type));
    }
    if (size > std::min<std::size_t>(entry_octets_max, layout_.probation / 2)) {
        return std::nullopt;
    }
    std::optional<Entry> entry;
    if (proven) {
        entry = place_in_main(header.size, now, Cost::unused);
    }
    if (!entry) {
        entry = place_in_probation(header.size, now);
    }
    fill(*entry, key, header);
    link(*entry, key.name_hash);
    return entry;
}

void Arena::erase(const Key& key) {
    if (const auto entry = find(key)) {
        drop(*entry);
    }
}

void Arena::clear() {
    region_.reset();
    index_ = new_index();
    probation_ = Ring(probation_.capacity());
    main_ = Ring(main_.capacity());
    main_live_ = 0;
    ghosts_used_ = false;
}

std::size_t Arena::octets() const {
    return whole_pages(index_.octets()) + (ghosts_used_ ? layout_.ghosts : 0) +
           whole_pages(probation_.touched()) + whole_pages(main_.touched());
}

void Arena::link(Entry entry, std::uint64_t name_hash) {
    index_.link(entry, name_hash);
    main_live_ += is_proven(entry) ? entry.header().size : 0U;
}

void Arena::unlink(Entry entry) {
    index_.unlink(entry);
    main_live_ -= is_proven(entry) ? entry.header().size : 0U;
}

// The rings.

Entry Arena::place_in_probation(std::uint32_t size, std::uint32_t now) {
    while (!probation_.has_room(size)) {  // ends: each turn pops one entry
        leave_probation(now);
    }
    return at(probation_.push(size) + 1);
}

std::optional<Entry> Arena::place_in_main(std::uint32_t size, std::uint32_t now, Cost cost) {
    if (!make_room_in_main(size, now, cost)) {
        return std::nullopt;
    }
    return at(static_cast<Ref>(layout_.probation) + main_.push(size) + 1);
}

void Arena::leave_probation(std::uint32_t now) {
    const Entry entry = at(probation_.tail() + 1);
    const Header header = entry.header();
    if (entry.kind() != Kind::dead) {
        const bool fresh = entry.is_fresh(now);
        const Cost cost = header.uses > 0 ? Cost::unused : Cost::nothing;
        if (!fresh || !move_to_main(entry, now, cost)) {
            evict(entry, fresh);
        }
    }
    probation_.pop(header.size);
}

// Frees the oldest of the large ring, or moves them to its head, until `size` octets fit. False if
// it would cost more than it may, or more moves: then what wants in is worth less than what is
// there.
bool Arena::make_room_in_main(std::uint32_t size, std::uint32_t now, Cost cost) {
    unsigned moves_left = moves_max;
    while (!main_.has_room(size)) {  // ends: each turn pops one for good or takes a move
        const Entry oldest = at(static_cast<Ref>(layout_.probation) + main_.tail() + 1);
        const Header header = oldest.header();
        const bool fresh = oldest.kind() != Kind::dead && oldest.is_fresh(now);
        const bool sparse = is_sparse(main_live_ + size, layout_.main);
        if (fresh && cost == Cost::nothing && !sparse) {
            return false;
        }
        if (fresh && (header.uses > 0 || sparse)) {
            if (moves_left-- == 0) {
                return false;
            }
            readmit(oldest);
            continue;
        }
        if (oldest.kind() != Kind::dead) {
            evict(oldest, fresh);
        }
        main_.pop(header.size);
    }
    return true;
}

// False if there was no room.
bool Arena::move_to_main(Entry entry, std::uint32_t now, Cost cost) {
    const auto moved = place_in_main(entry.header().size, now, cost);
    if (!moved) {
        return false;
    }
    const std::uint64_t hash = index_.name_hash_of(entry);
    unlink(entry);
    std::memcpy(moved->octets(), entry.octets(), entry.header().size);
    set_uses(*moved, 0);
    link(*moved, hash);
    return true;
}

// From the large ring's end to its head. What was popped makes room for itself, perhaps in part.
void Arena::readmit(Entry entry) {
    const std::uint64_t hash = index_.name_hash_of(entry);
    const Header header = entry.header();
    unlink(entry);
    main_.pop(header.size);
    const Entry moved = at(static_cast<Ref>(layout_.probation) + main_.push(header.size) + 1);
    std::memmove(moved.octets(), entry.octets(), header.size);
    set_uses(moved, header.uses > 0 ? header.uses - 1U : 0U);
    link(moved, hash);
}

// Thrown away by age. A mark is left of what was good until the end, and of what was used.
void Arena::evict(Entry entry, bool fresh) {
    if (fresh || entry.header().uses > 0) {
        ghosts_.remember(entry_hash(index_.name_hash_of(entry), entry.kind(), entry.type()));
        ghosts_used_ = true;
    }
    evictions_ += fresh ? 1U : 0U;
    drop(entry);
}

void Arena::drop(Entry entry) {
    unlink(entry);
    Header header = entry.header();
    header.kind = static_cast<std::uint8_t>(Kind::dead);
    entry.set_header(header);
}

}  // namespace wend::cache
