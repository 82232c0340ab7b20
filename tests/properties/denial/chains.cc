#include "tests/properties/denial/chains.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/encoding.h"
#include "base/hash.h"

namespace wend::dnssec {

// In place of SHA-1, which this search would spend its time on: any hash will do to order names,
// and the salt's octet gives as many orders as there are salts.
Nsec3Hash nsec3_hash(Octets canonical_name, Octets salt, std::uint16_t /*iterations*/) {
    Nsec3Hash hash{};
    const HashKey key{0x6e73656333, salt.empty() ? std::uint64_t{0} : salt[0]};
    std::uint64_t word = siphash(key, canonical_name, 0, false);
    for (std::size_t i = 0; i < hash.size(); ++i) {
        hash[i] = static_cast<std::uint8_t>(word >> (8 * (i % 8)));
    }
    return hash;
}

int nsec3_blocks(std::size_t /*name_size*/, std::size_t /*salt_size*/,
                 std::uint16_t /*iterations*/) {
    return 1;
}

}  // namespace wend::dnssec

namespace wend::search {
namespace {

using dns::Type;
using Rdata = std::vector<std::uint8_t>;

const dns::Name& name_of(int name) {
    return names()[static_cast<std::size_t>(name)].name;
}

// RFC 4034 4.1.2: one window of seven octets holds all types used here.
void append_bitmap(Rdata& rdata, Types types, Hashing hashing) {
    std::array<std::uint8_t, 7> bits{};
    const auto set = [&](Type type) {
        const auto number = static_cast<unsigned>(type);
        bits[number / 8] = static_cast<std::uint8_t>(bits[number / 8] | 0x80U >> (number % 8));
    };
    constexpr std::array<std::pair<Types, Type>, 6> table = {{{a, Type::a},
                                                              {cname, Type::cname},
                                                              {ns, Type::ns},
                                                              {ds, Type::ds},
                                                              {dname, Type::dname},
                                                              {soa, Type::soa}}};
    for (const auto& [bit, type] : table) {
        if ((types & bit) != 0) {
            set(type);
        }
    }
    const bool is_unsigned_cut = (types & (ns | ds | soa)) == ns;
    if (hashing == Hashing::nsec) {
        set(Type::nsec);
        set(Type::rrsig);
    } else if (types != 0 && !is_unsigned_cut) {
        set(Type::rrsig);
    }
    std::size_t size = bits.size();
    while (size > 0 && bits[size - 1] == 0) {
        --size;
    }
    if (size > 0) {
        rdata.push_back(0);
        rdata.push_back(static_cast<std::uint8_t>(size));
        rdata.insert(rdata.end(), bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(size));
    }
}

void add_record(Chain& chain, const dns::Name& owner, Type type, const Rdata& rdata) {
    dns::RRsetBuilder builder(owner, type);
    builder.add(rdata);
    chain.records.push_back(builder.finish(3600));
}

void make_nsec(const SmallZone& zone, Chain& chain) {
    for (const int name : zone.owners()) {
        if (!zone.is_below_cut(name)) {
            chain.names.push_back(name);
        }
    }
    std::ranges::sort(
        chain.names, [](int x, int y) { return dns::canonical_order(name_of(x), name_of(y)) < 0; });
    for (std::size_t i = 0; i < chain.names.size(); ++i) {
        const Octets next = name_of(chain.names[(i + 1) % chain.names.size()]).wire();
        Rdata rdata(next.begin(), next.end());
        append_bitmap(rdata, zone.types(chain.names[i]), Hashing::nsec);
        add_record(chain, name_of(chain.names[i]), Type::nsec, rdata);
    }
}

// With opt-out, names that only unsigned delegations need have none (RFC 5155 7.1).
std::vector<int> hashed_names(const SmallZone& zone, Hashing hashing) {
    std::vector<bool> wanted(names().size(), false);
    for (const int name : zone.owners()) {
        const bool is_unsigned_cut = zone.is_cut(name) && (zone.types(name) & ds) == 0;
        if (zone.is_below_cut(name) || (hashing == Hashing::opt_out && is_unsigned_cut)) {
            continue;
        }
        for (int at = name; at != none; at = parent_of(at)) {
            wanted[static_cast<std::size_t>(at)] = true;
        }
    }
    std::vector<int> hashed;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i]) {
            hashed.push_back(static_cast<int>(i));
        }
    }
    return hashed;
}

