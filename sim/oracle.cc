#include "sim/oracle.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dns/name.h"
#include "sim/authority.h"

namespace wend::sim {

namespace {

using dns::NameView;
using dns::Question;
using dns::Rcode;
using dns::RRset;
using dns::Type;

bool is_alias(const RRset& rrset) {
    return rrset.type() == Type::cname || rrset.type() == Type::dname;
}

// The first cut on the way from the zone's apex to the name. What is below a DNAME is not looked at
// (RFC 6672 2.4), and DS is the parent's.
const RRset* cut_on_the_way(const Zone& zone, const Question& question) {
    const NameView name = question.qname;
    for (std::size_t labels = zone.apex().view().label_count(); labels <= name.label_count();
         ++labels) {
        const NameView at = name.suffix(labels);
        const Node* node = zone.find(at);
        const bool is_qname = labels == name.label_count();
        if (node == nullptr || (node->find(Type::dname) != nullptr && !is_qname)) {
            return nullptr;
        }
        const RRset* servers = at == zone.apex().view() ? nullptr : node->find(Type::ns);
        if (servers != nullptr) {
            return is_qname && question.qtype == Type::ds ? nullptr : servers;
        }
    }
    return nullptr;
}

// The zone's own servers go on and say that there is no such thing: they are not to be asked for it
// (RFC 4035 3.1.4.1).
bool leads_to_own_ds(const RRset& rrset, const Zone& zone, Type qtype) {
    return qtype == Type::ds && rrset.type() == Type::cname && !zone.apex().view().is_root() &&
           zone.apex() == NameView::trusted(rrset.rdatas().front());
}

OracleAnswer failure(OracleAnswer so_far, std::string why) {
    so_far.rcode = Rcode::servfail;
    so_far.data = RRset();
    so_far.why = std::move(why);
    return so_far;
}

}  // namespace

struct Oracle::Place {
    ZonePtr zone{};
    std::string why{};
};

OracleAnswer Oracle::answer(const Question& question) const {
    return answer(question, 0);
}

bool Oracle::reachable(NameView name) const {
    return place_of(Question{name, Type::a}, 0).zone != nullptr;
}

OracleAnswer Oracle::answer(Question question, int depth) const {
    OracleAnswer answer;
    const auto links = [&answer] {
        return std::ranges::count(answer.aliases, Type::cname, &RRset::type);
    };
    while (links() <= aliases_max) {
        Place place = place_of(question, depth);
        if (place.zone == nullptr) {
            return failure(std::move(answer), std::move(place.why));
        }
        if (!append(*place.zone, question, answer)) {
            break;
        }
    }
    if (links() > aliases_max) {
        return failure(std::move(answer), "aliases without end");
    }
    return answer;
}

// True: the zone gave an alias that leads out of it, and `question` is about its target.
bool Oracle::append(const Zone& zone, Question& question, OracleAnswer& answer) const {
    ZoneSet only;
    only.add(internet_.zones().zones().find(zone.apex())->second);
    const AuthorityAnswer found = answer_from(only, question, false);
    answer.rcode = found.rcode;
    for (const RRset& rrset : found.answer) {
        if (rrset.type() == question.qtype) {
            answer.data = rrset;
        } else if (is_alias(rrset)) {
            answer.aliases.push_back(rrset);
        }
        if (leads_to_own_ds(rrset, zone, question.qtype)) {
            question.qname = zone.apex();
            return true;
        }
    }
    const bool denied = std::ranges::count(found.authority, Type::soa, &RRset::type) > 0;
    if (answer.data || denied || found.rcode != Rcode::noerror || found.answer.empty()) {
        return false;
    }
    question.qname = NameView::trusted(found.answer.back().rdatas().front());
    return true;
}

Oracle::Place Oracle::place_of(const Question& question, int depth) const {
    const auto& zones = internet_.zones().zones();
    const auto root = zones.find(NameView());
    if (root == zones.end()) {
        return {nullptr, "no root zone"};
    }
    ZonePtr zone = root->second;
    if (!has_live_server(*zone, *zone->find(NameView())->find(Type::ns), depth)) {
        return {nullptr, "no root server answers"};
    }
    // Each turn goes down a label at least.
    while (const RRset* cut = cut_on_the_way(*zone, question)) {
        const auto child = zones.find(cut->owner());
        if (child == zones.end() || !has_live_server(*zone, *cut, depth)) {
            return {nullptr, "no server answers for " + dns::to_text(cut->owner())};
        }
        zone = child->second;
    }
    return {zone, {}};
}

// Addresses beside the delegation first; else they are asked for by name.
bool Oracle::has_live_server(const Zone& parent, const RRset& servers, int depth) const {
    const auto lives = [&](Octets rdata) {
        const NameView name = NameView::trusted(rdata);
        if (const Node* glue = parent.find(name)) {
            return std::ranges::any_of(glue->rrsets(), [&](const RRset& addresses) {
                return is_live(addresses, servers.owner());
            });
        }
        if (depth >= server_names_deep || name.is_subdomain_of(servers.owner())) {
            return false;
        }
        return std::ranges::any_of(std::array{Type::a, Type::aaaa}, [&](Type type) {
            const OracleAnswer found = answer(Question{name, type}, depth + 1);
            return found.data && is_live(found.data, servers.owner());
        });
    };
    const dns::RdataRange names = servers.rdatas();
    return std::any_of(names.begin(), names.end(), lives);
}

bool Oracle::is_live(const RRset& addresses, NameView apex) const {
    const bool is_v4 = addresses.type() == Type::a;
    if (is_v4 ? !ipv4_ : (addresses.type() != Type::aaaa || !ipv6_)) {
        return false;
    }
    const dns::RdataRange rdatas = addresses.rdatas();
    return std::any_of(rdatas.begin(), rdatas.end(), [&](Octets rdata) {
        return internet_.serves_well(is_v4 ? IpAddress::v4(rdata) : IpAddress::v6(rdata), apex);
    });
}

}  // namespace wend::sim
