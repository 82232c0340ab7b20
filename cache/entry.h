// One entry of the cache as octets: a header of 16, the owner in wire form, the body.
//
// No pointers and no alignment, so that nothing is lost between entries: a plain A record of a name
// of 22 octets takes 42, and 6 more in the index.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/octets.h"
#include "cache/ranking.h"
#include "dns/name.h"
#include "dns/types.h"

namespace wend::cache {

// What an entry says; with the owner and the type, its key.
enum class Kind : std::uint8_t {
    dead,        // no longer found; its octets are free once it is the oldest of its ring
    rrset,       // data at (owner, type)
    proof,       // SOA, NSEC or NSEC3 that came with a denial: shared by all denials that name it
    nodata,      // no data of that type at the owner (RFC 2308 2.2)
    name_error,  // no such owner, whatever the type (RFC 2308 2.1); type is 0
    delegation,  // the zone cut at the owner as its parent describes it; type is 0
    expansion,   // the proofs that came with data of that type which a wildcard gave
};

// `name_hash` is dns::hash of the owner with the cache's key: one hash serves all that is asked
// about a name.
struct Key {
    dns::NameView owner;
    Kind kind{};
    dns::Type type{};
    std::uint64_t name_hash = 0;
};

// How the body of an RRset is packed (cache/rrset_form.h).
enum class Form : std::uint8_t { fixed, short_lengths, long_lengths };

// The offset of an entry in its arena plus one; 0 is none.
using Ref = std::uint32_t;

inline constexpr unsigned uses_max = 3;

inline constexpr std::size_t entry_octets_max = 65'535;

struct Header {
    Ref next = 0;               // behind this one in the same place of the index
    std::uint32_t expires = 0;  // seconds; fresh before that
    std::uint16_t size = 0;     // of the whole entry; the body may leave some of it unused
    std::uint16_t type = 0;     // a dns::Type
    std::uint8_t owner_size = 0;
    std::uint8_t count = 0;         // records
    std::uint8_t kind : 3 = 0;      // a Kind
    std::uint8_t rank : 3 = 0;      // a Rank
    std::uint8_t uses : 2 = 0;      // since it was stored or last moved on; stays at uses_max
    std::uint8_t security : 3 = 0;  // a dns::Security
    std::uint8_t form : 2 = 0;      // a Form
    std::uint8_t side : 1 = 0;      // a Side
};

static_assert(sizeof(Header) == 16);

// A handle on an entry inside an arena: valid until the arena next inserts, erases or clears.
class Entry {
  public:
    explicit Entry(std::uint8_t* at) : at_(at) {}

    Header header() const {
        Header header;
        std::memcpy(&header, at_, sizeof header);
        return header;
    }

    void set_header(const Header& header) const { std::memcpy(at_, &header, sizeof header); }

    dns::NameView owner() const {
        return dns::NameView::trusted({at_ + sizeof(Header), header().owner_size});
    }

    // All that is left of the entry after the owner.
    MutableOctets body() const {
        const Header head = header();
        const std::size_t start = sizeof(Header) + head.owner_size;
        return {at_ + start, head.size - start};
    }

    Kind kind() const { return static_cast<Kind>(header().kind); }

    dns::Type type() const { return static_cast<dns::Type>(header().type); }

    Rank rank() const { return static_cast<Rank>(header().rank); }

    dns::Security security() const { return static_cast<dns::Security>(header().security); }

    Side side() const { return static_cast<Side>(header().side); }

    std::uint32_t expires() const { return header().expires; }

    bool is_fresh(std::uint32_t now) const { return now < header().expires; }

    std::uint8_t* octets() const { return at_; }

  private:
    std::uint8_t* at_;
};

}  // namespace wend::cache
