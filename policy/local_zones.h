// Names that never leave the house: answered here, so that no private or special name leaks to the
// root and no loopback name depends on the network (RFC 6303, 6761, 7686, 7793, 8375, 9462,
// 9476).
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dns/message.h"
#include "dns/rrset.h"
#include "dns/types.h"

namespace wend::policy {

// Points into the LocalZones that gave it.
struct LocalAnswer {
    dns::Rcode rcode = dns::Rcode::noerror;
    const dns::RRset* answer = nullptr;  // its owner is to be replaced by the question's name
    const dns::RRset* soa = nullptr;     // of a negative answer
};

// One for each worker (RRsets belong to one thread).
class LocalZones {
  public:
    // `configured`: zones that the configuration forwards or stubs. A local zone yields to one at
    // or below it, for the names in that one.
    explicit LocalZones(std::span<const dns::Name> configured);

    // Nothing if the name is for the resolver. A name outside arpa and the special
    // top-level domains costs one comparison of its last label.
    std::optional<LocalAnswer> find(const dns::Question& question) const;

  private:
    struct Zone {
        dns::RRset soa;
        dns::RRset ns;          // empty where the zone is not served as a zone (RFC 6761 names)
        bool loopback = false;  // localhost: every name in it has the loopback addresses
        // The DS of the apex is not the zone's own but its parent's (RFC 4035 2.4, 3.1.4.1), which
        // exists and says with proof that there is none: without it all that is answered here is
        // bogus to a validator behind us (RFC 6303 7, RFC 8375 4). Not so below the root: it denies
        // those names altogether, so that its proof would help nobody, and they are not to be
        // looked up (RFC 6761 6, RFC 7686 2).
        bool delegated = false;
    };

    const Zone* enclosing(dns::NameView name, std::size_t& labels) const;
    bool yields(dns::NameView name, std::size_t labels) const;
    LocalAnswer answer(const Zone& zone, const dns::Question& question, std::size_t labels) const;
    void add(std::string_view name, bool as_zone);

    // Keyed by the name's wire form in lower case.
    std::unordered_map<std::string, Zone> zones_;
    std::vector<dns::Name> configured_;
    std::size_t labels_max_ = 0;  // of the deepest zone
    dns::RRset ipv4_loopback_;
    dns::RRset ipv6_loopback_;
    dns::RRset localhost_pointer_;
};

}  // namespace wend::policy
