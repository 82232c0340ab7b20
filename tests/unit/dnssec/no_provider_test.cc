// A host whose policy offers no algorithm at all: a program of its own, since OpenSSL is asked
// once.
#include <catch2/catch.hpp>
#include <openssl/evp.h>

#include "dnssec/algorithms.h"
#include "dnssec/keys.h"
#include "tests/unit/dnssec/records.h"

using namespace wend;
using namespace wend::dnssec;

TEST_CASE(
    "what the provider does not offer is unsupported, so its zones are insecure and not bogus",
    "[dnssec][defence-d8][rfc4035-5.2]") {
    REQUIRE(EVP_set_default_properties(nullptr, "provider=nobody") == 1);
    for (unsigned algorithm = 0; algorithm < 256; ++algorithm) {
        CHECK_FALSE(is_supported(static_cast<std::uint8_t>(algorithm)));
        const auto key = PublicKey::parse(static_cast<std::uint8_t>(algorithm),
                                          std::vector<std::uint8_t>(32, 1));
        CHECK((!key && key.error() == KeyError::unsupported));
    }
    for (unsigned type = 0; type < 256; ++type) {
        CHECK_FALSE(is_supported_digest(static_cast<std::uint8_t>(type)));
    }
    CHECK_FALSE(digest(DigestType::sha256, std::vector<std::uint8_t>{1}));
    const dns::RRset ds = rrset_of(
        "example. 3600 IN DS 1 13 2 "
        "0000000000000000000000000000000000000000000000000000000000000000\n"
        "example. 3600 IN DS 2 8 1 0000000000000000000000000000000000000000\n");
    CHECK(usable(ds.packed(), {}).empty());       // RFC 4035 5.2: the zone is insecure
    CHECK(nsec3_hash({}, {}, 0) == Nsec3Hash{});  // what no name hashes to
}
