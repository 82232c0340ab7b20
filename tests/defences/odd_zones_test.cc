// Zones that are honest and odd, and what is left of an attack when the attacker is gone: signed
// data that peers answer is answered here.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "world.h"

using namespace wend;
using namespace wend::defences;
using dns::Rcode;
using dns::Type;

namespace {

// A signed root and a signed vic. with these records.
void with_signed_zone(Siege& siege, std::string_view address, std::string_view records) {
    siege.signed_zone("10.0.0.1", ".",
                      "vic NS ns.vic.\nns.vic. A 10.0.1.1\n" + Siege::ds_of("vic."), true);
    siege.signed_zone(address, "vic.", records);
}

// Everything through a validating forwarder at the root's address.
void with_forwarder(Siege& siege) {
    ConfiguredZone all;
    all.addresses = {{ip("10.0.0.1"), 53}};
    all.forward = true;
    siege.options.zones.push_back(all);
}

bool has_record_of(const Told& told, dns::Section section, std::string_view owner) {
    const dns::Name name = dns::name_of(owner);
    return std::ranges::any_of(told.message.records(section), [&](const dns::RecordView& record) {
        return record.owner == name.view();
    });
}

}  // namespace

TEST_CASE("proofs that nobody checked do not come with data that was", "[defences][D23]") {
    Siege siege;
    with_signed_zone(siege, "10.0.1.1", "* 86400 A 192.0.2.80\nb A 192.0.2.1\n");
    const Told first = siege.ask("foo.vic.", Type::a, {.dnssec_ok = true});
    REQUIRE(first.message.header().ad);
    siege.pass(3'700s);  // the proofs are out of date, the data is not
    std::string answer;
    for (const dns::RecordView& record : first.answers()) {
        answer += "foo.vic. 3600 " + dns::to_text(record.type) + " " +
                  dns::rdata_to_text(record.type, record.rdata) + "\n";
    }
    const std::string span = "evil.vic. 3600 NSEC zzz.vic. A RRSIG NSEC\n";
    const std::string forged = span + Siege::signature_of(span, "vic.", false);
    siege.script("10.0.1.1", [&](const Heard& heard) {
        return heard.type() == Type::a ? say(heard, {.answer = answer, .authority = forged})
                                       : honest(siege, heard);
    });
    siege.ask("foo.vic.", Type::a, {.checking_disabled = true, .dnssec_ok = true});
    siege.internet.scripts.clear();
    const Told second = siege.ask("foo.vic.", Type::a, {.dnssec_ok = true});
    CHECK(second.message.header().ad);
    CHECK_FALSE(has_record_of(second, dns::Section::authority, "evil.vic."));
    CHECK(has_record_of(second, dns::Section::authority, "b.vic."));
}

TEST_CASE("a name error whose own proof shows the name is no data", "[defences][D15]") {
    Siege siege;
    with_signed_zone(siege, "10.0.1.1", "x.ent A 192.0.2.80\nz A 192.0.2.1\n");
    siege.script("10.0.1.1", [&](const Heard& heard) {  // does not know of empty non-terminals
        sim::ServerReply reply = honest(siege, heard);
        for (sim::Delivery& delivery : reply.deliveries) {
            const bool is_empty = heard.name() == "ent.vic.";
            delivery.octets[3] |= is_empty ? std::uint8_t{3} : std::uint8_t{0};
        }
        return reply;
    });
    for (int i = 0; i < 2; ++i) {  // from the server, and from the cache
        const Told told = siege.ask("ent.vic.", Type::a, {.dnssec_ok = true});
        CHECK(told.rcode() == Rcode::noerror);
        CHECK(told.message.header().ad);
    }
    CHECK(siege.ask("x.ent.vic.").data() == "192.0.2.80");
    CHECK(siege.ask("nothing.vic.").rcode() == Rcode::nxdomain);
}

TEST_CASE("where an alias is no zone is cut, and one below it is found", "[defences][honest]") {
    for (const bool forwards : {false, true}) {
        for (const std::string above : {"CNAME www.far.", "A 192.0.2.9"}) {
            CAPTURE(forwards, above);
            Siege siege;
            const std::string address = forwards ? "10.0.0.1" : "10.0.1.1";
            with_signed_zone(siege, address,
                             "app " + above + "\nsub.app NS ns.sub.app\nns.sub.app A 10.0.1.1\n");
            siege.zone(address, "sub.app.vic.", "www A 192.0.2.80\n");
            if (forwards) {
                with_forwarder(siege);
            }
            CHECK(siege.ask("www.sub.app.vic.", Type::a, {.dnssec_ok = true}).data() ==
                  "192.0.2.80");
        }
    }
}

TEST_CASE("an alias that is forged hides no cut", "[defences][D25]") {
    for (const bool is_signed : {false, true}) {
        CAPTURE(is_signed);
        Siege siege;
        siege.signed_zone("10.0.0.1", ".",
                          "vic NS ns.vic.\nns.vic. A 10.0.1.1\n" + Siege::ds_of("vic."), true);
        siege.signed_zone("10.0.1.1", "vic.", "www A 192.0.2.80\n");
        siege.script("10.0.0.1", [&](const Heard& heard) {
            if (heard.type() != Type::ds || heard.name() != "vic.") {
                return honest(siege, heard);
            }
            const std::string alias = "vic. 300 CNAME evil.\n";
            const std::string signature =
                Siege::signature_of(alias, is_signed ? "vic." : ".", false);
            return say(heard, {.answer = alias + signature});
        });
        siege.script("10.0.1.1", [&](const Heard& heard) {
            return say(heard, {.answer = heard.name() + " A 203.0.113.66\n"});
        });
        CHECK(siege.ask("www.vic.").rcode() == Rcode::servfail);
    }
}

TEST_CASE("the reverse zone of a small IPv6 network is found through a forwarder",
          "[defences][honest]") {
    for (const int nibbles : {9, 14, 15, 16, 20}) {
        CAPTURE(nibbles);
        Siege siege;
        const std::string signed_apex = "9.b.d.0.1.0.0.2.ip6.arpa.";
        std::string child = "1";
        for (int i = 9; i < nibbles; ++i) {
            child += fmt::format(".{:x}", i % 16);
        }
        siege.signed_zone(
            "10.0.0.1", ".",
            signed_apex + " NS ns.vic.\nns.vic. A 10.0.1.1\n" + Siege::ds_of(signed_apex), true);
        siege.signed_zone("10.0.0.1", signed_apex, child + " NS ns.far.\n");
        siege.zone("10.0.0.1", child + "." + signed_apex, "0.0.0.1 PTR host.far.\n");
        with_forwarder(siege);
        CHECK(siege.ask("0.0.0.1." + child + "." + signed_apex, Type::ptr).data() == "host.far.");
    }
}

// Addresses of servers are not validated: what they say is. One that was forged must not outlive
// the forger for as long as its TTL says.
TEST_CASE("a forged address of a server is gone with the failure it made", "[defences][D27]") {
    Siege siege;
    siege.signed_zone("10.0.0.1", ".",
                      "vic NS srv.far.\nfar NS ns.far.\nns.far. A 10.0.1.2\n" +
                          Siege::ds_of("vic.") + Siege::ds_of("far."),
                      true);
    siege.signed_zone("10.0.1.1", "vic.", "www A 192.0.2.80\n");
    siege.signed_zone("10.0.1.2", "far.", "srv A 10.0.1.1\n");
    siege.script("10.0.1.2", [&](const Heard& heard) {
        const bool is_sought = heard.name() == "srv.far." && heard.type() == Type::a;
        return is_sought ? say(heard, {.answer = "srv.far. 86400 A 10.0.9.9\n"})
                         : honest(siege, heard);
    });
    siege.script("10.0.9.9", [](const Heard& heard) {
        return say(heard, {.answer = heard.name() + " 300 A 203.0.113.66\n"});
    });
    CHECK(siege.ask("www.vic.").rcode() == Rcode::servfail);
    siege.internet.scripts.erase(ip("10.0.1.2"));
    siege.pass(400s);
    CHECK(siege.ask("www.vic.").data() == "192.0.2.80");
}
