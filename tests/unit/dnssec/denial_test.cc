#include "dnssec/denial.h"

#include <initializer_list>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "dns/rdata.h"
#include "dnssec/denial_nsec.h"
#include "dnssec/denial_nsec3.h"
#include "tests/unit/dnssec/records.h"

using namespace wend;
using namespace wend::dnssec;
using dns::name_of;
using dns::Type;

TEST_CASE("an NSEC denies names between owner and next, and its own missing types",
          "[dnssec][rfc4035-5.4]") {
    // RFC 4035 appendix B.2: ml.example does not exist.
    Zone zone("example", {nsec("b.example", "ns1.example", "NS RRSIG NSEC"),
                          nsec("example", "a.example", "NS SOA MX RRSIG NSEC DNSKEY")});
    CHECK(name_does_not_exist(name_of("ml.example"), zone.proofs(), zone.meter) == Denied::yes);
    CHECK(name_does_not_exist(name_of("zz.example"), zone.proofs(), zone.meter) == Denied::no);
    // Below a delegation the parent's NSEC says nothing (RFC 6840 4.1).
    CHECK(name_does_not_exist(name_of("x.b.example"), zone.proofs(), zone.meter) == Denied::no);
    CHECK(type_does_not_exist(name_of("example"), Type::a, zone.proofs(), zone.meter) ==
          Denied::yes);
    CHECK(type_does_not_exist(name_of("example"), Type::mx, zone.proofs(), zone.meter) ==
          Denied::no);
    CHECK(type_does_not_exist(name_of("b.example"), Type::a, zone.proofs(), zone.meter) ==
          Denied::no);
    CHECK(type_does_not_exist(name_of("b.example"), Type::ds, zone.proofs(), zone.meter) ==
          Denied::yes);
    CHECK(unsigned_cut(name_of("b.example"), zone.proofs(), zone.meter) == Cut::insecure);
    CHECK(unsigned_cut(name_of("ml.example"), zone.proofs(), zone.meter) == Cut::none);
}

TEST_CASE("without the wildcard's denial a name is not denied", "[dnssec][rfc4035-5.4]") {
    Zone zone("example", {nsec("b.example", "ns1.example", "NS RRSIG NSEC")});
    CHECK(name_does_not_exist(name_of("ml.example"), zone.proofs(), zone.meter) == Denied::no);
}

TEST_CASE("an NSEC whose next name is outside the zone proves nothing", "[dnssec]") {
    Zone zone("a.test", {nsec("a.test", "zz", "NS SOA RRSIG NSEC")});
    CHECK(name_does_not_exist(name_of("x.a.test"), zone.proofs(), zone.meter) == Denied::no);
    CHECK(name_does_not_exist(name_of("b.test"), zone.proofs(), zone.meter) == Denied::no);
}

TEST_CASE("an empty non-terminal has no types but exists", "[dnssec][rfc8020-2]") {
    Zone zone("example", {nsec("example", "x.ent.example", "NS SOA RRSIG NSEC")});
    CHECK(type_does_not_exist(name_of("ent.example"), Type::a, zone.proofs(), zone.meter) ==
          Denied::yes);
    CHECK(name_does_not_exist(name_of("ent.example"), zone.proofs(), zone.meter) == Denied::no);
    CHECK(name_does_not_exist(name_of("a.example"), zone.proofs(), zone.meter) == Denied::yes);
}

TEST_CASE("a child's apex says nothing of its DS", "[dnssec][rfc6840-4.4]") {
    Zone zone("example", {nsec("example", "a.example", "NS SOA RRSIG NSEC DNSKEY")});
    CHECK(type_does_not_exist(name_of("example"), Type::ds, zone.proofs(), zone.meter) ==
          Denied::no);
    CHECK(unsigned_cut(name_of("example"), zone.proofs(), zone.meter) == Cut::unproved);
}

