#include "sim/authority.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "sim/proofs.h"

namespace wend::sim {

namespace {

using dns::Name;
using dns::NameView;
using dns::Rcode;
using dns::RRset;
using dns::RRsetBuilder;
using dns::Type;

// Where the name stands in rdata whose addresses are worth adding.
std::optional<std::size_t> target_offset(Type type) {
    switch (type) {
        case Type::ns:
            return 0;
        case Type::mx:
            return 2;
        case Type::srv:
            return 6;
        default:
            return std::nullopt;
    }
}

// One question on its way through the zones of one server.
class Walk {
  public:
    Walk(const ZoneSet& zones, const dns::Question& question, bool dnssec_ok)
        : zones_(zones), qname_(question.qname), qtype_(question.qtype), dnssec_ok_(dnssec_ok) {}

    AuthorityAnswer run();

  private:
    const Zone* zone_for_question() const;
    // True: an alias was followed, and qname_ is its target.
    bool look_in(const Zone& zone);
    bool look_at(const Zone& zone, const Node& node, NameView owner_as);
    bool look_below_wildcard(const Zone& zone, NameView encloser);
    bool follow_dname(const RRset& dname);
    void refer(const Zone& zone, const RRset& servers);
    void deny(const Zone& zone, Rcode rcode);
    void prove(const Zone& zone, Proof proof, NameView encloser);
    void add_addresses(const Zone& zone);
    void add_address(const RRset& addresses, bool in_domain);

