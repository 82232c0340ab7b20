// Names as the book holds and finds them: by their labels from the right, so that all names below
// one lie side by side and a suffix is a prefix.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/octets.h"
#include "dns/name.h"

namespace wend::policy {

// Labels in lower case, the last first, each ended by 0; the octets 0 and 1 inside a label are
// written as 1 1 and 1 2. So memcmp orders as RFC 4034 6.1 does.
class NameKey {
  public:
    explicit NameKey(dns::NameView name);

    // Of the last `labels` labels; at most labels().
    Octets of(std::size_t labels) const { return Octets(octets_).first(ends_[labels]); }

    std::size_t labels() const { return labels_; }

  private:
    std::array<std::uint8_t, 2 * dns::name_octets_max> octets_;
    std::array<std::uint16_t, dns::labels_max + 1> ends_;
    std::size_t labels_ = 0;
};

// The labels of a name in their place, the last first, and a hash of each suffix, label by label.
// Equal names in any letter case hash alike; what collides costs time alone.
class SuffixHashes {
  public:
    // Of the last `labels_max` labels at most.
    SuffixHashes(dns::NameView name, std::size_t labels_max);

    // Of the whole name, the root label aside.
    std::size_t labels() const { return labels_; }

    // Of those that were hashed: 1 to the lesser of labels() and labels_max.
    std::uint64_t of(std::size_t labels) const { return hashes_[labels]; }

  private:
    std::array<std::uint64_t, dns::labels_max + 1> hashes_;
    std::size_t labels_ = 0;
};

// The hash of a suffix in its key's form, for who builds.
std::uint64_t hash_of_key(Octets key);

}  // namespace wend::policy
