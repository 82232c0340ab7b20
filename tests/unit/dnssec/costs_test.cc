// What the largest replies may cost, in counters (KeyTrap, CVE-2023-50868, CVE-2025-8677).
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "dnssec/keys.h"
#include "tests/unit/dnssec/signed_world.h"

using namespace wend;
using namespace wend::dnssec;
using dns::Reason;
using dns::Security;
using dns::Type;
using Rdata = std::vector<std::uint8_t>;

namespace {

const dns::Name zone = dns::name_of("trap");
const WallTime now{std::chrono::seconds(world_time)};

// Random keys of one tag. Any 32 octets are an Ed25519 key that verifies nothing of ours.
std::vector<Rdata> colliding_keys(std::size_t count, std::uint16_t tag, std::uint8_t algorithm = 15,
                                  std::size_t size = 32) {
    SeededRandom random(7);
    std::vector<Rdata> keys;
    while (keys.size() < count) {
        Rdata rdata = {1, 1, 3, algorithm};
        for (std::size_t i = 0; i < size; ++i) {
            rdata.push_back(static_cast<std::uint8_t>(random.next()));
        }
        // The sum of 16-bit words, carry folded in: the last word makes up what is missing.
        rdata[rdata.size() - 2] = rdata[rdata.size() - 1] = 0;
        const auto missing = static_cast<std::uint16_t>(tag - key_tag(rdata));
        rdata[rdata.size() - 2] = static_cast<std::uint8_t>(missing >> 8);
        rdata[rdata.size() - 1] = static_cast<std::uint8_t>(missing);
        if (key_tag(rdata) == tag) {
            keys.push_back(std::move(rdata));
        }
    }
    return keys;
}

Rdata ds_of(const Rdata& key, bool wrong = false) {
    Rdata named(zone.wire().begin(), zone.wire().end());
    named.insert(named.end(), key.begin(), key.end());
    auto hash = *digest(DigestType::sha256, named);
    hash[0] = static_cast<std::uint8_t>(hash[0] ^ (wrong ? 1 : 0));
    const std::uint16_t tag = key_tag(key);
    Rdata rdata = {static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag), key[3], 2};
    rdata.insert(rdata.end(), hash.begin(), hash.end());
    return rdata;
}

dns::RRset rrset_with(Type type, const std::vector<Rdata>& rdatas,
                      const std::vector<Rdata>& signatures) {
    dns::RRsetBuilder builder(zone, type);
    for (const Rdata& rdata : rdatas) {
        builder.add(rdata);
    }
    for (const Rdata& signature : signatures) {
        builder.add_signature(signature);
    }
    return builder.finish(3600);
}

struct Signer {
    SigningKey key = *SigningKey::from_seed(Algorithm::ed25519, 3);
    Rdata dnskey = sim::dnskey_rdata(key);
    sim::SigningOptions options = SignedWorld::times();

    // One that holds, and variants of it that do not.
    std::vector<Rdata> signatures(const dns::RRset& rrset, std::size_t bad) const {
        const Rdata good = sim::rrsig_rdata(rrset, zone, key, options);
        std::vector<Rdata> all;
        for (std::size_t i = 0; i < bad; ++i) {
            Rdata wrong = good;
            wrong[wrong.size() - 1] = static_cast<std::uint8_t>(wrong[wrong.size() - 1] ^ (1 + i));
            wrong[wrong.size() - 2] = static_cast<std::uint8_t>(i >> 8);
            all.push_back(wrong);
        }
        all.push_back(good);
        return all;
    }
};

// The octets that a key set may hold at most in one message.
constexpr std::size_t keys_in_64_kib = 580;

}  // namespace

TEST_CASE("colliding keys and false signatures cost two verifications an RRset",
          "[dnssec][defence-d1][cve-2023-50387]") {
    const Signer signer;
    const std::uint16_t tag = key_tag(signer.dnskey);
    for (const std::size_t key_count :
         {std::size_t{0}, std::size_t{1}, std::size_t{2}, keys_in_64_kib}) {
        for (const std::size_t bad : {0U, 1U, 2U, 7U, 8U, 340U}) {
            CAPTURE(key_count, bad);
            std::vector<ZoneKey> keys;
            for (const Rdata& rdata : colliding_keys(key_count, tag)) {
                keys.push_back({tag, *PublicKey::parse(15, Octets(rdata).subspan(4))});
            }
            keys.push_back({tag, *PublicKey::parse(15, signer.key.public_key())});
            const dns::RRset data = rrset_with(Type::a, {{192, 0, 2, 1}}, {});
            const dns::RRset trap =
                rrset_with(Type::a, {{192, 0, 2, 1}}, signer.signatures(data, bad));
            CountingMeter meter;
            const auto verified = verify(trap.packed(), zone, keys, now, meter);
            CHECK(meter.signatures <= 2);
            CHECK(verified.has_value() == (key_count + bad < 2));
        }
    }
}

TEST_CASE("a key set of colliding keys is parsed to two of a tag", "[dnssec][defence-d1]") {
    const Signer signer;
    std::vector<Rdata> keys = colliding_keys(keys_in_64_kib, key_tag(signer.dnskey));
    keys.push_back(signer.dnskey);
    const dns::RRset bare = rrset_with(Type::dnskey, keys, {});
    const dns::RRset set = rrset_with(Type::dnskey, keys, signer.signatures(bare, 0));
    const Rdata ds = ds_of(signer.dnskey);
    CountingMeter meter;
    const std::vector<Ds> named = {Ds::read(ds)};
    const auto established = establish(set.packed(), named, {}, now, meter);
    // The digest that is right is found among eight, or the zone is bogus.
    CHECK(meter.signatures <= 2);
    if (established) {
        CHECK(established->keys.size() <= 2);
    }
}

