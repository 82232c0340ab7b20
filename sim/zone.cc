#include "sim/zone.h"

#include <algorithm>
#include <compare>
#include <map>
#include <optional>
#include <utility>

#include "base/octets.h"

namespace wend::sim {

namespace {

using dns::NameView;
using dns::RRset;
using dns::RRsetBuilder;
using dns::Type;
using dns::ZoneFileError;
using dns::ZoneRecord;

struct OwnerAndType {
    dns::Name owner;
    Type type;
};

struct OwnerAndTypeLess {
    bool operator()(const OwnerAndType& a, const OwnerAndType& b) const {
        const std::strong_ordering order = canonical_order(a.owner, b.owner);
        return order != 0 ? order < 0 : a.type < b.type;
    }
};

struct Draft {
    RRsetBuilder builder;
    std::uint32_t ttl;
    std::size_t line;
};

using Drafts = std::map<OwnerAndType, Draft, OwnerAndTypeLess>;

// RFC 4034 3.1: the first field of an RRSIG is the type that it covers.
Type covered_type(Octets rrsig_rdata) {
    return Type{load_u16(rrsig_rdata, 0)};
}

std::optional<ZoneFileError> objection(const ZoneRecord& record, NameView apex) {
    if (record.rclass != dns::Class::in) {
        return ZoneFileError{record.line, 1, "a zone holds records of class IN only"};
    }
    if (!record.owner.view().is_subdomain_of(apex)) {
        return ZoneFileError{record.line, 1,
                             to_text(record.owner.view()) + " is not under " + to_text(apex)};
    }
    return std::nullopt;
}

// Signatures go to the RRset that they cover.
Drafts gather(const std::vector<ZoneRecord>& records) {
    Drafts drafts;
    for (const ZoneRecord& record : records) {
        const bool is_signature = record.type == Type::rrsig;
        const Type type = is_signature ? covered_type(record.rdata) : record.type;
        const auto [draft, added] =
            drafts.try_emplace(OwnerAndType{record.owner, type}, RRsetBuilder(record.owner, type),
                               record.ttl, record.line);
        if (is_signature) {
            draft->second.builder.add_signature(record.rdata);
        } else {
            draft->second.builder.add(record.rdata);
            draft->second.ttl = record.ttl;
        }
    }
    return drafts;
}

// NSEC and the signatures of it may stand beside an alias (RFC 4034 4).
bool may_stand_beside_cname(Type type) {
    return type == Type::cname || type == Type::nsec;
}

}  // namespace

const RRset* Node::find(Type type) const {
    const auto found =
        std::ranges::find_if(rrsets_, [type](const RRset& rrset) { return rrset.type() == type; });
    return found == rrsets_.end() ? nullptr : &*found;
}

void Node::add(RRset rrset) {
    rrsets_.push_back(std::move(rrset));
}

std::expected<Zone, ZoneFileError> Zone::from_text(std::string_view text, NameView apex) {
    dns::ZoneFileOptions options;
    options.origin = apex;
    const auto records = dns::parse_zone_file(text, options);
    if (!records) {
        return std::unexpected(records.error());
    }
    return from_records(*records, apex);
}

std::expected<Zone, ZoneFileError> Zone::from_records(const std::vector<ZoneRecord>& records,
                                                      NameView apex) {
    for (const ZoneRecord& record : records) {
        if (auto error = objection(record, apex)) {
            return std::unexpected(std::move(*error));
        }
    }
    Zone zone(apex);
    for (const auto& [key, draft] : gather(records)) {
        if (draft.builder.empty()) {
            return std::unexpected(ZoneFileError{draft.line, 1, "a signature of no RRset"});
        }
        zone.add(draft.builder.finish(draft.ttl));
        const Node* node = zone.find(key.owner);
        if (node != nullptr && node->find(Type::cname) != nullptr &&
            !std::ranges::all_of(node->rrsets(), may_stand_beside_cname, &RRset::type)) {
            return std::unexpected(
                ZoneFileError{draft.line, 1, "a CNAME beside other data (RFC 2181 10.1)"});
        }
    }
    const Node* top = zone.find(apex);
    if (top == nullptr || top->find(Type::soa) == nullptr || top->find(Type::ns) == nullptr) {
        return std::unexpected(ZoneFileError{1, 1, "no SOA or no NS record at " + to_text(apex)});
    }
    return zone;
}

void Zone::add(RRset rrset) {
    const NameView owner = rrset.owner();
    if (rrset.type() == Type::nsec3) {
        nsec3_nodes_[owner].add(std::move(rrset));
        return;
    }
    for (NameView above = owner; above != apex_.view();) {  // empty non-terminals (RFC 4592 2.2.2)
        above = above.parent();
        nodes_.try_emplace(above);
    }
    nodes_[owner].add(std::move(rrset));
}

const Node* Zone::find(NameView name) const {
    const auto found = nodes_.find(name);
    return found == nodes_.end() ? nullptr : &found->second;
}

const RRset* Zone::cut_above(NameView name) const {
    const std::size_t apex_labels = apex_.view().label_count();
    for (std::size_t labels = apex_labels + 1; labels <= name.label_count(); ++labels) {
        const Node* node = find(name.suffix(labels));
        const RRset* servers = node == nullptr ? nullptr : node->find(Type::ns);
        if (servers != nullptr) {
            return servers;
        }
    }
    return nullptr;
}

void ZoneSet::add(ZonePtr zone) {
    const dns::Name apex = zone->apex();
    zones_.insert_or_assign(apex, std::move(zone));
}

const Zone* ZoneSet::closest(NameView name) const {
    for (std::size_t labels = name.label_count() + 1; labels-- > 0;) {
        if (const Zone* zone = at(name.suffix(labels))) {
            return zone;
        }
    }
    return nullptr;
}

const Zone* ZoneSet::at(NameView apex) const {
    const auto found = zones_.find(apex);
    return found == zones_.end() ? nullptr : found->second.get();
}

}  // namespace wend::sim
