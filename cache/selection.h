// What a walk or a flush goes through, and where it is: the same words for all stores of this room.
//
// A whole store is walked in steps, each under one short lock, so that nobody waits for it. Where a
// step ends is a cursor of two numbers, which anybody may keep and come back with.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dns/name.h"
#include "dns/types.h"

namespace wend::cache {

// Entries that one step looks at, or gives: what a lock is held for.
inline constexpr std::size_t step_entries_max = 256;

struct Selection {
    enum class What : std::uint8_t {
        everything,
        negative,  // denials, and what proves them
        bogus,     // what failed validation
    };

    What what = What::everything;
    dns::Name name{};                 // the root: all there is
    bool below = true;                // what lies below the name too
    std::optional<dns::Type> type{};  // what says something of this type
    std::vector<dns::Name> except{};  // but nothing at or below these: zones of somebody else's
};

inline Selection at_name(dns::NameView name, std::optional<dns::Type> type = {}) {
    return {.name = name, .below = false, .type = type};
}

inline Selection at_or_below(dns::NameView zone, std::vector<dns::Name> except = {}) {
    return {.name = zone, .except = std::move(except)};
}

// By the name alone.
inline bool covers(const Selection& selection, dns::NameView owner) {
    const bool lies_in =
        selection.below ? owner.is_subdomain_of(selection.name) : owner == selection.name.view();
    return lies_in && std::ranges::none_of(selection.except, [owner](const dns::Name& other) {
               return owner.is_subdomain_of(other);
           });
}

// Where the next step begins; the default is the beginning. The numbers mean something to the store
// that gave them alone, but any two are safe: a step from a place that never was ends the walk, or
// goes on from the next that is.
struct Cursor {
    std::uint32_t part = 0;
    std::uint64_t place = 0;

    bool operator==(const Cursor&) const = default;
};

struct Step {
    std::size_t looked_at = 0;
    std::size_t taken = 0;         // given, gone or changed: of those that were looked at
    std::optional<Cursor> next{};  // nothing: that was all
};

// All steps of one flush, on the calling thread, which takes as long as the store is large: for a
// thread that serves nobody. How many went. `step` is given a cursor.
template <class Take>
std::size_t take_all(Take step) {
    std::size_t taken = 0;
    for (std::optional<Cursor> at = Cursor{}; at;) {  // ends: a cursor only moves on
        const Step done = step(*at);
        taken += done.taken;
        at = done.next;
    }
    return taken;
}

}  // namespace wend::cache
