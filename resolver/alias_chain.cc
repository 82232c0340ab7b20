#include "resolver/alias_chain.h"

#include <algorithm>
#include <array>
#include <optional>

#include "resolver/budget.h"
#include "resolver/message_rrset.h"

namespace wend {

namespace {

// The DNAME that governs `name`: owned by a proper ancestor inside `zone`. The deepest, if a
// sender is so confused as to give several.
dns::RRset governing_dname(const dns::Message& message, dns::NameView name, dns::NameView zone) {
    const dns::RecordView* best = nullptr;
    for (const dns::RecordView& record : message.records(dns::Section::answer)) {
        const bool governs =
            record.type == dns::Type::dname && record.owner.is_subdomain_of(zone) &&
            record.owner.size() < name.size() && name.is_subdomain_of(record.owner);
        if (governs && (best == nullptr || record.owner.size() > best->owner.size())) {
            best = &record;
        }
    }
    if (best == nullptr) {
        return {};
    }
    return rrset_in(message, dns::Section::answer, best->owner, dns::Type::dname);
}

// DS of the zone itself: its parent's to say.
bool is_of_parent(const dns::Question& question, dns::NameView name, dns::NameView zone) {
    return question.qtype == dns::Type::ds && !name.is_root() && name == zone;
}

bool has_record(const dns::Message& message, dns::NameView owner, dns::Type type) {
    return std::ranges::any_of(message.records(dns::Section::answer),
                               [&](const dns::RecordView& record) {
                                   return record.type == type && record.owner == owner;
                               });
}

dns::RRset first_of(const dns::RRset& rrset) {
    dns::RRsetBuilder builder(rrset.owner(), rrset.type());
    builder.add(rrset.rdatas().front());
    return builder.finish(rrset.ttl());
}

bool came_before(const AliasChain& chain, dns::NameView owner) {
    return std::ranges::any_of(chain.rrsets, [&](const dns::RRset& rrset) {
        return rrset.type() == dns::Type::cname && rrset.owner() == owner;
    });
}

// The alias at chain.end, appended; false where the chain ends.
bool append_link(AliasChain& chain, const dns::Message& message, dns::NameView zone,
                 dns::Type qtype) {
    const dns::Name name = chain.end;
    dns::RRset dname = governing_dname(message, name, zone);
    dns::RRset cname;
    if (dname) {
        std::optional<dns::RRset> made = synthesize_cname(name, dname);
        chain.rrsets.push_back(std::move(dname));
        if (!made) {
            chain.stop = ChainStop::name_too_long;
            return false;
        }
        cname = std::move(*made);
    } else if (qtype != dns::Type::cname &&
               !(may_stand_beside_alias(qtype) && has_record(message, name, qtype))) {
        cname = rrset_in(message, dns::Section::answer, name, dns::Type::cname);
    }
    if (!cname) {
        return false;
    }
    if (cname.rdatas().size() > 1) {
        cname = first_of(cname);
    }
    chain.end = alias_target(cname);
    chain.rrsets.push_back(std::move(cname));
    ++chain.links;
    return true;
}

}  // namespace

bool may_stand_beside_alias(dns::Type type) {
    constexpr dns::Type sig{24};
    constexpr dns::Type key{25};
    constexpr dns::Type nxt{30};
    constexpr std::array beside = {dns::Type::ds, dns::Type::nsec, dns::Type::rrsig, sig, key, nxt};
    return std::ranges::find(beside, type) != beside.end();
}

bool is_led_by_alias(dns::Type type, cache::Side side) {
    if (type == dns::Type::ds) {
        return side == cache::Side::parent;
    }
    return type != dns::Type::cname && !may_stand_beside_alias(type);
}

dns::Name alias_target(const dns::RRset& alias) {
    return dns::NameView::trusted(alias.rdatas().front());
}

std::optional<dns::RRset> synthesize_cname(dns::NameView owner, const dns::RRset& dname) {
    const std::optional<dns::Name> target =
        dns::Name(owner).with_suffix_replaced(dname.owner(), alias_target(dname));
    if (!target) {
        return std::nullopt;
    }
    dns::RRsetBuilder builder(owner, dns::Type::cname);
    builder.add(target->wire());
    return builder.finish(dname.ttl(), dname.security());
}

AliasChain follow_aliases(const dns::Message& message, const dns::Question& question,
                          dns::NameView zone) {
    AliasChain chain;
    chain.end = question.qname;
    while (chain.end.view().is_subdomain_of(zone) && !is_of_parent(question, chain.end, zone)) {
        if (came_before(chain, chain.end)) {
            chain.stop = ChainStop::loop;
            break;
        }
        if (chain.links > static_cast<unsigned>(aliases_max)) {
            chain.stop = ChainStop::too_many;
            break;
        }
        if (!append_link(chain, message, zone, question.qtype)) {
            break;
        }
    }
    return chain;
}

}  // namespace wend
