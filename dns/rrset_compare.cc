#include <algorithm>
#include <vector>

#include "dns/rdata.h"
#include "dns/rrset.h"

namespace wend::dns {
namespace {

using Rdatas = std::vector<std::vector<std::uint8_t>>;

Rdatas canonical_set(const RRset& rrset) {
    Rdatas set;
    set.reserve(rrset.rdatas().size());
    for (const Octets rdata : rrset.rdatas()) {
        append_canonical_rdata(rrset.type(), rdata, set.emplace_back());
    }
    std::ranges::sort(set);
    return set;
}

}  // namespace

// Names in rdata come in the letter case of the query that they were compressed against, so octets
// alone do not tell.
bool same_data(const RRset& a, const RRset& b) {
    return a.type() == b.type() && a.owner() == b.owner() &&
           a.rdatas().size() == b.rdatas().size() && canonical_set(a) == canonical_set(b);
}

}  // namespace wend::dns
