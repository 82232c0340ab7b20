#include "dnssec/trust_anchors.h"

#include <array>
#include <string>

#include <catch2/catch.hpp>

namespace wend::dnssec {
namespace {

using dns::name_of;

// Anchors at the root and at lab.corp., negative ones at corp. and x.lab.corp.
TrustAnchors anchors() {
    constexpr std::array<std::uint8_t, 5> ds = {0x4f, 0x66, 8, 2, 1};
    TrustAnchors made;
    CHECK(made.add(name_of("."), dns::Type::ds, ds));
    CHECK(made.add(name_of("lab.corp."), dns::Type::ds, ds));
    made.add_negative(name_of("corp."));
    made.add_negative(name_of("x.lab.corp."));
    return made;
}

// What vouches for the name, and what takes that from it: "none" where there is no such zone.
std::string closest(const TrustAnchors& among, std::string_view name) {
    const TrustAnchor* const positive = among.closest(name_of(name));
    const dns::Name* const negative = among.closest_negative(name_of(name));
    return (positive != nullptr ? to_text(positive->zone) : "none") + " " +
           (negative != nullptr ? to_text(*negative) : "none");
}

}  // namespace

TEST_CASE("the deeper of an anchor and a negative one holds for a name", "[dnssec][rfc7646]") {
    const TrustAnchors among = anchors();
    CHECK(closest(among, "example.") == ". none");
    CHECK(closest(among, "corp.") == "none corp.");
    CHECK(closest(among, "www.corp.") == "none corp.");
    CHECK(closest(among, "lab.corp.") == "lab.corp. none");
    CHECK(closest(among, "www.lab.corp.") == "lab.corp. none");
    CHECK(closest(among, "a.x.lab.corp.") == "none x.lab.corp.");
    CHECK(closest(among, "notcorp.") == ". none");
}

TEST_CASE("a negative anchor takes nothing from where nothing vouched", "[dnssec][rfc7646]") {
    TrustAnchors among;
    among.add_negative(name_of("corp."));
    CHECK(closest(among, "www.corp.") == "none none");
}

TEST_CASE("a negative anchor at an anchor's own zone holds", "[dnssec][rfc7646]") {
    TrustAnchors among = anchors();
    among.add_negative(name_of("lab.corp."));
    CHECK(closest(among, "www.lab.corp.") == "none lab.corp.");
}

}  // namespace wend::dnssec