    const ZoneSet& zones_;
    Name qname_;
    Type qtype_;
    bool dnssec_ok_;
    AuthorityAnswer result_;
};

// DS lives at the parent's side of a cut (RFC 4035 3.1.4.1).
const Zone* Walk::zone_for_question() const {
    const Zone* zone = zones_.closest(qname_);
    if (zone == nullptr || qtype_ != Type::ds || qname_.view().is_root() ||
        !(zone->apex() == qname_)) {
        return zone;
    }
    const Zone* parent = zones_.closest(qname_.view().parent());
    return parent == nullptr ? zone : parent;
}

AuthorityAnswer Walk::run() {
    for (int links = 0; links <= alias_links_max; ++links) {
        const Zone* zone = zone_for_question();
        if (zone == nullptr) {
            break;
        }
        if (links == 0) {
            result_.rcode = Rcode::noerror;
            result_.authoritative = true;
        }
        if (!look_in(*zone)) {
            add_addresses(*zone);
            break;
        }
    }
    return std::move(result_);
}

bool Walk::look_in(const Zone& zone) {
    const NameView qname = qname_;
    NameView encloser = zone.apex();
    for (std::size_t labels = encloser.label_count(); labels <= qname.label_count(); ++labels) {
        const NameView name = qname.suffix(labels);
        const Node* node = zone.find(name);
        if (node == nullptr) {
            return look_below_wildcard(zone, encloser);
        }
        encloser = name;
        const bool is_qname = labels == qname.label_count();
        const RRset* servers = name == zone.apex().view() ? nullptr : node->find(Type::ns);
        if (servers != nullptr && !(is_qname && qtype_ == Type::ds)) {
            refer(zone, *servers);
            return false;
        }
        if (is_qname) {
            return look_at(zone, *node, qname);
        }
        if (const RRset* dname = node->find(Type::dname)) {
            return follow_dname(*dname);
        }
    }
    std::unreachable();
}

// `owner_as` is the node's own name, or the name that a wildcard stands in for.
bool Walk::look_at(const Zone& zone, const Node& node, NameView owner_as) {
    const RRset* alias = node.find(Type::cname);
    if (alias != nullptr && qtype_ != Type::cname && qtype_ != Type::any && qtype_ != Type::nsec) {
        result_.answer.push_back(alias->with_owner(owner_as));
        qname_ = NameView::trusted(alias->rdatas().front());
        return true;
    }
    bool found = false;
    for (const RRset& rrset : node.rrsets()) {
        if (rrset.type() == qtype_ || qtype_ == Type::any) {
            result_.answer.push_back(rrset.with_owner(owner_as));
            found = true;
        }
    }
    if (!found) {
        deny(zone, Rcode::noerror);
        prove(zone, Proof::no_data, owner_as);
    }
    return false;
}

bool Walk::look_below_wildcard(const Zone& zone, NameView encloser) {
    const std::optional<Name> wildcard = Name(encloser).wildcard_child();
    const Node* node = wildcard ? zone.find(*wildcard) : nullptr;
    if (node == nullptr) {
        deny(zone, Rcode::nxdomain);
        prove(zone, Proof::no_name, encloser);
        return false;
    }
    const Name qname = qname_;  // look_at moves it on where it meets an alias
    const std::size_t answers = result_.answer.size();
    const bool alias = look_at(zone, *node, qname);
    const Name target = std::exchange(qname_, qname);
    prove(zone, result_.answer.size() > answers ? Proof::wildcard_answer : Proof::wildcard_no_data,
          encloser);
    qname_ = target;
    return alias;
}

bool Walk::follow_dname(const RRset& dname) {
    result_.answer.push_back(dname);
    const auto target =
        qname_.with_suffix_replaced(dname.owner(), NameView::trusted(dname.rdatas().front()));
    if (!target) {
        result_.rcode = Rcode::yxdomain;  // RFC 6672 2.2
        return false;
    }
    RRsetBuilder alias(qname_, Type::cname);
    alias.add(target->wire());
    result_.answer.push_back(alias.finish(dname.ttl()));
    qname_ = *target;
    return qtype_ != Type::cname && qtype_ != Type::any;  // those it has answered
}

void Walk::refer(const Zone& zone, const RRset& servers) {
    if (result_.answer.empty()) {
        result_.authoritative = false;
    }
    result_.authority.push_back(servers);
    if (!dnssec_ok_ || !zone.is_signed()) {
        return;
    }
    if (const RRset* ds = zone.find(servers.owner())->find(Type::ds)) {
        result_.authority.push_back(*ds);
        return;
    }
    append_proof(zone, Proof::no_data, servers.owner(), servers.owner(), result_.authority);
}

// RFC 2308 3: the TTL of a denial is the lesser of the SOA's own and its last field.
void Walk::deny(const Zone& zone, Rcode rcode) {
    const RRset& soa = zone.soa();
    const Octets rdata = soa.rdatas().front();
    const std::uint32_t minimum = load_u32(rdata, rdata.size() - 4);
    result_.rcode = rcode;
    result_.authority.push_back(soa.with_ttl(std::min(soa.ttl(), minimum)));
}

void Walk::prove(const Zone& zone, Proof proof, NameView encloser) {
    if (dnssec_ok_ && zone.is_signed()) {
        append_proof(zone, proof, qname_, encloser, result_.authority);
    }
}

// Of the servers of a referral, and of what an NS, MX or SRV answer points at.
void Walk::add_addresses(const Zone& zone) {
    const auto servers = std::ranges::find(result_.authority, Type::ns, &RRset::type);
    const bool referral = servers != result_.authority.end();
    if (!referral && result_.answer.empty()) {
        return;
    }
    const RRset pointing = referral ? *servers : result_.answer.back();
    const std::optional<std::size_t> name_at = target_offset(pointing.type());
    if (!name_at) {
        return;
    }
    for (const Octets rdata : pointing.rdatas()) {
        const NameView target = NameView::trusted(rdata.subspan(*name_at));
        const Node* node = zone.find(target);
        if (node == nullptr) {
            continue;
        }
        const bool in_domain = referral && target.is_subdomain_of(pointing.owner());
        for (const RRset& addresses : node->rrsets()) {
            if (addresses.type() == Type::a || addresses.type() == Type::aaaa) {
                add_address(addresses, in_domain);
            }
        }
    }
}

void Walk::add_address(const RRset& addresses, bool in_domain) {
    if (!in_domain) {
        result_.additional.push_back(addresses);
        return;
    }
    const auto place = static_cast<std::ptrdiff_t>(result_.glue++);
    result_.additional.insert(result_.additional.begin() + place, addresses);
}

}  // namespace

AuthorityAnswer answer_from(const ZoneSet& zones, const dns::Question& question, bool dnssec_ok) {
    return Walk(zones, question, dnssec_ok).run();
}

}  // namespace wend::sim
