#include <vector>

#include <catch2/catch.hpp>

#include "dns/rdata.h"
#include "tests/conformance/printed.h"
#include "tests/conformance/rfc5155/printed_records.h"

using namespace wend;
using namespace rfc5155;
using dns::Rcode;
using dns::Security;
using dns::Type;

namespace {

constexpr Rcode good = Rcode::noerror;

}  // namespace

TEST_CASE("the denials of RFC 5155 B.2 and B.2.1 are secure only when whole",
          "[conformance][rfc5155-B.2]") {
    PrintedZone zone(keys, valid_at);
    const std::vector<Printed> denials = {{"ns1.example", Type::mx, good, "", soa + ns1},
                                          {"y.w.example", Type::a, good, "", soa + y_w}};
    for (const Printed& printed : denials) {
        CAPTURE(printed.name);
        CHECK(zone.validate(printed.name, printed.type, printed.reply()).security ==
              Security::secure);
        const auto verdicts = without_each_proof(zone, printed);
        CHECK(verdicts.size() == 1);
        CHECK(verdicts.front().security == Security::bogus);
    }
}

// The zone's spans all have opt-out: what rests on one that covers is insecure (RFC 5155 9.2).
TEST_CASE("the answers of RFC 5155 B.1 and B.4 stand on opt-out spans, and on all of them",
          "[conformance][rfc5155-B.1][rfc5155-B.4]") {
    PrintedZone zone(keys, valid_at);
    const std::vector<Printed> answers = {
        {"a.c.x.w.example", Type::a, Rcode::nxdomain, "", soa + apex + x_w + a},
        {"a.z.w.example", Type::mx, good, expanded_mx, ns2}};
    for (const Printed& printed : answers) {
        CAPTURE(printed.name);
        const auto verdict = zone.validate(printed.name, printed.type, printed.reply());
        CHECK(verdict.security == Security::insecure);
        CHECK(verdict.opt_out);
        const auto verdicts = without_each_proof(zone, printed);
        CHECK_FALSE(verdicts.empty());
        for (const auto& without : verdicts) {
            CHECK(without.security == Security::bogus);
        }
    }
}

TEST_CASE("the wildcard's denial of RFC 5155 B.5 needs closest encloser and next closer name",
          "[conformance][rfc5155-B.5]") {
    PrintedZone zone(keys, valid_at);
    const Printed printed{"a.z.w.example", Type::aaaa, good, "", soa + w + ns2 + wildcard};
    const auto verdict = zone.validate(printed.name, printed.type, printed.reply());
    CHECK(verdict.security == Security::insecure);
    CHECK(verdict.opt_out);
    const auto verdicts = without_each_proof(zone, printed);
    REQUIRE(verdicts.size() == 3);
    CHECK(verdicts[0].security == Security::bogus);
    CHECK(verdicts[1].security == Security::bogus);
    // The span alone says that an unsigned delegation may be there.
    CHECK(verdicts[2].security == Security::insecure);
}

TEST_CASE("the referral of RFC 5155 B.3 leads to an unsigned zone, by both its records",
          "[conformance][rfc5155-B.3]") {
    PrintedZone zone(keys, valid_at);
    const dnssec::Reply reply{
        good, section("mc.c.example. MX 1 ns1.example.\n"), {}, dns::name_of("c.example")};
    const auto with_proofs = [&](const std::string& proofs) {
        zone.no_ds[dns::name_of("c.example")] = section(proofs);
        return zone.validate("mc.c.example", Type::mx, reply).security;
    };
    CHECK(with_proofs(a + apex) == Security::insecure);
    CHECK(with_proofs(a) == Security::bogus);
    CHECK(with_proofs(apex) == Security::bogus);
    CHECK(with_proofs("") == Security::bogus);
}

TEST_CASE("the child's own denial of its DS, RFC 5155 B.6, proves nothing",
          "[conformance][rfc5155-B.6][rfc6840-4.4]") {
    PrintedZone zone(keys, valid_at);
    const Printed printed{"example", Type::ds, good, "", soa + apex};
    // It is for the parent to say (RFC 4035 2.4), and nothing vouches for the parent here.
    CHECK(zone.validate(printed.name, printed.type, printed.reply()).security ==
          Security::insecure);
}

TEST_CASE("a record of RFC 5155 with one bit changed is no proof", "[conformance][rfc5155-8]") {
    PrintedZone zone(keys, valid_at);
    const Printed printed{"ns1.example", Type::mx, good, "", soa + ns1};
    const auto whole = printed.reply();
    const dns::RRset& proof = whole.authority.back();
    const Octets rdata = proof.rdatas().front();
    for (std::size_t bit = 0; bit < rdata.size() * 8; bit += 7) {
        std::vector<std::uint8_t> changed(rdata.begin(), rdata.end());
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
        if (!dns::is_valid_rdata(Type::nsec3, changed)) {
            continue;
        }
        dns::RRsetBuilder builder(proof.owner(), Type::nsec3);
        builder.add(changed);
        builder.add_signature(proof.signatures().front());
        auto reply = whole;
        reply.authority.back() = builder.finish(3600);
        CAPTURE(bit);
        CHECK(zone.validate(printed.name, printed.type, reply).security == Security::bogus);
    }
}
