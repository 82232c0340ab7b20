#include "resolver/scrub.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "resolver/message_rrset.h"

namespace wend {

namespace {

// The names in an NS RRset; a fair sample if there are more than we look at.
std::vector<dns::Name> server_names(const dns::RRset& ns_rrset, std::uint64_t sample) {
    std::vector<Octets> rdatas(ns_rrset.rdatas().begin(), ns_rrset.rdatas().end());
    if (rdatas.size() > delegation_servers_max) {
        SeededRandom random(sample);
        for (std::size_t i = 0; i < delegation_servers_max; ++i) {
            std::swap(rdatas[i], rdatas[i + random.below(rdatas.size() - i)]);
        }
        rdatas.resize(delegation_servers_max);
    }
    std::vector<dns::Name> names;
    for (const Octets rdata : rdatas) {
        names.emplace_back(dns::NameView::trusted(rdata));
    }
    return names;
}

bool is_address(const dns::RecordView& record) {
    return record.type == dns::Type::a || record.type == dns::Type::aaaa;
}

IpAddress address_of(const dns::RecordView& record) {
    return record.type == dns::Type::a ? IpAddress::v4(record.rdata) : IpAddress::v6(record.rdata);
}

// A signed NSEC or NSEC3 RRset of the zone.
std::vector<dns::RRset> proofs_in(const dns::Message& message, dns::NameView zone) {
    std::vector<dns::RRset> proofs;
    std::size_t looked_at = 0;
    for (const dns::RecordView& record : message.records(dns::Section::authority)) {
        const bool denies = record.type == dns::Type::nsec || record.type == dns::Type::nsec3;
        const bool seen = std::ranges::any_of(proofs, [&](const dns::RRset& proof) {
            return proof.type() == record.type && proof.owner() == record.owner;
        });
        if (!denies || seen || !record.owner.is_subdomain_of(zone)) {
            continue;
        }
        if (++looked_at > proofs_looked_at_max) {
            break;
        }
        dns::RRset proof = rrset_in(message, dns::Section::authority, record.owner, record.type);
        if (!proof.signatures().empty() && proofs.size() < proofs_max) {
            proofs.push_back(std::move(proof));
        }
    }
    return proofs;
}

// The servers that the NS RRset names, each with those addresses of the additional section that a
// server for `zone` may give: the names lie inside the zone.
std::vector<cache::NameServer> servers_with_glue(const dns::Message& message,
                                                 const dns::RRset& ns_rrset, dns::NameView zone,
                                                 const ServerFilter& filter, std::uint64_t sample) {
    std::vector<cache::NameServer> servers;
    for (const dns::Name& name : server_names(ns_rrset, sample)) {
        servers.push_back({.name = name, .glue = {}});
    }
    std::size_t kept = 0;
    for (const dns::RecordView& record : message.records(dns::Section::additional)) {
        if (!is_address(record) || !record.owner.is_subdomain_of(zone)) {
            continue;
        }
        const auto server = std::ranges::find_if(servers, [&](const cache::NameServer& candidate) {
            return candidate.name == record.owner;
        });
        const IpAddress address = address_of(record);
        const bool wanted = server != servers.end() && kept < delegation_addresses_max &&
                            server->glue.size() < server_addresses_max &&
                            filter.may_keep(address) &&
                            std::ranges::find(server->glue, address) == server->glue.end();
        if (wanted) {
            server->glue.push_back(address);
            ++kept;
        }
    }
    return servers;
}

Referral referral_in(const Asked& asked, const dns::Message& message, const ServerFilter& filter,
                     std::uint64_t sample) {
    constexpr auto authority = dns::Section::authority;
    Referral referral;
    referral.zone = referral_record(asked, message)->owner;
    const dns::RRset ns = rrset_in(message, authority, referral.zone, dns::Type::ns);
    referral.servers = servers_with_glue(message, ns, asked.zone, filter, sample);
    referral.ds = rrset_in(message, authority, referral.zone, dns::Type::ds);
    if (!referral.ds) {
        referral.proofs = proofs_in(message, asked.zone);
    }
    referral.ttl = std::min(ns.ttl(), delegation_ttl_max);
    return referral;
}

// A priming response says who serves the root, with their addresses (RFC 8109 4).
Referral root_in(const Asked& asked, const dns::Message& message, const dns::RRset& ns,
                 const ServerFilter& filter, std::uint64_t sample) {
    Referral referral;
    referral.servers = servers_with_glue(message, ns, asked.zone, filter, sample);
    referral.ttl = std::min(ns.ttl(), delegation_ttl_max);
    return referral;
}

dns::RRset soa_in(const Asked& asked, const dns::Message& message, const AliasChain& chain) {
    const dns::RecordView* soa = covering_soa(message, chain.end, asked.zone);
    if (soa == nullptr) {
        return {};
    }
    return rrset_in(message, dns::Section::authority, soa->owner, dns::Type::soa);
}

}  // namespace

AcceptedPtr scrub(const Asked& asked, const dns::Message& message, const ServerFilter& filter,
                  std::uint64_t sample) {
    AcceptedPtr accepted = make_accepted();
    AliasChain chain = follow_aliases(message, asked.question, asked.zone);
    accepted->kind = classify(asked, message, chain);
    accepted->zone = asked.zone;
    accepted->authoritative = message.header().aa;
    accepted->second_hand = is_second_hand(asked, message, accepted->kind);
    switch (accepted->kind) {
        case ResponseKind::answer:
            accepted->answer =
                rrset_in(message, dns::Section::answer, chain.end, asked.question.qtype);
            accepted->proofs = proofs_in(message, asked.zone);
            if (asked.question.qtype == dns::Type::ns && chain.end.view().is_root()) {
                accepted->referral = root_in(asked, message, accepted->answer, filter, sample);
            }
            break;
        case ResponseKind::no_data:
        case ResponseKind::name_error:
            accepted->soa = soa_in(asked, message, chain);
            accepted->proofs = proofs_in(message, asked.zone);
            break;
        case ResponseKind::alias:
            accepted->proofs = proofs_in(message, asked.zone);
            break;
        case ResponseKind::referral:
            accepted->referral = referral_in(asked, message, filter, sample);
            return accepted;
        default:
            return accepted;  // nothing of it is kept
    }
    accepted->chain = std::move(chain);
    return accepted;
}

}  // namespace wend
