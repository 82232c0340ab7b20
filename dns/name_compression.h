// The names that a message holds already, label by label, so that those that follow can point to
// them (RFC 1035 4.1.4). A suffix matches only in its own letter case: what is read from the
// message is what was written.
//
// At most entries_max suffixes are kept and a search looks at no more than probes_max of them, so
// writing a message is linear however its names are chosen.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/octets.h"
#include "dns/name.h"

namespace wend::dns {

class NameCompression {
  public:
    static constexpr std::size_t entries_max = 120;
    static constexpr std::size_t probes_max = 8;
    static constexpr std::size_t targets_end = 0x4000;  // a pointer has 14 bits

    // A suffix of a name in the message. 0 is the root, which is never pointed to.
    using Suffix = std::uint8_t;

    struct Match {
        Suffix suffix = 0;           // the longest that is known
        std::size_t octets_new = 0;  // in front of it
    };

    void clear();

    // `message` is the octets that were written, as in all calls since clear().
    Match find(Octets message, NameView name) const;

    // The labels of `name` before `match` stand at `at` in the message.
    void add(NameView name, Match match, std::size_t at);

    // Where `suffix` (not the root) stands in the message.
    std::size_t place_of(Suffix suffix) const { return entries_[suffix].place; }

    std::size_t size() const { return size_; }

    // Forgets the suffixes after the first `size`.
    void shrink_to(std::size_t size);

  private:
    struct Entry {
        std::uint16_t place;  // of its first label
        Suffix rest;          // after that label
        std::uint8_t slot;
    };

    inline Suffix find_label(Octets message, Suffix rest, Octets label) const;
    inline Suffix add_label(Suffix rest, Octets label, std::size_t place);

    // Not value-initialized: read only below size_, and after clear().
    std::array<Entry, entries_max + 1> entries_;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<Suffix, 256> slots_;               // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::size_t size_ = 0;
};

}  // namespace wend::dns
