#include "sim/signer.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/encoding.h"
#include "dnssec/records.h"
#include "dnssec/signature.h"

namespace wend::sim {
namespace {

using dns::Name;
using dns::NameView;
using dns::Type;
using dns::ZoneRecord;
using Rdata = std::vector<std::uint8_t>;

void append_u16(Rdata& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

void append_u32(Rdata& out, std::uint32_t value) {
    append_u16(out, value >> 16);
    append_u16(out, value & 0xffffU);
}

void append(Rdata& out, Octets octets) {
    out.insert(out.end(), octets.begin(), octets.end());
}

struct Signer {
    dnssec::SigningKey key;
    bool signs_keys;
    bool signs_data;
};

// One zone on its way to being signed: its RRsets by owner and type.
class Workshop {
  public:
    Workshop(const std::vector<ZoneRecord>& records, NameView apex, const SigningOptions& options,
             std::vector<Signer> signers)
        : apex_(apex), options_(options), signers_(std::move(signers)), out_(records) {
        for (const auto& record : records) {
            add_to_sets(record);
        }
        negative_ttl_ = nodes_[apex_][Type::soa].ttl;
    }

    std::vector<ZoneRecord> run() {
        for (const Signer& signer : signers_) {
            add(apex_, Type::dnskey, dnskey_rdata(signer.key));
        }
        if (options_.nsec3) {
            Rdata parameters = nsec3_parameters(0);
            add(apex_, Type::nsec3param, std::move(parameters));
        }
        sign_all();
        options_.nsec3 ? add_nsec3() : add_nsec();
        return std::move(out_);
    }

  private:
    struct Set {
        std::uint32_t ttl = 0;
        std::vector<Rdata> rdatas;
    };

    using Sets = std::map<Type, Set>;

    void add_to_sets(const ZoneRecord& record) {
        Set& set = nodes_[record.owner][record.type];
        set.ttl = record.ttl;
        set.rdatas.push_back(record.rdata);
    }

    void add(const Name& owner, Type type, Rdata rdata) {
        ZoneRecord record{owner, type, dns::Class::in, negative_ttl_, std::move(rdata), 0};
        add_to_sets(record);
        out_.push_back(std::move(record));
    }

    bool is_cut(const Name& name, const Sets& sets) const {
        return !(name == apex_) && sets.contains(Type::ns);
    }

    // Glue, and whatever else lies below a cut, is not the zone's (RFC 4035 2.2).
    bool is_below_cut(const Name& name) const {
        for (NameView above = name.view(); !(above == apex_.view());) {
            above = above.parent();
            const auto found = nodes_.find(Name(above));
            if (found != nodes_.end() && is_cut(found->first, found->second)) {
                return true;
            }
        }
        return false;
    }

    dns::RRset rrset(const Name& owner, Type type, const Set& set) const {
        dns::RRsetBuilder builder(owner, type);
        for (const auto& rdata : set.rdatas) {
            builder.add(rdata);
        }
        return builder.finish(set.ttl);
    }

    void sign(const Name& owner, Type type, const Set& set) {
        for (const Signer& signer : signers_) {
            if (type == Type::dnskey ? signer.signs_keys : signer.signs_data) {
                Rdata rdata = rrsig_rdata(rrset(owner, type, set), apex_, signer.key, options_);
                out_.push_back({owner, Type::rrsig, dns::Class::in, set.ttl, std::move(rdata), 0});
            }
        }
    }

    void sign_all() {
        for (const auto& [owner, sets] : nodes_) {
            if (is_below_cut(owner)) {
                continue;
            }
            const bool cut = is_cut(owner, sets);
            for (const auto& [type, set] : sets) {
                if (!cut || type == Type::ds) {
                    sign(owner, type, set);
                }
            }
        }
    }

    std::set<Type> types_at(const Name& name) const {
        std::set<Type> types;
        const auto found = nodes_.find(name);
        if (found == nodes_.end()) {
            return types;  // an empty non-terminal
        }
        const bool cut = is_cut(name, found->second);
        for (const auto& [type, set] : found->second) {
            if (!cut || type == Type::ns || type == Type::ds) {
                types.insert(type);
            }
        }
        if (!cut || types.contains(Type::ds)) {
            types.insert(Type::rrsig);
        }
        return types;
    }

    std::vector<Name> authoritative_names() const {
        std::vector<Name> names;
        for (const auto& [owner, sets] : nodes_) {
            if (!is_below_cut(owner)) {
                names.push_back(owner);
            }
        }
        return names;
    }

    void add_nsec() {
        const std::vector<Name> names = authoritative_names();
        for (std::size_t i = 0; i < names.size(); ++i) {
            std::set<Type> types = types_at(names[i]);
            types.insert({Type::nsec, Type::rrsig});
            Rdata rdata(names[(i + 1) % names.size()].wire().begin(),
                        names[(i + 1) % names.size()].wire().end());
            append_type_bitmap(rdata, types);
            Set set{negative_ttl_, {rdata}};
            out_.push_back(
                {names[i], Type::nsec, dns::Class::in, negative_ttl_, std::move(rdata), 0});
            sign(names[i], Type::nsec, set);
        }
    }

    Rdata nsec3_parameters(std::uint8_t flags) const {
        Rdata rdata = {1, flags};
        append_u16(rdata, options_.iterations);
        rdata.push_back(static_cast<std::uint8_t>(options_.salt.size()));
        append(rdata, options_.salt);
        return rdata;
    }

    // Every name that has an NSEC3, empty non-terminals too; by hash.
    std::map<dnssec::Nsec3Hash, Name> hashed_names() const {
        std::map<dnssec::Nsec3Hash, Name> hashed;
        for (const Name& name : authoritative_names()) {
            const auto types = types_at(name);
            const bool is_unsigned_cut =
                types.contains(Type::ns) && !types.contains(Type::ds) && !(name == apex_);
            if (options_.opt_out && is_unsigned_cut) {
                continue;
            }
            for (NameView at = name.view();; at = at.parent()) {
                const Name lower = Name(at).lower_case();
                hashed.emplace(dnssec::nsec3_hash(lower.wire(), options_.salt, options_.iterations),
                               Name(at));
                if (at == apex_.view()) {
                    break;
                }
            }
        }
        return hashed;
    }

    void add_nsec3() {
        const auto hashed = hashed_names();
        for (auto at = hashed.begin(); at != hashed.end(); ++at) {
            const auto next = std::next(at) == hashed.end() ? hashed.begin() : std::next(at);
            Rdata rdata = nsec3_parameters(options_.opt_out ? 1 : 0);
            rdata.push_back(static_cast<std::uint8_t>(next->first.size()));
            append(rdata, next->first);
            append_type_bitmap(rdata, types_at(at->second));
            const std::string label = to_base32hex(at->first);
            const auto owner = apex_.with_label(
                Octets(reinterpret_cast<const std::uint8_t*>(label.data()), label.size()));
            check(owner.has_value(), "a zone that uses NSEC3 leaves room for a hash");
            Set set{negative_ttl_, {rdata}};
            out_.push_back(
                {*owner, Type::nsec3, dns::Class::in, negative_ttl_, std::move(rdata), 0});
            sign(*owner, Type::nsec3, set);
        }
    }

    Name apex_;
    const SigningOptions& options_;
    std::vector<Signer> signers_;
    std::vector<ZoneRecord> out_;
    std::map<Name, Sets, dns::CanonicalLess> nodes_;
    std::uint32_t negative_ttl_ = 0;
};

}  // namespace

void append_type_bitmap(Rdata& out, const std::set<Type>& types) {
    std::map<std::uint8_t, std::array<std::uint8_t, 32>> windows;
    for (const Type type : types) {
        const auto number = static_cast<std::uint16_t>(type);
        auto& window = windows[static_cast<std::uint8_t>(number >> 8)];
        window[(number & 0xffU) / 8] |= static_cast<std::uint8_t>(0x80U >> (number % 8));
    }
    for (const auto& [number, bits] : windows) {
        std::size_t size = bits.size();
        while (bits[size - 1] == 0) {
            --size;
        }
        out.push_back(number);
        out.push_back(static_cast<std::uint8_t>(size));
        append(out, Octets(bits).first(size));
    }
}

std::vector<std::uint8_t> dnskey_rdata(const dnssec::SigningKey& key) {
    Rdata rdata = {1, 1, 3, static_cast<std::uint8_t>(key.algorithm())};
    append(rdata, key.public_key());
    return rdata;
}

std::vector<std::uint8_t> rrsig_rdata(const dns::RRset& rrset, NameView zone,
                                      const dnssec::SigningKey& key, const SigningOptions& options,
                                      std::optional<std::uint8_t> labels) {
    const std::size_t counted =
        rrset.owner().label_count() - (rrset.owner().is_wildcard() ? 1U : 0U);
    Rdata rdata;
    append_u16(rdata, static_cast<std::uint16_t>(rrset.type()));
    rdata.push_back(static_cast<std::uint8_t>(key.algorithm()));
    rdata.push_back(labels.value_or(static_cast<std::uint8_t>(counted)));
    append_u32(rdata, rrset.ttl());
    append_u32(rdata, options.expiration);
    append_u32(rdata, options.inception);
    Rdata dnskey = dnskey_rdata(key);
    dnskey[1] |= options.revoked ? 0x80U : 0U;
    append_u16(rdata, dnssec::key_tag(dnskey));
    append(rdata, zone.wire());
    const auto data = dnssec::signed_data(rrset.packed(), dnssec::Rrsig::read(rdata));
    const Rdata signature = key.sign(data);
    append(rdata, signature);
    return rdata;
}

std::optional<std::vector<ZoneRecord>> sign_zone(const std::vector<ZoneRecord>& records,
                                                 NameView apex, const SigningOptions& options) {
    std::vector<FurtherKey> keys = {{options.algorithm, options.seed, true, options.signs_data}};
    keys.insert(keys.end(), options.further.begin(), options.further.end());
    std::vector<Signer> signers;
    for (const FurtherKey& each : keys) {
        auto key = dnssec::SigningKey::from_seed(each.algorithm, each.seed);
        if (!key) {
            return std::nullopt;
        }
        signers.push_back({std::move(*key), each.signs_keys, each.signs_data});
    }
    return Workshop(records, apex, options, std::move(signers)).run();
}

std::optional<Rdata> ds_rdata(NameView zone, const SigningOptions& options) {
    const auto key = dnssec::SigningKey::from_seed(options.algorithm, options.seed);
    if (!key) {
        return std::nullopt;
    }
    return ds_of_key(zone, dnskey_rdata(*key));
}

Rdata ds_of_key(NameView zone, Octets dnskey) {
    const Name owner = Name(zone).lower_case();
    Rdata named(owner.wire().begin(), owner.wire().end());
    append(named, dnskey);
    const auto digest = dnssec::digest(dnssec::DigestType::sha256, named);
    check(digest.has_value(), "SHA-256 is always there");
    const dnssec::Dnskey key = dnssec::Dnskey::read(dnskey);
    Rdata rdata;
    append_u16(rdata, key.tag);
    rdata.push_back(key.algorithm);
    rdata.push_back(static_cast<std::uint8_t>(dnssec::DigestType::sha256));
    append(rdata, *digest);
    return rdata;
}

}  // namespace wend::sim
