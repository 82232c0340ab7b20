#include "tests/properties/denial/signer_search.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "dns/name.h"
#include "dns/rrset.h"
#include "dnssec/algorithms.h"
#include "dnssec/proof.h"
#include "dnssec/reply_proofs.h"
#include "dnssec/signature.h"
#include "sim/signer.h"

namespace wend::search {
namespace {

using dns::Type;
using Rdata = std::vector<std::uint8_t>;

constexpr std::size_t signatures_max = 3;
constexpr std::uint32_t present = 1'700'000'000;
constexpr WallTime wall{std::chrono::seconds(present)};

// The root, and all names of up to three labels over {a, b}.
std::vector<dns::Name> all_names() {
    constexpr std::size_t depth_max = 3;
    std::vector<dns::Name> all = {dns::Name()};
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (all[at].view().label_count() == depth_max) {
            continue;
        }
        for (const std::string_view label : {"a.", "b."}) {
            const std::string above = at == 0 ? "" : dns::to_text(all[at]);
            all.push_back(dns::name_of(std::string(label) + above));
        }
    }
    return all;
}

struct Signature {
    dns::Name signer;
    bool holds = false;
    Rdata rdata{};
};

// Remembers what held, so that a signature is verified once however many records carry it.
class RememberingMeter final : public dnssec::Meter {
  public:
    bool spend_signature() override { return true; }

    bool spend_failure() override { return true; }

    bool spend_nsec3_blocks(int) override { return true; }

    dnssec::SignatureMemory* memory() override { return &memory_; }

  private:
    dnssec::SignatureMemory memory_;
};

struct Keys {
    dnssec::SigningKey own;
    dnssec::KeySet set;
};

// Each zone has its own key; all zones here sign with the same algorithm.
Keys keys_of(const dns::Name& zone, std::uint64_t seed) {
    auto key = dnssec::SigningKey::from_seed(dnssec::Algorithm::ecdsap256sha256, seed);
    check(key.has_value(), "ECDSA with P-256 is there");
    const Rdata rdata = sim::dnskey_rdata(*key);
    const dnssec::Dnskey read = dnssec::Dnskey::read(rdata);
    auto parsed = dnssec::PublicKey::parse(read.algorithm, read.key);
    check(parsed.has_value(), "a key that signs can be read");
    dnssec::KeySet set;
    set.zone = zone;
    set.keys.push_back({.tag = read.tag, .key = std::move(*parsed)});
    return {std::move(*key), std::move(set)};
}

class SignerSearch {
  public:
    SignerTally run() {
        for (std::size_t i = 0; i < names_.size(); ++i) {
            keys_.push_back(keys_of(names_[i], i + 1));
        }
        for (std::size_t zone = 0; zone < names_.size(); ++zone) {
            for (const dns::Name& owner : names_) {
                for (const dns::Name& next : {names_[zone], names_[1], names_.back()}) {
                    look_at(zone, owner, next);
                }
            }
        }
        return tally_;
    }

  private:
    void look_at(std::size_t zone, const dns::Name& owner, const dns::Name& next) {
        Rdata rdata(next.wire().begin(), next.wire().end());
        sim::append_type_bitmap(rdata, {Type::rrsig, Type::nsec});
        dns::RRsetBuilder builder(owner, Type::nsec);
        builder.add(rdata);
        signatures_.clear();
        for (const std::size_t signer : {zone, near(zone, 0), near(zone, 1), near(zone, 2)}) {
            add_signatures(builder.finish(300), signer);
        }
        chosen_.clear();
        choose(zone, owner, next, rdata);
    }

    // The zone above, one beside it or else anywhere, one below it or else anywhere.
    std::size_t near(std::size_t zone, int which) const {
        const std::size_t above = zone == 0 ? 0 : (zone - 1) / 2;
        const std::size_t below = 2 * zone + 1 < names_.size() ? 2 * zone + 1 : 1;
        const std::size_t beside = zone == 0 ? 2 : zone % 2 == 1 ? zone + 1 : zone - 1;
        return which == 0 ? above : which == 1 ? beside : below;
    }

    // The false one is a signature that its key never made; its size gives it away cheaply.
    void add_signatures(const dns::RRset& bare, std::size_t signer) {
        sim::SigningOptions times;
        times.inception = present - 1000;
        times.expiration = present + 1000;
        Rdata good = sim::rrsig_rdata(bare, names_[signer], keys_[signer].own, times);
        Rdata bad(good.begin(), good.end() - 1);
        signatures_.push_back({names_[signer], true, std::move(good)});
        signatures_.push_back({names_[signer], false, std::move(bad)});
    }

    void choose(std::size_t zone, const dns::Name& owner, const dns::Name& next,
                const Rdata& rdata) {
        judge(zone, owner, next, rdata);
        if (chosen_.size() == signatures_max) {
            return;
        }
        for (const Signature& one : signatures_) {
            chosen_.push_back(&one);
            choose(zone, owner, next, rdata);
            chosen_.pop_back();
        }
    }

    // In the words of RFC 4035 5.3: the zone itself signed it, and it is the zone's. After so many
    // failures no more is tried.
    bool is_proved(std::size_t zone, const dns::Name& owner, const dns::Name& next) const {
        const dns::Name& apex = names_[zone];
        int failures = 0;
        for (auto at = chosen_.begin(); at != chosen_.end(); ++at) {
            const Signature& one = **at;
            if (one.signer == apex && one.holds) {
                return owner.view().is_subdomain_of(apex) && next.view().is_subdomain_of(apex);
            }
            const bool again = std::find(chosen_.begin(), at, *at) != at;  // is kept once
            failures += one.signer == apex && !again ? 1 : 0;
            if (failures == dnssec::failures_per_rrset_max) {
                return false;
            }
        }
        return false;
    }

    void judge(std::size_t zone, const dns::Name& owner, const dns::Name& next,
               const Rdata& rdata) {
        dns::RRsetBuilder builder(owner, Type::nsec);
        builder.add(rdata);
        for (const Signature* one : chosen_) {
            builder.add_signature(one->rdata);
        }
        std::vector<dns::RRset> proofs = {builder.finish(300)};
        const dnssec::VerifiedProofs verified =
            verify_proofs(proofs, keys_[zone].set, wall, meter_);
        const bool proved = is_proved(zone, owner, next);
        bool right = verified.records.size() == (proved ? 1U : 0U) &&
                     (proofs.front().security() == dns::Security::secure) == proved;
        if (proved) {
            right = right && is_told_right(proofs.front(), names_[zone]);
        }
        ++tally_.cases;
        tally_.faults += right ? 0 : 1;
    }

    // What is kept says that this zone proved it, and nothing of any other.
    static bool is_told_right(const dns::RRset& proved, const dns::Name& apex) {
        const auto proof = dnssec::proof_of(proved);
        const dns::RdataRange signatures = proved.signatures();
        return proof && proof->zone == apex.view() &&
               std::all_of(signatures.begin(), signatures.end(), [&](Octets rdata) {
                   return dnssec::Rrsig::read(rdata).signer == apex.view();
               });
    }

    const std::vector<dns::Name> names_ = all_names();
    std::vector<Keys> keys_;
    std::vector<Signature> signatures_;
    std::vector<const Signature*> chosen_;
    RememberingMeter meter_;
    SignerTally tally_;
};

}  // namespace

SignerTally search_signers() {
    return SignerSearch().run();
}

}  // namespace wend::search
