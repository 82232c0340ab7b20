// Delegations: one entry for each zone cut, as its parent described it.
//
// The body is: header.count servers, each its name relative to the zone, u8 addresses, and those
// each as u8 size and octets; u8 whether a DS set follows; u8 proofs. The DS set and the proofs are
// u32 expiry, u8 security, u16 size and a dns::PackedRRset. form is 1 if DS was denied.
#include <algorithm>

#include "cache/cache.h"
#include "cache/cache_impl.h"
#include "cache/lifetime.h"
#include "cache/octet_pen.h"

namespace wend::cache {
namespace {

constexpr std::size_t servers_max = 13;
constexpr std::size_t addresses_max = 16;  // of one server
constexpr std::size_t ds_proofs_max = 8;

// A zone cut without a server is a dead end: tried again soon, whatever its TTL.
constexpr std::uint32_t empty_ttl_max = 5;

void write_rrset(const dns::RRset& rrset, std::uint32_t now, OctetWriter& writer) {
    const Octets packed = rrset.packed().octets();
    writer.number(expiry(now, rrset.ttl()));
    writer.number(static_cast<std::uint8_t>(rrset.security()));
    writer.number(static_cast<std::uint32_t>(packed.size()));
    writer.octets(packed);
}

// Empty if its own TTL has run out.
dns::RRset read_rrset(OctetReader& reader, std::uint32_t now, std::uint32_t expires) {
    const auto own = std::min(reader.number<std::uint32_t>(), expires);
    const auto security = static_cast<dns::Security>(reader.number<std::uint8_t>());
    const Octets packed = reader.octets(reader.number<std::uint32_t>());
    return now < own ? dns::RRset::from_packed(packed, own - now, security) : dns::RRset();
}

void write_server(const NameServer& server, dns::NameView zone, OctetWriter& writer) {
    const std::size_t addresses = std::min(server.glue.size(), addresses_max);
    writer.name(server.name, zone);
    writer.number(static_cast<std::uint8_t>(addresses));
    for (const IpAddress& address : std::span(server.glue).first(addresses)) {
        writer.number(static_cast<std::uint8_t>(address.octets().size()));
        writer.octets(address.octets());
    }
}

NameServer read_server(OctetReader& reader, dns::NameView zone) {
    NameServer server;
    server.name = reader.name(zone);
    const unsigned addresses = reader.number<std::uint8_t>();
    server.glue.reserve(std::min<std::size_t>(addresses, addresses_max));
    for (unsigned i = 0; i < addresses; ++i) {
        const Octets octets = reader.octets(reader.number<std::uint8_t>());
        server.glue.push_back(octets.size() == 4 ? IpAddress::v4(octets) : IpAddress::v6(octets));
    }
    return server;
}

// Without the proofs if they are too many or too large: then nothing is known about the DS set.
Header write_body(const Delegation& delegation, std::uint32_t now, bool with_proofs,
                  OctetWriter& writer) {
    const std::size_t servers = std::min(delegation.servers.size(), servers_max);
    for (const NameServer& server : std::span(delegation.servers).first(servers)) {
        write_server(server, delegation.zone, writer);
    }
    writer.number(static_cast<std::uint8_t>(delegation.ds ? 1 : 0));
    if (delegation.ds) {
        write_rrset(delegation.ds, now, writer);
    }
    const std::size_t proofs = with_proofs ? delegation.ds_proofs.size() : 0;
    writer.number(static_cast<std::uint8_t>(proofs));
    for (const dns::RRset& proof : std::span(delegation.ds_proofs).first(proofs)) {
        write_rrset(proof, now, writer);
    }
    Header fields;
    fields.count = static_cast<std::uint8_t>(servers);
    fields.form = with_proofs && delegation.ds_denied ? 1 : 0;
    return fields;
}

Delegation read_body(const CopiedBody& copied, std::uint32_t now) {
    OctetReader reader(copied.body);
    const std::uint32_t expires = copied.header.expires;
    Delegation delegation;
    delegation.zone = copied.owner;
    delegation.expires_at = to_instant(expires);
    delegation.servers.reserve(copied.header.count);
    for (unsigned i = 0; i < copied.header.count; ++i) {
        delegation.servers.push_back(read_server(reader, copied.owner));
    }
    if (reader.number<std::uint8_t>() != 0) {
        delegation.ds = read_rrset(reader, now, expires);
    }
    delegation.ds_denied = copied.header.form != 0;
    const unsigned proofs = reader.number<std::uint8_t>();
    for (unsigned i = 0; i < proofs; ++i) {
        dns::RRset proof = read_rrset(reader, now, expires);
        if (proof) {
            delegation.ds_proofs.push_back(std::move(proof));
        } else {
            delegation.ds_denied = false;  // all of them, or nothing is proved
        }
    }
    if (!delegation.ds_denied) {
        delegation.ds_proofs.clear();
    }
    return delegation;
}

}  // namespace

Delegation delegation_in(Entry entry, std::uint32_t now) {
    return read_body({entry.header(), entry.owner(), entry.body()}, now);
}

std::optional<Delegation> Cache::find_delegation(dns::NameView zone, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    const auto copied = impl_->copy_body(Kind::delegation, zone, {}, seconds);
    if (!copied) {
        return std::nullopt;
    }
    return read_body(*copied, seconds);
}

std::optional<Delegation> Cache::closest_delegation(dns::NameView qname, Instant now) const {
    for (; !qname.is_root(); qname = qname.parent()) {  // at most dns::labels_max turns
        if (auto delegation = find_delegation(qname, now)) {
            return delegation;
        }
    }
    return std::nullopt;
}

std::uint64_t Cache::zone_mark(dns::NameView qname, Instant now) const {
    const std::uint32_t seconds = to_seconds(now);
    std::size_t labels = qname.label_count();
    for (; labels > 2; --labels, qname = qname.parent()) {
        const std::uint64_t hash = impl_->hash_of(qname);
        Shard& shard = impl_->shard_of(hash);
        const MutexLock lock(shard.mutex);
        const auto entry = shard.arena.find({qname, Kind::delegation, {}, hash});
        if (entry && entry->is_fresh(seconds)) {
            return hash;
        }
    }
    return impl_->hash_of(qname);
}

void Cache::store_delegation(const Delegation& delegation, Instant now) {
    const std::uint32_t seconds = to_seconds(now);
    const std::uint32_t ttl_max = delegation.servers.empty() ? empty_ttl_max : impl_->ttl_max.get();
    const std::uint32_t expires =
        std::min(to_seconds(delegation.expires_at), expiry(seconds, ttl_max));
    if (expires <= seconds) {
        return;
    }
    OctetWriter whole(scratch());
    Header fields =
        write_body(delegation, seconds, delegation.ds_proofs.size() <= ds_proofs_max, whole);
    Octets body = whole.written();
    OctetWriter smaller(scratch());
    if (whole.overflowed()) {
        fields = write_body(delegation, seconds, false, smaller);
        body = smaller.written();
    }
    fields.expires = expires;
    const dns::NameView zone = delegation.zone;
    const std::uint64_t hash = impl_->hash_of(zone);
    Shard& shard = impl_->shard_of(hash);
    const MutexLock lock(shard.mutex);
    // A zone cut is a name that exists.
    make_way(shard.arena, {{zone, Kind::name_error, {}, hash}}, dns::Security::unchecked, seconds);
    const Key key{zone, Kind::delegation, {}, hash};
    if (const auto entry = shard.arena.insert(key, body.size(), fields, seconds)) {
        std::ranges::copy(body, entry->body().begin());
    }
}

void Cache::forget_delegation(dns::NameView zone) {
    const std::uint64_t hash = impl_->hash_of(zone);
    Shard& shard = impl_->shard_of(hash);
    const MutexLock lock(shard.mutex);
    shard.arena.erase({zone, Kind::delegation, {}, hash});
}

}  // namespace wend::cache
