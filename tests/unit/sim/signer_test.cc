// Signed zones with several keys, and the proofs that opt-out leaves.
#include "sim/signer.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <catch2/catch.hpp>

#include "base/encoding.h"
#include "dns/zone_file.h"
#include "dnssec/algorithms.h"
#include "sim/authority.h"
#include "zone_text.h"

using namespace wend;
using namespace wend::sim;
using dns::Type;

namespace {

constexpr std::string_view text =
    "@ 300 SOA ns host 1 7200 900 1209600 300\n"
    "@ 300 NS ns\n"
    "ns 300 A 192.0.2.1\n"
    "a 300 A 192.0.2.1\n"
    "b 300 A 192.0.2.1\n"
    "c 300 A 192.0.2.1\n"
    "cut.d 300 NS ns.elsewhere.\n"
    "cut.e 300 NS ns.elsewhere.\n"
    "cut.f 300 NS ns.elsewhere.\n"
    "cut.g 300 NS ns.elsewhere.\n";

ZonePtr sign(const SigningOptions& options) {
    const dns::Name apex = dns::name_of("example.");
    const auto records = dns::parse_zone_file(text, {.origin = apex});
    REQUIRE(records.has_value());
    const auto with_signatures = sign_zone(*records, apex, options);
    REQUIRE(with_signatures.has_value());
    auto zone = Zone::from_records(*with_signatures, apex);
    REQUIRE(zone.has_value());
    return std::make_shared<const Zone>(std::move(*zone));
}

std::size_t signatures_at_apex(const Zone& zone, Type type) {
    return zone.find(zone.apex())->find(type)->signatures().size();
}

}  // namespace

TEST_CASE("of several keys each signs what it is for", "[sim][signer][rfc6781-3.1]") {
    SigningOptions options;
    options.expiration = 1;
    options.further.push_back({.algorithm = dnssec::Algorithm::ed25519, .seed = 2});
    const ZonePtr both = sign(options);
    CHECK(both->find(both->apex())->find(Type::dnskey)->rdatas().size() == 2);
    CHECK(signatures_at_apex(*both, Type::dnskey) == 2);
    CHECK(signatures_at_apex(*both, Type::soa) == 2);

    options.signs_data = false;
    options.further.front().signs_keys = false;
    const ZonePtr split = sign(options);
    CHECK(signatures_at_apex(*split, Type::dnskey) == 1);
    CHECK(signatures_at_apex(*split, Type::soa) == 1);

    options.signs_data = true;
    options.further.front().signs_data = false;
    const ZonePtr ahead = sign(options);
    CHECK(ahead->find(ahead->apex())->find(Type::dnskey)->rdatas().size() == 2);
    CHECK(signatures_at_apex(*ahead, Type::dnskey) == 1);
    CHECK(signatures_at_apex(*ahead, Type::nsec) == 1);
}

TEST_CASE("below an empty name that opt-out leaves without a record the one above is proved",
          "[sim][proofs][rfc5155-7.2.1]") {
    SigningOptions options;
    options.expiration = 1;
    options.nsec3 = true;
    options.opt_out = true;
    ZoneSet zones;
    zones.add(sign(options));
    const auto hash = dnssec::nsec3_hash(dns::name_of("example.").wire(), {}, 0);
    const std::string apex_hash = to_base32hex(hash) + ".example.";
    for (const std::string_view empty : {"d", "e", "f", "g"}) {
        const std::string name = "x." + std::string(empty) + ".example.";
        const AuthorityAnswer answer = answer_from(zones, question_of(name), true);
        CHECK(answer.rcode == dns::Rcode::nxdomain);
        CHECK(std::ranges::any_of(answer.authority, [&](const dns::RRset& rrset) {
            return dns::to_text(rrset.owner()) == apex_hash;
        }));
    }
}