TEST_CASE("a wildcard's answer needs the proof that nothing is closer", "[dnssec][rfc4035-5.3.4]") {
    // RFC 4035 appendix B.6: a.z.w.example from *.w.example.
    Zone zone("example", {nsec("x.y.w.example", "xx.example", "MX RRSIG NSEC")});
    CHECK(no_closer_match(name_of("a.z.w.example"), 2, zone.proofs(), zone.meter) == Denied::yes);
    CHECK(no_closer_match(name_of("a.z.w.example"), 1, zone.proofs(), zone.meter) == Denied::no);
    CHECK(no_closer_match(name_of("a.y.w.example"), 2, zone.proofs(), zone.meter) == Denied::no);
}

TEST_CASE("NSEC3 denies a name by closest encloser, next closer and wildcard",
          "[dnssec][rfc5155-8.4]") {
    // RFC 5155 appendix B.1: a.c.x.w.example does not exist.
    Zone zone(
        "example",
        {nsec3("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
               "MX DNSKEY NS SOA NSEC3PARAM RRSIG"),
         nsec3("b4um86eghhds6nea196smvmlo4ors995", "gjeqe526plbf1g8mklp59enfd789njgi", "MX RRSIG"),
         nsec3("35mthgpgcu1qg68fab165klnsnk3dpvl", "b4um86eghhds6nea196smvmlo4ors995",
               "NS DS RRSIG")});
    CHECK(name_does_not_exist(name_of("a.c.x.w.example"), zone.proofs(), zone.meter) ==
          Denied::opt_out);
    CHECK(zone.meter.blocks > 0);
    for (std::size_t left_out = 0; left_out < 3; ++left_out) {
        CAPTURE(left_out);
        CHECK(name_does_not_exist(name_of("a.c.x.w.example"), zone.without(left_out), zone.meter) ==
              Denied::no);
    }
}

TEST_CASE("an opt-out span shows an unsigned delegation, insecurely", "[dnssec][rfc5155-8.6]") {
    // RFC 5155 appendix B.3: c.example.
    Zone zone("example",
              {nsec3("35mthgpgcu1qg68fab165klnsnk3dpvl", "b4um86eghhds6nea196smvmlo4ors995",
                     "NS DS RRSIG"),
               nsec3("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "2t7b4g4vsa5smi47k61mv5bv1a22bojr",
                     "MX DNSKEY NS SOA NSEC3PARAM RRSIG")});
    CHECK(unsigned_cut(name_of("c.example"), zone.proofs(), zone.meter) == Cut::insecure);
    CHECK(type_does_not_exist(name_of("c.example"), Type::ds, zone.proofs(), zone.meter) ==
          Denied::opt_out);
}

TEST_CASE("hashing ends with the meter, and costly parameters are not hashed at all",
          "[dnssec][rfc9276-3.2]") {
    Zone zone("example", {nsec3("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
                                "2t7b4g4vsa5smi47k61mv5bv1a22bojr", "NS SOA")});
    zone.meter.blocks_max = 20;
    CHECK(name_does_not_exist(name_of("a.b.c.d.e.example"), zone.proofs(), zone.meter) ==
          Denied::over_budget);
    Zone costly("example", {nsec3("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
                                  "2t7b4g4vsa5smi47k61mv5bv1a22bojr", "NS SOA", 51)});
    CHECK(name_does_not_exist(name_of("a.example"), costly.proofs(), costly.meter) ==
          Denied::too_costly);
    CHECK(unsigned_cut(name_of("a.example"), costly.proofs(), costly.meter) == Cut::insecure);
    CHECK(costly.meter.blocks == 0);
}

TEST_CASE("an NSEC3 of another zone proves nothing", "[dnssec]") {
    Zone zone("sub.example", {nsec3("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
                                    "2t7b4g4vsa5smi47k61mv5bv1a22bojr", "NS SOA")});
    CHECK(name_does_not_exist(name_of("a.sub.example"), zone.proofs(), zone.meter) == Denied::no);
}