void make_nsec3(const SmallZone& zone, Chain& chain) {
    const std::array<std::uint8_t, 1> salt = {chain.seed};
    std::vector<std::pair<dnssec::Nsec3Hash, int>> hashed;
    for (const int name : hashed_names(zone, chain.hashing)) {
        hashed.emplace_back(dnssec::nsec3_hash(name_of(name).wire(), salt, 0), name);
    }
    std::ranges::sort(hashed);
    for (std::size_t i = 0; i < hashed.size(); ++i) {
        const auto& next = hashed[(i + 1) % hashed.size()].first;
        const std::uint8_t flags = chain.hashing == Hashing::opt_out ? 1 : 0;
        Rdata rdata = {1, flags, 0, 0, 1, chain.seed, static_cast<std::uint8_t>(next.size())};
        rdata.insert(rdata.end(), next.begin(), next.end());
        append_bitmap(rdata, zone.types(hashed[i].second), chain.hashing);
        const std::string label = to_base32hex(hashed[i].first);
        const auto owner = name_of(apex).with_label(
            Octets(reinterpret_cast<const std::uint8_t*>(label.data()), label.size()));
        chain.names.push_back(hashed[i].second);
        chain.hashes.push_back(hashed[i].first);
        add_record(chain, *owner, Type::nsec3, rdata);
    }
}

// The record of the name, or of the last before it in the chain's order; the last one wraps round.
Mask at(const Chain& chain, int name) {
    std::size_t found = chain.names.size() - 1;
    const std::array<std::uint8_t, 1> salt = {chain.seed};
    const auto hash = dnssec::nsec3_hash(name_of(name).wire(), salt, 0);
    for (std::size_t i = 0; i < chain.names.size(); ++i) {
        const bool before = chain.hashing == Hashing::nsec
                                ? dns::canonical_order(name_of(chain.names[i]), name_of(name)) <= 0
                                : chain.hashes[i] <= hash;
        found = before ? i : found;
    }
    return Mask{1} << found;
}

Prescribed prescribed_nsec(const Chain& chain, const Truth& truth, int name) {
    Prescribed proof;
    const Mask own = at(chain, name);
    const int wildcard =
        truth.encloser == none ? none : names()[static_cast<std::size_t>(truth.encloser)].wildcard;
    switch (truth.kind) {
        case Truth::Kind::below_cut:
        case Truth::Kind::below_dname:
            break;
        case Truth::Kind::at_cut:
            proof.no_ds = own;
            break;
        case Truth::Kind::exact:
            proof.no_data = own;
            proof.no_ds = own;
            break;
        case Truth::Kind::expanded:
            proof.no_data = own | at(chain, wildcard);
            proof.no_closer = own;
            proof.no_ds = own;
            break;
        case Truth::Kind::no_name:
            proof.no_name = own | at(chain, wildcard);
            proof.no_ds = own;
            break;
    }
    return proof;
}

Prescribed prescribed_nsec3(const Chain& chain, const Truth& truth, int name) {
    Prescribed proof;
    if (truth.kind == Truth::Kind::below_cut || truth.kind == Truth::Kind::below_dname) {
        return proof;
    }
    if (chain.has(name)) {
        const Mask own = at(chain, name);
        if (truth.kind == Truth::Kind::exact) {
            proof.no_data = own;
        }
        proof.no_ds = own;
        return proof;
    }
    int encloser = name;  // the closest that can be proved
    int next_closer = name;
    while (!chain.has(encloser)) {
        next_closer = encloser;
        encloser = parent_of(encloser);
    }
    const int wildcard = names()[static_cast<std::size_t>(encloser)].wildcard;
    const Mask enclosed = at(chain, encloser) | at(chain, next_closer);
    proof.opt_out = chain.hashing == Hashing::opt_out;
    proof.no_ds = enclosed;
    if (truth.kind == Truth::Kind::exact) {  // an empty non-terminal that opt-out leaves out
        proof.no_data = enclosed;
    } else if (truth.kind == Truth::Kind::no_name && !chain.has(wildcard)) {
        proof.no_name = enclosed | at(chain, wildcard);
    } else if (truth.kind == Truth::Kind::expanded && encloser == truth.encloser &&
               chain.has(wildcard)) {
        proof.no_data = enclosed | at(chain, wildcard);
        proof.no_closer = at(chain, next_closer);
    }
    return proof;
}

}  // namespace

bool Chain::has(int name) const {
    return std::ranges::find(names, name) != names.end();
}

Chain chain_of(const SmallZone& zone, Hashing hashing, std::uint8_t seed) {
    Chain chain;
    chain.hashing = hashing;
    chain.seed = seed;
    if (hashing == Hashing::nsec) {
        make_nsec(zone, chain);
    } else {
        make_nsec3(zone, chain);
    }
    return chain;
}

Prescribed prescribed(const Chain& chain, const Truth& truth, int name) {
    Prescribed proof = chain.hashing == Hashing::nsec ? prescribed_nsec(chain, truth, name)
                                                      : prescribed_nsec3(chain, truth, name);
    if (name == apex || (truth.types & ds) != 0) {
        proof.no_ds.reset();  // the parent's to say; and there is one
    }
    return proof;
}

}  // namespace wend::search
