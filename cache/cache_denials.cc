// Denials: a name, who spoke, and which proofs came with it. The SOA and the proofs are entries of
// their own, one for each zone or span, so that a denial costs little more than its name.
//
// The body is, in this order: if form is 1 the SOA's owner; then header.count times a proof's
// owner, its type and a check of its rdata. Names are relative to the denied name.
#include <algorithm>
#include <array>
#include <vector>

#include "cache/cache.h"
#include "cache/cache_impl.h"
#include "cache/lifetime.h"
#include "cache/octet_pen.h"

namespace wend::cache {
namespace {

constexpr std::size_t proofs_max = 16;

// A denial is only as good as the very proofs it came with: the same owner may have a new NSEC that
// no longer covers the name.
std::uint32_t check_of(const HashKey& key, const dns::RRset& rrset) {
    std::uint64_t hash = 0;
    for (const Octets rdata : rrset.rdatas()) {
        hash = siphash(key, rdata, hash, false);
    }
    return static_cast<std::uint32_t>(hash);
}

// RFC 2308 5: the least of the SOA's TTL and its MINIMUM; and no longer than the proofs are there
// (RFC 9077).
std::uint32_t wanted_ttl(const Denial& denial) {
    std::uint32_t ttl = denial.ttl;
    if (denial.soa) {
        const Octets rdata = denial.soa.rdatas().front();
        ttl = std::min(denial.soa.ttl(), load_u32(rdata, rdata.size() - 4));
        ttl = denial.ttl == 0 ? ttl : std::min(ttl, denial.ttl);
    }
    for (const dns::RRset& proof : denial.proofs) {
        ttl = std::min(ttl, proof.ttl());
    }
    return ttl;
}

bool is_whole(const Denial& denial) {
    constexpr std::size_t soa_rdata_min = 22;
    const bool soa_is_whole =
        !denial.soa || (denial.soa.type() == dns::Type::soa && !denial.soa.rdatas().empty() &&
                        denial.soa.rdatas().front().size() >= soa_rdata_min);
    return soa_is_whole && denial.proofs.size() <= proofs_max &&
           std::ranges::all_of(denial.proofs, [](const dns::RRset& proof) { return bool(proof); });
}

Header write_body(const Denial& denial, const HashKey& key, std::uint32_t expires,
                  OctetWriter& writer) {
    if (denial.soa) {
        writer.name(denial.soa.owner(), denial.name);
    }
    for (const dns::RRset& proof : denial.proofs) {
        writer.name(proof.owner(), denial.name);
        writer.number(static_cast<std::uint16_t>(proof.type()));
        writer.number(check_of(key, proof));
    }
    Header fields;
    fields.expires = expires;
    fields.count = static_cast<std::uint8_t>(denial.proofs.size());
    fields.rank = static_cast<std::uint8_t>(Rank::authority_from_aa) & 7U;
    fields.security = static_cast<std::uint8_t>(denial.security) & 7U;
    fields.form = denial.soa ? 1 : 0;
    return fields;
}

struct ProofReference {
    dns::Name owner;
    dns::Type type{};
    std::uint32_t check = 0;
};

struct References {
    std::optional<dns::Name> soa;
    std::vector<ProofReference> proofs;
};

References read_body(const CopiedBody& copied) {
    OctetReader reader(copied.body);
    References found;
    if (copied.header.form != 0) {
        found.soa = reader.name(copied.owner);
    }
    for (unsigned i = 0; i < copied.header.count; ++i) {
        ProofReference proof;
        proof.owner = reader.name(copied.owner);
        proof.type = dns::Type{reader.number<std::uint16_t>()};
        proof.check = reader.number<std::uint32_t>();
        found.proofs.push_back(proof);
    }
    return found;
}

}  // namespace

std::vector<ProofName> proofs_named_by(Entry entry) {
    const References references = read_body({entry.header(), entry.owner(), entry.body()});
    std::vector<ProofName> named;
    if (references.soa) {
        named.push_back({*references.soa, dns::Type::soa});
    }
    for (const ProofReference& proof : references.proofs) {
        named.push_back({proof.owner, proof.type});
    }
    return named;
}

std::optional<Denial> Cache::Impl::find_denial(Kind kind, dns::NameView name, dns::Type type,
                                               std::uint32_t now) {
    const auto copied = copy_body(kind, name, type, now);
    if (!copied) {
        return std::nullopt;
    }
    const References references = read_body(*copied);
    Denial denial;
    denial.rcode = kind == Kind::name_error ? dns::Rcode::nxdomain : dns::Rcode::noerror;
    denial.name = copied->owner;
    denial.ttl = copied->header.expires - now;
    denial.security = static_cast<dns::Security>(copied->header.security);
    const auto fetch = [&](dns::NameView owner, dns::Type of) -> dns::RRset {
        auto found = find_rrset(Kind::proof, owner, of, now, Rank::hint);
        if (!found || is_trust_lost(denial.security, found->rrset.security())) {
            return {};
        }
        return found->rrset.with_ttl(std::min(found->rrset.ttl(), denial.ttl));
    };
    if (references.soa) {
        denial.soa = fetch(*references.soa, dns::Type::soa);
        if (!denial.soa) {
            return std::nullopt;
        }
    }
    for (const ProofReference& reference : references.proofs) {
        dns::RRset proof = fetch(reference.owner, reference.type);
        if (!proof || check_of(options.key, proof) != reference.check) {
            return std::nullopt;
        }
        denial.proofs.push_back(std::move(proof));
    }
    return denial;
}

std::optional<Denial> Cache::find_denial(dns::NameView name, dns::Type type, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    auto denial = impl_->find_denial(Kind::name_error, name, {}, seconds);
    return denial ? denial : impl_->find_denial(Kind::nodata, name, type, seconds);
}

std::optional<Denial> Cache::find_name_error(dns::NameView name, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    for (; !name.is_root(); name = name.parent()) {  // at most dns::labels_max turns
        auto denial = impl_->find_denial(Kind::name_error, name, {}, seconds);
        if (denial && denial->security == dns::Security::secure) {
            return denial;
        }
    }
    return std::nullopt;
}

std::optional<std::vector<dns::RRset>> Cache::find_expansion(dns::NameView owner, dns::Type type,
                                                             Instant now) const {
    auto found = impl_->find_denial(Kind::expansion, owner, type, to_seconds(now));
    if (!found) {
        return std::nullopt;
    }
    return std::move(found->proofs);
}

void Cache::store_expansion(dns::NameView owner, dns::Type type,
                            const std::vector<dns::RRset>& proofs, std::uint32_t ttl, Instant now) {
    if (proofs.empty()) {
        return;
    }
    Denial denial;
    denial.rcode = dns::Rcode::noerror;
    denial.name = owner;
    denial.proofs = proofs;
    denial.ttl = ttl;
    denial.security = proofs.front().security();
    for (const dns::RRset& proof : proofs) {
        denial.security = std::min(denial.security, proof.security());
    }
    impl_->store_with_proofs(denial, Kind::expansion, type, to_seconds(now));
}

void Cache::store_denial(const Denial& denial, dns::Type type, Instant now) {
    const Kind kind = denial.rcode == dns::Rcode::nxdomain ? Kind::name_error : Kind::nodata;
    impl_->store_with_proofs(denial, kind, type, to_seconds(now));
}

void Cache::Impl::store_with_proofs(const Denial& denial, Kind kind, dns::Type type,
                                    std::uint32_t now) {
    if (!is_whole(denial)) {
        return;
    }
    const bool denies = kind != Kind::expansion;
    const std::uint32_t least = denies ? options.negative_ttl_min : ttl_min.get();
    const std::uint32_t most = denies ? negative_ttl_max.get() : ttl_max.get();
    const std::uint32_t ttl = ttl_to_keep(wanted_ttl(denial), least, most, denial.security);
    if (ttl == 0) {
        return;
    }
    // A limit that prolongs the denial prolongs what it is made of.
    const auto keep = [&](const dns::RRset& rrset) {
        store_proof(rrset.ttl() < ttl ? rrset.with_ttl(ttl) : rrset, now);
    };
    if (denial.soa) {
        keep(denial.soa);
    }
    for (const dns::RRset& proof : denial.proofs) {
        keep(proof);
    }
    OctetWriter writer(scratch());
    const Header fields = write_body(denial, options.key, expiry(now, ttl), writer);
    if (denies) {
        put_denial(denial, type, fields, writer.written(), now);
    } else {
        put_expansion(denial, type, fields, writer.written(), now);
    }
}

void Cache::Impl::put_expansion(const Denial& expansion, dns::Type type, const Header& fields,
                                Octets body, std::uint32_t now) {
    const std::uint64_t hash = hash_of(expansion.name);
    const Key key{expansion.name, Kind::expansion, type, hash};
    Shard& shard = shard_of(hash);
    const MutexLock lock(shard.mutex);
    if (!make_way(shard.arena, {key}, expansion.security, now)) {
        return;
    }
    if (const auto entry = shard.arena.insert(key, body.size(), fields, now)) {
        std::ranges::copy(body, entry->body().begin());
    }
}

void Cache::Impl::put_denial(const Denial& denial, dns::Type type, const Header& fields,
                             Octets body, std::uint32_t now) {
    const dns::NameView name = denial.name;
    const std::uint64_t hash = hash_of(name);
    const Key data{name, Kind::rrset, type, hash};
    const Key alias{name, Kind::rrset, dns::Type::cname, hash};
    const Key nodata{name, Kind::nodata, type, hash};
    const Key name_error{name, Kind::name_error, {}, hash};
    const bool is_name_error = denial.rcode == dns::Rcode::nxdomain;
    Shard& shard = shard_of(hash);
    const MutexLock lock(shard.mutex);
    const Key other = is_name_error ? alias : data;
    if (!make_way(shard.arena, {data, nodata, name_error, other}, denial.security, now)) {
        return;
    }
    // The parent says that there is no such name, so there is no such zone.
    if (is_name_error && denial.soa && denial.soa.owner().size() < name.size()) {
        shard.arena.erase({name, Kind::delegation, {}, hash});
    }
    const Key& key = is_name_error ? name_error : nodata;
    if (const auto entry = shard.arena.insert(key, body.size(), fields, now)) {
        std::ranges::copy(body, entry->body().begin());
    }
}

}  // namespace wend::cache
