// The NSEC or NSEC3 records of a small zone, and which of them a server must send (RFC 4035 3.1.3,
// RFC 5155 7.2).
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "dns/rrset.h"
#include "dnssec/algorithms.h"
#include "tests/properties/denial/small_zone.h"

namespace wend::search {

// Records by number, in chain order; a set of them is a mask.
using Mask = std::uint32_t;

enum class Hashing : std::uint8_t { nsec, nsec3, opt_out };

struct Chain {
    Hashing hashing{};
    std::uint8_t seed = 0;
    std::vector<int> names;  // whose record it is
    std::vector<dnssec::Nsec3Hash> hashes;
    std::vector<dns::RRset> records;

    bool has(int name) const;
};

// `seed` chooses the order of the hashes.
Chain chain_of(const SmallZone& zone, Hashing hashing, std::uint8_t seed);

// What proves it, as a server must send it; nothing where there is no such proof to be had.
struct Prescribed {
    std::optional<Mask> no_name;
    std::optional<Mask> no_data;  // for a type that is not there
    std::optional<Mask> no_ds;    // of a delegation, or where no delegation is
    std::optional<Mask> no_closer;
    bool opt_out = false;  // what the proof comes to is an opt-out span's word
};

Prescribed prescribed(const Chain& chain, const Truth& truth, int name);

}  // namespace wend::search
