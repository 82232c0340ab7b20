// An RRset inside the cache, tighter than dns::PackedRRset: the owner and the type are the entry's,
// lengths take one octet where all fit, and A and AAAA records without signatures take none.
//
//   fixed          the rdatas
//   short_lengths  u8 signatures, then for each rdata and signature: u8 length, octets
//   long_lengths   the same with lengths of u16
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/octets.h"
#include "cache/entry.h"
#include "dns/rrset.h"

namespace wend::cache {

// More records than this are served but not kept, and so are more signatures.
inline constexpr std::size_t records_max = 100;

// Enough for any entry that unpack_rrset() writes: a length grows by two octets at most.
inline constexpr std::size_t unpacked_octets_max =
    entry_octets_max + dns::packed_header + 2 * 2 * records_max;

struct Packing {
    Form form = Form::fixed;
    std::uint8_t count = 0;
    std::uint8_t signatures = 0;
    std::size_t size = 0;  // octets of the body
};

// How to pack it; nothing if it has no record or too many.
std::optional<Packing> packing_of(const dns::PackedRRset& rrset);

// Fills the first packing.size octets of `body`.
void pack_rrset(const dns::PackedRRset& rrset, const Packing& packing, MutableOctets body);

// Writes the octets of a dns::PackedRRset and returns how many; 0 if they do not fit. No
// allocation.
std::size_t unpack_rrset(Entry entry, MutableOctets to);

}  // namespace wend::cache
