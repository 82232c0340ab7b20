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

// splitmix64's finisher: spreads what is asked about one name over all buckets. The hash of the
// name is secret, so what comes out cannot be foreseen either.
std::uint64_t key_hash(std::uint64_t name_hash, Kind kind, dns::Type type) {
    const auto what = (static_cast<std::uint64_t>(kind) << 16) | static_cast<std::uint64_t>(type);
    std::uint64_t hash = name_hash + what * 0x9e3779b97f4a7c15U;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
    return hash ^ (hash >> 31);
}

std::uint64_t key_hash(const Key& key) {
    return key_hash(key.name_hash, key.kind, key.type);
}

bool matches(Entry entry, const Header& header, const Key& key) {
    const dns::NameView owner = entry.owner();
    return header.type == static_cast<std::uint16_t>(key.type) &&
           header.kind == static_cast<std::uint8_t>(key.kind) &&
           header.owner_size == key.owner.size() &&
           (std::memcmp(owner.wire().data(), key.owner.wire().data(), owner.size()) == 0 ||
            owner == key.owner);
}

Ref load_ref(const std::uint8_t* from) {
    Ref ref = 0;
    std::memcpy(&ref, from, sizeof ref);
    return ref;
}

void store_ref(std::uint8_t* to, Ref ref) {
    std::memcpy(to, &ref, sizeof ref);
}

void set_uses(Entry entry, unsigned uses) {
    Header header = entry.header();
    header.uses = static_cast<std::uint8_t>(uses) & uses_max;
    entry.set_header(header);
}

// Where entry.next stands.
std::uint8_t* next_of(Entry entry) {
    static_assert(offsetof(Header, next) == 0);
    return entry.octets();
}

void fill(Entry entry, const Key& key, const Header& fields) {
    entry.set_header(fields);
    std::ranges::copy(key.owner.wire(), entry.octets() + sizeof(Header));
}

}  // namespace

Arena::Layout::Layout(std::size_t octets_max) {
    const std::size_t total = std::max(octets_max, arena_octets_min) / page_size() * page_size();
    constexpr std::size_t entry_octets_expected = 96;
    index = whole_pages(total / entry_octets_expected * sizeof(Ref));
    ghosts = whole_pages(total / 128 * sizeof(std::uint16_t));
    probation = whole_pages(total / 6);
    main = total - index - ghosts - probation;
}

Arena::Arena(std::size_t octets_max, const HashKey& key) : Arena(Layout(octets_max), key) {}

Arena::Arena(const Layout& layout, const HashKey& key)
    : key_(key),
      layout_(layout),
      region_(layout.index + layout.ghosts + layout.probation + layout.main),
      buckets_(static_cast<std::uint32_t>(layout.index / sizeof(Ref))),
      ghosts_({reinterpret_cast<std::uint16_t*>(region_.data() + layout.index),
               layout.ghosts / sizeof(std::uint16_t)}),
      probation_(static_cast<std::uint32_t>(layout.probation)),
      main_(static_cast<std::uint32_t>(layout.main)) {
    check(region_.size() <= std::size_t{1} << 32, "an arena's offsets have 32 bits");
}

std::uint8_t* Arena::bucket(std::uint32_t number) const {
    return region_.data() + std::size_t{number} * sizeof(Ref);
}

Entry Arena::at(Ref ref) const {
    return Entry(region_.data() + layout_.index + layout_.ghosts + (ref - 1));
}

Ref Arena::ref_of(Entry entry) const {
    const std::uint8_t* first = region_.data() + layout_.index + layout_.ghosts;
    return static_cast<Ref>(entry.octets() - first + 1);
}

bool Arena::is_proven(Entry entry) const {
    return ref_of(entry) > layout_.probation;
}

std::uint64_t Arena::hash_of(Entry entry) const {
    return key_hash(dns::hash(key_, entry.owner()), entry.kind(), entry.type());
}

std::optional<Entry> Arena::find(const Key& key) const {
    Ref ref = load_ref(bucket(buckets_.of(key_hash(key))));
    while (ref != 0) {  // ends: a chain has no loop, and few entries (key_ is secret)
        const Entry entry = at(ref);
        const Header header = entry.header();
        if (matches(entry, header, key)) {
            return entry;
        }
        ref = header.next;
    }
    return std::nullopt;
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
    const std::uint64_t hash = key_hash(key);
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
        proven = ghosts_used_ && ghosts_.recall(hash);
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
    link(*entry, hash);
    return entry;
}

void Arena::erase(const Key& key) {
    if (const auto entry = find(key)) {
        drop(*entry);
    }
}

void Arena::clear() {
    region_.reset();
    buckets_ = Buckets(static_cast<std::uint32_t>(layout_.index / sizeof(Ref)));
    probation_ = Ring(probation_.capacity());
    main_ = Ring(main_.capacity());
    entries_ = 0;
    main_live_ = 0;
    ghosts_used_ = false;
}

std::size_t Arena::octets() const {
    return whole_pages(buckets_.count() * sizeof(Ref)) + (ghosts_used_ ? layout_.ghosts : 0) +
           whole_pages(probation_.touched()) + whole_pages(main_.touched());
}

std::size_t Arena::longest_chain() const {
    std::size_t longest = 0;
    for (std::uint32_t number = 0; number < buckets_.count(); ++number) {
        std::size_t length = 0;
        for (Ref ref = load_ref(bucket(number)); ref != 0; ref = at(ref).header().next) {
            ++length;
        }
        longest = std::max(longest, length);
    }
    return longest;
}

// The index.

void Arena::link(Entry entry, std::uint64_t hash) {
    std::uint8_t* head = bucket(buckets_.of(hash));
    store_ref(next_of(entry), load_ref(head));
    store_ref(head, ref_of(entry));
    main_live_ += is_proven(entry) ? entry.header().size : 0U;
    ++entries_;
    if (entries_ > buckets_.count() && buckets_.can_grow()) {
        grow_index();
    }
}

void Arena::unlink(Entry entry) {
    const Ref ref = ref_of(entry);
    std::uint8_t* link = bucket(buckets_.of(hash_of(entry)));
    while (load_ref(link) != ref) {  // ends: an entry that is not dead is in its bucket's chain
        check(load_ref(link) != 0, "a live entry is in the index");
        link = next_of(at(load_ref(link)));
    }
    store_ref(link, entry.header().next);
    main_live_ -= is_proven(entry) ? entry.header().size : 0U;
    --entries_;
}

void Arena::grow_index() {
    const Buckets::Split split = buckets_.grow();
    Ref ref = load_ref(bucket(split.from));
    store_ref(bucket(split.from), 0);
    store_ref(bucket(split.to), 0);
    while (ref != 0) {  // one chain
        const Entry entry = at(ref);
        const Ref next = entry.header().next;
        std::uint8_t* head = bucket(buckets_.of(hash_of(entry)));
        store_ref(next_of(entry), load_ref(head));
        store_ref(head, ref);
        ref = next;
    }
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
    const std::uint64_t hash = hash_of(entry);
    unlink(entry);
    std::memcpy(moved->octets(), entry.octets(), entry.header().size);
    set_uses(*moved, 0);
    link(*moved, hash);
    return true;
}

// From the large ring's end to its head. What was popped makes room for itself, perhaps in part.
void Arena::readmit(Entry entry) {
    const std::uint64_t hash = hash_of(entry);
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
        ghosts_.remember(hash_of(entry));
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
