// A zone as an authoritative server holds it: every name with its RRsets, empty non-terminals too.
#pragma once
#include <expected>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "dns/name.h"
#include "dns/rrset.h"
#include "dns/types.h"
#include "dns/zone_file.h"

namespace wend::sim {

// The RRsets of one name, in order of type. An empty non-terminal has none.
class Node {
  public:
    // Null: no such RRset. Valid while the zone is.
    const dns::RRset* find(dns::Type type) const;

    const std::vector<dns::RRset>& rrsets() const { return rrsets_; }

    void add(dns::RRset rrset);

  private:
    std::vector<dns::RRset> rrsets_;
};

// Immutable once made. Belongs to one thread, as RRsets do.
class Zone {
  public:
    using Nodes = std::map<dns::Name, Node, dns::CanonicalLess>;

    // Zone file text, names completed with `apex`. Errors beside those of the text itself: no SOA
    // or no NS at the apex, a name outside the zone, a class other than IN, a CNAME beside other
    // data (RFC 2181 10.1).
    static std::expected<Zone, dns::ZoneFileError> from_text(std::string_view text,
                                                             dns::NameView apex);

    // The same from records.
    static std::expected<Zone, dns::ZoneFileError> from_records(
        const std::vector<dns::ZoneRecord>& records, dns::NameView apex);

    const dns::Name& apex() const { return apex_; }

    // Null: the name does not exist here. NSEC3 owners are not names of the zone (RFC 5155 3).
    const Node* find(dns::NameView name) const;

    const Nodes& nodes() const { return nodes_; }

    // In order of their hash. Empty without NSEC3.
    const Nodes& nsec3_nodes() const { return nsec3_nodes_; }

    const dns::RRset& soa() const { return *find(apex_)->find(dns::Type::soa); }

    // It has keys at its apex: what it answers carries proofs where they are asked for.
    bool is_signed() const { return find(apex_)->find(dns::Type::dnskey) != nullptr; }

    // The cut at or above `name`, nearest the apex; nothing if the zone is authoritative for it.
    const dns::RRset* cut_above(dns::NameView name) const;

  private:
    explicit Zone(dns::NameView apex) : apex_(apex) {}

    void add(dns::RRset rrset);

    dns::Name apex_;
    Nodes nodes_;
    Nodes nsec3_nodes_;
};

using ZonePtr = std::shared_ptr<const Zone>;

// The zones of one server, or of a whole internet.
class ZoneSet {
  public:
    // A zone of the same apex is replaced.
    void add(ZonePtr zone);

    // The zone with the longest apex that `name` is under; null if there is none.
    const Zone* closest(dns::NameView name) const;
    // The zone of that apex; null if there is none.
    const Zone* at(dns::NameView apex) const;

    const std::map<dns::Name, ZonePtr, dns::CanonicalLess>& zones() const { return zones_; }

  private:
    std::map<dns::Name, ZonePtr, dns::CanonicalLess> zones_;
};

}  // namespace wend::sim
