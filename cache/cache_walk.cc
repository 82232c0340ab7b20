// Going through the whole cache in steps, a shard after the other: to show it, to remove from it.
#include <algorithm>
#include <array>
#include <utility>

#include "cache/cache.h"
#include "cache/cache_impl.h"
#include "cache/kept_entry.h"
#include "cache/lifetime.h"

namespace wend::cache {
namespace {

constexpr std::size_t step_entries_min = 16;

// What one step copies, or the first entries that are larger.
constexpr std::size_t step_octets_max = std::size_t{64} << 10;

bool is_negative(Kind kind) {
    return kind == Kind::nodata || kind == Kind::name_error || kind == Kind::proof;
}

// What a delegation says is about NS and DS, and a name error about all types.
bool speaks_of(Entry entry, dns::Type type) {
    switch (entry.kind()) {
        case Kind::name_error:
            return true;
        case Kind::delegation:
            return type == dns::Type::ns || type == dns::Type::ds;
        default:
            return entry.type() == type;
    }
}

bool takes(const Selection& selection, Entry entry) {
    using What = Selection::What;
    if (selection.what == What::negative && !is_negative(entry.kind())) {
        return false;
    }
    if (selection.what == What::bogus && entry.security() != dns::Security::bogus) {
        return false;
    }
    return (!selection.type || speaks_of(entry, *selection.type)) &&
           covers(selection, entry.owner());
}

void copy_to(std::vector<std::uint8_t>& copies, Entry entry) {
    copies.insert(copies.end(), entry.octets(), entry.octets() + entry.header().size);
}

}  // namespace

dns::RRset KeptEntry::rrset() const {
    const MutableOctets buffer = scratch();
    const std::size_t size = unpack_rrset(entry_, buffer);
    return dns::RRset::from_packed(buffer.first(size), ttl(), security());
}

std::uint32_t Cache::Impl::part_of(const Selection& selection, Cursor from) const {
    if (selection.below) {
        return from.part;
    }
    const std::uint64_t hash = hash_of(selection.name);
    const auto home = static_cast<std::uint32_t>(shard_shift == 64 ? 0 : hash >> shard_shift);
    return from.part <= home ? home : static_cast<std::uint32_t>(shards.size());
}

template <class Take>
Step Cache::Impl::step(const Selection& selection, Cursor from, std::size_t most, Take take) {
    Step done;
    std::vector<Ref> page;
    page.reserve(2 * step_entries_max);
    const std::uint32_t part = part_of(selection, from);
    if (part >= shards.size()) {
        return done;
    }
    Shard& shard = shards[part];
    const std::size_t limit = std::clamp(most, step_entries_min, step_entries_max);
    Index::Page got;
    {
        const MutexLock lock(shard.mutex);
        got = shard.arena.collect(part == from.part ? from.place : 0, limit, step_octets_max, page);
        done.looked_at = page.size();
        for (const Ref ref : page) {
            const Entry entry = shard.arena.at(ref);
            done.taken += takes(selection, entry) && take(shard.arena, entry) ? 1U : 0U;
        }
    }
    if (!got.is_last) {
        done.next = Cursor{part, got.next};
    } else if (selection.below && part + 1 < shards.size()) {
        done.next = Cursor{part + 1, 0};
    }
    return done;
}

Step Cache::walk(const Selection& selection, Cursor from, Instant now, const Visit& visit,
                 std::size_t most) const {
    const std::uint32_t seconds = to_seconds(now);
    std::vector<std::uint8_t> copies;
    copies.reserve(step_octets_max);
    Step done = impl_->step(selection, from, most, [&](Arena&, Entry entry) {
        if (!entry.is_fresh(seconds)) {
            return false;
        }
        copy_to(copies, entry);
        return true;
    });
    std::vector<std::pair<std::uint64_t, KeptEntry>> placed;
    for (std::size_t at = 0; at < copies.size();) {  // ends: no entry is of size 0
        const Entry entry(copies.data() + at);
        at += entry.header().size;
        placed.emplace_back(Index::place_of(entry, impl_->hash_of(entry.owner())),
                            KeptEntry(entry, seconds));
    }
    std::ranges::sort(placed, {}, [](const auto& each) { return each.first; });
    const std::uint32_t part = impl_->part_of(selection, from);
    std::vector<KeptEntry> together;
    for (auto at = placed.begin(); at != placed.end();) {  // ends: each turn goes on by one or more
        const std::uint64_t place = at->first;
        const auto first = at;
        together.clear();
        for (; at != placed.end() && at->first == place; ++at) {
            together.push_back(at->second);
        }
        if (!visit(together)) {
            done.taken = static_cast<std::size_t>(first - placed.begin());
            done.next = Cursor{part, place};
            return done;
        }
    }
    return done;
}

Step Cache::flush(const Selection& selection, Cursor from, std::size_t most) {
    const auto remove = [](Arena& arena, Entry entry) {
        arena.erase(entry);
        return true;
    };
    std::size_t above = 0;
    const bool is_for_one_name =
        !selection.below && selection.what != Selection::What::bogus && from == Cursor{};
    dns::NameView name = selection.name;
    while (is_for_one_name && !name.is_root()) {  // at most dns::labels_max turns
        name = name.parent();
        const std::uint64_t hash = impl_->hash_of(name);
        Shard& shard = impl_->shard_of(hash);
        const MutexLock lock(shard.mutex);
        if (const auto denied = shard.arena.find({name, Kind::name_error, {}, hash})) {
            shard.arena.erase(*denied);
            ++above;
        }
    }
    Step done = impl_->step(selection, from, most, remove);
    done.taken += above;
    return done;
}

Step Cache::forget_validation(const Selection& selection, Cursor from, std::size_t most) {
    return impl_->step(selection, from, most, [](Arena&, Entry entry) {
        Header header = entry.header();
        const bool was_judged = entry.kind() != Kind::delegation && header.security != 0;
        static_assert(static_cast<unsigned>(dns::Security::unchecked) == 0);
        header.security = 0;
        entry.set_header(header);
        return was_judged;
    });
}

std::size_t Cache::flush_name(dns::NameView name, std::optional<dns::Type> type) {
    const Selection wanted = at_name(name, type);
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Cache::flush_zone(dns::NameView zone, const std::vector<dns::Name>& except) {
    const Selection wanted = at_or_below(zone, except);
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Cache::flush_negative() {
    const Selection wanted{.what = Selection::What::negative};
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Cache::flush_bogus() {
    const Selection wanted{.what = Selection::What::bogus};
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Cache::flush_all() {
    const Selection wanted;
    return take_all([&](Cursor at) { return flush(wanted, at); });
}

std::size_t Cache::forget_validation(dns::NameView zone, const std::vector<dns::Name>& except) {
    const Selection wanted = at_or_below(zone, except);
    return take_all([&](Cursor at) { return forget_validation(wanted, at); });
}

}  // namespace wend::cache
