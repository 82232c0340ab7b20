#include <vector>

#include <catch2/catch.hpp>

#include "tests/conformance/printed.h"
#include "tests/conformance/rfc4035/printed_records.h"

using namespace wend;
using namespace rfc4035;
using dns::Rcode;
using dns::Security;
using dns::Type;

namespace {

constexpr Rcode good = Rcode::noerror;

}  // namespace

TEST_CASE("the answers of RFC 4035 B.1 and B.4 are secure as printed",
          "[conformance][rfc4035-B.1]") {
    PrintedZone zone(keys, valid_at);
    const std::vector<Printed> answers = {
        {"x.w.example", Type::mx, good, x_w_mx, ""}, {"example", Type::ns, good, apex_ns, ""},
        {"xx.example", Type::a, good, xx_a, ""},     {"xx.example", Type::aaaa, good, xx_aaaa, ""},
        {"ns1.example", Type::a, good, ns1_a, ""},   {"ns2.example", Type::a, good, ns2_a, ""},
        {"a.example", Type::ds, good, a_ds, ""},     {"example", Type::soa, good, soa, ""},
        {"example", Type::dnskey, good, keys, ""}};
    for (const Printed& printed : answers) {
        CAPTURE(printed.name, dns::to_text(printed.type));
        CHECK(zone.validate(printed.name, printed.type, printed.reply()).security ==
              Security::secure);
        // Asked of it under another name it is not.
        auto moved = printed.reply();
        moved.answer.front() = moved.answer.front().with_owner(dns::name_of("y.example"));
        CHECK(zone.validate("y.example", printed.type, moved).security != Security::secure);
    }
}

TEST_CASE("the denials of RFC 4035 B.2, B.3, B.6 and B.7 are secure only when whole",
          "[conformance][rfc4035-B.2][rfc4035-B.3][rfc4035-B.6][rfc4035-B.7]") {
    PrintedZone zone(keys, valid_at);
    const std::vector<Printed> denials = {
        {"ml.example", Type::a, Rcode::nxdomain, "", soa + b_nsec + apex_nsec},
        {"ns1.example", Type::mx, good, "", soa + ns1_nsec},
        {"a.z.w.example", Type::mx, good, expanded_mx, x_y_w_nsec},
        {"a.z.w.example", Type::aaaa, good, "", soa + x_y_w_nsec + wildcard_nsec}};
    for (const Printed& printed : denials) {
        CAPTURE(printed.name, dns::to_text(printed.type));
        CHECK(zone.validate(printed.name, printed.type, printed.reply()).security ==
              Security::secure);
        const auto verdicts = without_each_proof(zone, printed);
        CHECK_FALSE(verdicts.empty());
        for (const auto& verdict : verdicts) {
            CHECK(verdict.security == Security::bogus);
        }
    }
}

TEST_CASE("the referral of RFC 4035 B.5 leads to an unsigned zone, by its proof only",
          "[conformance][rfc4035-B.5]") {
    PrintedZone zone(keys, valid_at);
    dnssec::Reply reply{
        good, section("mc.b.example. MX 1 ns1.example.\n"), {}, dns::name_of("b.example")};
    zone.no_ds[dns::name_of("b.example")] = section(b_nsec);
    CHECK(zone.validate("mc.b.example", Type::mx, reply).security == Security::insecure);
    zone.no_ds.clear();
    CHECK(zone.validate("mc.b.example", Type::mx, reply).security == Security::bogus);
    zone.no_ds[dns::name_of("b.example")] = section(apex_nsec);
    CHECK(zone.validate("mc.b.example", Type::mx, reply).security == Security::bogus);
}

TEST_CASE("the child's own denial of its DS, RFC 4035 B.8, proves nothing",
          "[conformance][rfc4035-B.8][rfc6840-4.4]") {
    PrintedZone zone(keys, valid_at);
    const Printed printed{"example", Type::ds, good, "", soa + apex_nsec};
    // It is for the parent to say (RFC 4035 2.4), and nothing vouches for the parent here.
    CHECK(zone.validate(printed.name, printed.type, printed.reply()).security ==
          Security::insecure);
}

TEST_CASE("outside the printed dates nothing of RFC 4035 is secure",
          "[conformance][rfc4035-5.3.1]") {
    for (const long long time : {valid_at - 86'400 * 30, valid_at + 86'400 * 30}) {
        PrintedZone zone(keys, time);
        const Printed printed{"xx.example", Type::a, good, xx_a, ""};
        CHECK(zone.validate(printed.name, printed.type, printed.reply()).security ==
              Security::bogus);
    }
}