TEST_CASE("no more than eight digests are computed for one DS set",
          "[dnssec][defence-d1][cve-2023-50387]") {
    const Signer signer;
    const dns::RRset bare = rrset_with(Type::dnskey, {signer.dnskey}, {});
    const dns::RRset set = rrset_with(Type::dnskey, {signer.dnskey}, signer.signatures(bare, 0));
    const Rdata wrong = ds_of(signer.dnskey, true);
    const Rdata right = ds_of(signer.dnskey);
    for (const std::size_t before :
         {std::size_t{0}, digests_max - 1, digests_max, std::size_t{1300}}) {
        CAPTURE(before);
        std::vector<Ds> named(before, Ds::read(wrong));
        named.push_back(Ds::read(right));
        CountingMeter meter;
        const auto established = establish(set.packed(), named, {}, now, meter);
        CHECK(established.has_value() == (before < digests_max));
        CHECK(meter.signatures == (before < digests_max ? 1 : 0));
    }
}

TEST_CASE("keys that cannot be read cost as much as those that fail",
          "[dnssec][defence-d2][cve-2025-8677]") {
    // Off the curve of algorithm 13, each vouched for by its own DS.
    const std::vector<Rdata> keys = colliding_keys(1000, 4711, 13, 64);
    const dns::RRset set = rrset_with(Type::dnskey, keys, {});
    std::vector<Rdata> texts;
    std::vector<Ds> named;
    for (std::size_t i = 0; i < 30; ++i) {
        texts.push_back(ds_of(keys[i]));
    }
    for (const Rdata& rdata : texts) {
        named.push_back(Ds::read(rdata));
    }
    CountingMeter meter;
    const auto established = establish(set.packed(), named, {}, now, meter);
    REQUIRE_FALSE(established);
    CHECK(meter.failures == 2);
}

namespace {

// As a query's own: what is refused is not spent.
class BlockBudget final : public Meter {
  public:
    bool spend_signature() override { return true; }

    bool spend_failure() override { return true; }

    bool spend_nsec3_blocks(int blocks) override {
        if (spent + blocks > 512) {
            return false;
        }
        spent += blocks;
        return true;
    }

    int spent = 0;
};

}  // namespace

TEST_CASE("NSEC3 costs 512 blocks at most, and nothing over 50 iterations",
          "[dnssec][defence-d4][rfc9276-3.2][cve-2023-50868]") {
    for (const int iterations : {0, 1, 10, 49, 50, 51, 2500, 65'535}) {
        for (const std::size_t salt :
             {std::size_t{0}, std::size_t{8}, nsec3_salt_max, nsec3_salt_max + 1}) {
            for (const std::size_t records : {1U, 8U, 50U}) {
                for (const int labels : {1, 20, 120}) {
                    CAPTURE(iterations, salt, records, labels);
                    const std::string salt_text = salt == 0 ? "-" : std::string(2 * salt, 'a');
                    std::vector<dns::RRset> rrsets;
                    for (std::size_t i = 0; i < records; ++i) {
                        std::string owner(32, '0');
                        owner[31] = static_cast<char>('a' + i % 20);
                        owner[30] = static_cast<char>('a' + i / 20);
                        rrsets.push_back(rrset_of(owner + ".trap. 3600 IN NSEC3 1 0 " +
                                                  std::to_string(iterations) + " " + salt_text +
                                                  " " + owner + " A RRSIG\n"));
                    }
                    Zone proofs("trap", std::move(rrsets));
                    std::string name = "trap";
                    for (int i = 0; i < labels; ++i) {
                        name.insert(0, "x.");
                    }
                    BlockBudget meter;
                    const dns::Name qname = dns::name_of(name);
                    const Denied denied = name_does_not_exist(qname, proofs.proofs(), meter);
                    type_does_not_exist(qname, Type::a, proofs.proofs(), meter);
                    const Cut cut = unsigned_cut(qname, proofs.proofs(), meter);
                    CHECK(meter.spent <= 512);
                    const bool costly = iterations > 50 || salt > nsec3_salt_max;
                    CHECK((denied == Denied::too_costly) == costly);
                    CHECK((cut == Cut::insecure) == costly);
                    CHECK((meter.spent == 0) == costly);
                }
            }
        }
    }
}

TEST_CASE("a long random name below a shallow zone costs a hash for each part of its proof",
          "[dnssec][defence-d4][hickory-123607]") {
    SignedWorld world;
    auto options = SignedWorld::times();
    world.add(".", "", options);
    options.nsec3 = true;
    options.iterations = 10;
    world.add("trap.", "www A 192.0.2.1\n", options);
    world.build();
    std::string name = "trap";
    for (int i = 0; i < 60; ++i) {
        name.insert(0, "x.");
    }
    CHECK(world.validate(name, Type::a).security == Security::secure);
    // The name itself, the next closer name, the zone and its wildcard; 2 blocks for the longest.
    CHECK(world.meter.blocks <= 4 * 11 + 3);
}
