// One entry of the cache as a walk gives it: for who shows, dumps or counts what is kept.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cache/cache.h"
#include "cache/cache_impl.h"
#include "cache/entry.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::cache {

// A view of octets that the walk has copied: as long as its visitor runs.
class KeptEntry {
  public:
    KeptEntry(Entry entry, std::uint32_t now) : entry_(entry), now_(now) {}

    Kind kind() const { return entry_.kind(); }

    dns::NameView owner() const { return entry_.owner(); }

    // 0 for a name error and a delegation.
    dns::Type type() const { return entry_.type(); }

    // Seconds that are left: 1 or more.
    std::uint32_t ttl() const { return entry_.expires() - now_; }

    Rank rank() const { return entry_.rank(); }

    dns::Security security() const { return entry_.security(); }

    Side side() const { return entry_.side(); }

    // Of the whole entry in the cache.
    std::size_t octets() const { return entry_.header().size; }

    // Of kind rrset or proof; with its signatures, its TTL is what is left.
    dns::RRset rrset() const;

    // Of kind delegation.
    Delegation delegation() const { return delegation_in(entry_, now_); }

    // Of kind nodata, name_error or expansion: what the entry needs beside it, each an entry of
    // kind proof. The SOA is first.
    std::vector<ProofName> proofs() const { return proofs_named_by(entry_); }

  private:
    Entry entry_;
    std::uint32_t now_;
};

}  // namespace wend::cache
